"""The page of an opinion, what may be done with it, and assisted entry with its receipt to hand over."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import parameters
from consult.kit.rules import Sentence
from consult.opinions import actions, photos, rules, similar, wording
from consult.opinions.models import Opinion, OpinionMessage
from consult.opinions.states import OPEN, Outcome
from consult.people.rules import is_office
from consult.topics import joining
from portal.forms import opinions as forms
from portal.kit import addresses, receipts
from portal.kit.forms import Words
from portal.kit.moves import Act, Start
from portal.kit.pages import Page


def usual(outcome: str, opinion: Any, user: Any) -> dict[str, Any]:
    """The form begins with the usual words of its outcome."""
    return {"message": wording.letter(outcome)}


def shown_once(request: HttpRequest, opened: dict[str, Any]) -> HttpResponse:
    """The identity, in the answer to the form and nowhere else."""
    labels = {"name": _("Their name"), "phone": _("Telephone"), "address": _("Address")}
    rows = [(labels.get(name, name), value) for name, value in opened.items()]
    return receipts.private(render(request, "rooms/opinions/revealed.html", {
        "title": _("Who handed it in"), "rows": rows, "back": request.path.removesuffix("reveal/")}))


class OpinionPage(Page):
    """One opinion. Others than the office read it without telephone and identity numbers."""

    model = Opinion
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("project", "jurisdiction", "subdistrict", "community", "bearer", "entered_by", "merged_into", "resident")
    template_name = "rooms/opinions/opinion.html"

    acts = (
        Act("accept", _("Accept"), rules.may_accept, actions.accept, form=forms.Letter,
            effect=_("The submitter is told that it arrived and is being handled."),
            initial=lambda opinion, user: {"message": wording.plain(wording.ACCEPTED)}),
        Act("merge", _("Merge"), rules.may_merge, actions.merge, form=forms.Merge,
            effect=_("It is handled together with another opinion that says the same; "
                     "the submitter is told, and gets an answer of their own."),
            template_name="rooms/opinions/merge.html"),
        Act("answer", _("Answer directly"), rules.may_answer, actions.answer, form=forms.Letter,
            effect=_("The submitter reads the answer with their receipt; the opinion counts as answered."),
            initial=partial(usual, Outcome.ANSWER)),
        Act("refer", _("Pass on"), rules.may_refer, actions.refer, form=forms.Refer,
            effect=_("The matter goes to another body, without the submitter's name, and the submitter is told."),
            template_name="rooms/opinions/letters.html"),
        Act("keep", _("Keep on record"), rules.may_keep, actions.keep, form=forms.Letter,
            effect=_("The opinion is kept and can be taken into a topic later; the submitter is told."),
            initial=partial(usual, Outcome.KEEP)),
        Act("decline", _("Do not accept"), rules.may_decline, actions.decline, form=forms.Decline,
            effect=_("The submitter is told the reason. Both receipt and opinion stay on record."),
            template_name="rooms/opinions/letters.html"),
        Act("respond", _("Tell the result"), rules.may_respond, actions.respond, form=Words,
            effect=_("The submitter, and each whose opinion was merged into this one, reads the result.")),
        Act("message", _("Write to the submitter"), rules.may_message, actions.message, form=Words, moves=(), quiet=True,
            effect=_("The submitter reads it with their receipt and can add something.")),
        Act("note", _("Inner note"), rules.may_note, actions.note, form=Words, moves=(), quiet=True,
            effect=_("Read by the office and the chair only.")),
        Act("reveal", _("Open the identity"), rules.may_reveal, actions.reveal, form=forms.Reveal, moves=(), quiet=True,
            effect=_("Name and telephone number are shown once. Your name, the time and the reason are kept for good."),
            then=shown_once),
        Act("reissue", _("Give a new receipt code"), rules.may_reissue, actions.reissue, form=forms.Reissue, moves=(), quiet=True,
            effect=_("For somebody who lost the receipt and left a telephone number. The old code stops working at once."),
            then=lambda request, result: remember(request, result, result[1])),
        Act("erase_contact", _("Erase name and telephone number"), rules.may_erase_contact & rules.is_known,
            actions.erase_contact, moves=(), quiet=True, danger=True,
            effect=_("At the wish of whoever handed it in. The words stay, without a name; the account behind them is taken "
                     "off too.")),
        Act("add_fact", _("Add something"), rules.may_add_fact, actions.add_fact, form=forms.Fact, moves=(), quiet=True,
            effect=_("The CPPCC office is told.")),
        Act("archive", _("Archive"), rules.may_archive, actions.archive,
            effect=_("The opinion is closed; nothing can be added any more.")),
    )

    def title(self, obj: Any) -> Sentence:
        return obj.title

    def due(self, obj: Any) -> Any:
        return parameters.due("opinion_triage_days", obj.submitted_at).on if obj.state in OPEN else None

    def must_act(self, obj: Any) -> Sentence:
        return _("CPPCC office: triage") if obj.state in OPEN else ""

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        return [
            (_("Renewal project"), obj.project), (_("Subdistrict"), obj.subdistrict), (_("Community"), obj.community),
            (_("Place"), obj.place), (_("About"), list(obj.tag_labels)), (_("Channel"), obj.get_channel_display()),
            (_("Handed in"), obj.submitted_at), (_("Brought in by member"), obj.bearer),
            (_("Entered by"), obj.entered_by), (_("Who may know the submitter"), obj.get_identity_mode_display()),
            (_("Merged into"), obj.merged_into),
        ]

    def extra(self, obj: Any) -> dict[str, Any]:
        user = self.request.user
        office = bool(is_office(user, obj))
        return {
            "text": rules.text_for(user, obj), "masked": not rules.reads_everything(user, obj),
            "messages_told": self.told(obj), "decisions": obj.decisions.select_related("by"),
            "merged": rules.visible_to(user).filter(merged_into=obj), "office": office,
            "similar": self.alike(obj) if office and obj.state in OPEN else [],
            "identity": actions.identity_of(obj) if office else None,
            "photos": photos.of(obj), **self.joined(obj, office),
            "topic_url": addresses.to("topic.open") if office and obj.state in (*OPEN, "kept") else "",
        }

    def joined(self, obj: Any, office: bool) -> dict[str, Any]:
        """The topic it wants to join, and for the office the step that takes it in while that is open."""
        topic = joining.topic_of(obj)
        waits = topic is not None and office and joining.is_open(topic) and obj.state in (*OPEN, "kept")
        return {"joins": topic, "take_joined": addresses.to("topic.take_joined", topic.pk) if topic and waits else ""}

    def history(self, obj: Any) -> Any:
        """Whoever handed it in from an account is not named: that takes an opening with a reason. Notes are inner."""
        submitter = obj.resident.user_id if obj.resident else None
        notes = bool(rules.may_read_notes(self.request.user, obj))
        shown = [(event, words) for event, words in super().history(obj) if notes or event.verb != "opinions.note"]
        for event, _words in shown:
            if event.actor_id is not None and event.actor_id == submitter:
                event.actor_label = ""
        return shown

    def told(self, obj: Any) -> list[tuple[Any, str]]:
        """The messages this reader may read, in the words they may read."""
        user = self.request.user
        rows = obj.messages.select_related("by")
        if not rules.may_read_notes(user, obj):
            rows = rows.exclude(way=OpinionMessage.Way.INTERNAL)
        full = rules.reads_everything(user, obj)
        return [(row, row.text if full else forms.without_numbers(row.text)) for row in rows]

    def alike(self, obj: Any) -> list[similar.Match]:
        return similar.similar(obj)


def remember(request: HttpRequest, result: Any, salt: str = "") -> str:
    """The receipt of what was just entered, or its new code, may be shown here, to be handed over."""
    opinion, _code = result
    receipts.hand_over(request, opinion, salt)
    return addresses.to("opinion.handover", opinion.pk)


class HandOver(View):
    """The receipt to copy out or print for somebody at the telephone or the table; gone once it was handed over."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = receipts.handed_over(request)
        if found is None or found["opinion"].pk != pk:
            return redirect("opinion", pk)
        return receipts.private(render(request, "rooms/opinions/handover.html", {
            "title": _("Receipt to hand over"), **found}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        receipts.forget(request)
        return redirect("opinion", pk)


urlpatterns = [
    Start("enter", _("Enter an opinion"), rules.may_enter, actions.enter, form=forms.Enter,
          effect=_("You get a receipt to hand over. The office triages it like any other."),
          template_name="rooms/opinions/enter.html", then=remember).url("opinions/enter/", "opinion.enter"),
    path("opinions/<int:pk>/receipt/", HandOver.as_view(), name="opinion.handover"),
    *OpinionPage.urls("opinions"),
]
