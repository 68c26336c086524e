"""The page of a consultation: table, agenda, questions and answers, demands or positions, result, minutes."""

from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.consultations import actions, minutes, panel, record, rules
from consult.consultations.models import Consultation
from consult.consultations.states import CONFIRMED_ON, RECORDING, ConsultationState, Presence
from consult.journey import board
from consult.kit import attachments, calendar
from consult.kit.rules import Sentence, visibility
from consult.recommendations.models import Recommendation
from consult.recommendations.rules import may_draft
from consult.surveys.models import Survey
from consult.topics.states import Kind
from portal.forms import consultations as forms
from portal.kit import access, addresses, papers
from portal.kit.forms import RequiredNote, Upload
from portal.kit.moves import Act, Start
from portal.kit.pages import Page

S = ConsultationState
NEXT: dict[str, Sentence] = {
    S.PREPARING: _("Whoever prepares it: complete the panel and invite"), S.NOTIFIED: _("Those invited"),
    S.IN_SESSION: _("The recorder"), S.ENDED: _("The recorder: submit the minutes"),
    S.MINUTED: _("The chair: confirm the minutes"), S.CONFIRMED: _("CPPCC office: draft recommendations"),
}
WHERE = {Kind.POLICY: ("clear",), Kind.PLANNING: ("demand", "decide"), Kind.CONFLICT: ("take_position", "settle")}
METHODS = {verb for verbs in WHERE.values() for verb in verbs}


class OfKind(Act):
    """An act of one method: it shows on consultations of that kind alone."""

    def stands(self, obj: Any) -> bool:
        return super().stands(obj) and self.verb in WHERE[obj.topic.kind]


class Promised(Act):
    """An act that needs a question that was taken back and is still open."""

    def stands(self, obj: Any) -> bool:
        return super().stands(obj) and obj.statements.promised().exists()


class ConsultationPage(Page):
    model = Consultation
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("topic__project", "jurisdiction", "committee", "liaison_office", "prepared_by")
    prefetch = ("panel__attendance", "panel__department", "panel__member")
    public = True
    template_name = "rooms/consultations/consultation.html"
    acts = (
        Act("notify", _("Send the invitations"), rules.may_notify, actions.notify, form=forms.Notify, quiet=True,
            effect=_("Everybody at the table with an account is told time, place and materials.")),
        Act("start", _("Begin"), rules.may_start, actions.start, quiet=True,
            effect=_("From now on questions and answers are recorded.")),
        Act("ask", _("Record a question"), rules.may_ask, record.ask, form=forms.Ask, quiet=True),
        OfKind("demand", _("Record a demand"), rules.may_demand, record.demand, form=forms.MakeDemand, quiet=True),
        OfKind("take_position", _("Record a position"), rules.may_take_position, record.take_position, form=forms.TakePosition,
               quiet=True),
        Act("summarise", _("Write consensus, dissent, open points"), rules.may_summarise, record.summarise, form=forms.Summarise,
            initial=forms.summary_of, quiet=True),
        Act("end", _("End"), rules.may_end, actions.end, quiet=True,
            effect=_("The record can still be completed until the minutes are confirmed.")),
        Act("submit_minutes", _("Submit the minutes"), rules.may_submit_minutes, actions.submit_minutes, form=forms.MinutesText,
            initial=lambda obj, user: {"text": minutes.draft(obj)}, quiet=True, effect=_("The chair reads and confirms them.")),
        Act("confirm", _("Confirm the minutes"), rules.may_confirm, actions.confirm, danger=True,
            effect=_("The record is frozen: nothing of it can be changed afterwards.")),
        Act("return_minutes", _("Send the minutes back"), rules.may_return_minutes, actions.return_minutes, form=RequiredNote,
            quiet=True, effect=_("The recorder mends them and submits them again.")),
        Act("conclude", _("Conclude"), rules.may_conclude, actions.conclude, quiet=True,
            effect=_("The topic counts as consulted; the briefing can be compiled.")),
        Act("invite", _("Add somebody to the table"), rules.may_invite, actions.invite, form=forms.Invite, quiet=True),
        Act("sign_in", _("Record attendance"), rules.may_sign_in, actions.sign_in, form=forms.SignIn, quiet=True),
        Act("reply", _("Record an answer"), rules.may_reply, record.reply, form=forms.Reply, quiet=True),
        Act("rejoin", _("Record a rejoinder"), rules.may_rejoin, record.rejoin, form=forms.Rejoin, quiet=True),
        OfKind("clear", _("Mark a question"), rules.may_clear, record.clear, form=forms.Clear, quiet=True),
        OfKind("decide", _("Decide on a demand"), rules.may_decide, record.decide, form=forms.Decide, quiet=True),
        OfKind("settle", _("Record an agreement"), rules.may_settle, record.settle, form=forms.Settle, quiet=True),
        Promised("reply_later", _("Give a promised answer"), rules.may_reply_later, record.reply_later, form=forms.ReplyLater,
                 quiet=True),
        Act("add_item", _("Add to the agenda"), rules.may_add_item, actions.add_item, form=forms.AddItem, quiet=True),
        Act("attach", _("Add a file or photo"), rules.may_attach, actions.attach, form=Upload, quiet=True),
        Act("amend", _("Change time, place or papers"), rules.may_amend, actions.amend, form=forms.Session,
            initial=forms.words_of, quiet=True),
        Act("uninvite", _("Take somebody off the table"), rules.may_uninvite, actions.uninvite, form=forms.Uninvite, quiet=True),
        Act("remove_item", _("Take an item off the agenda"), rules.may_remove_item, actions.remove_item, form=forms.RemoveItem,
            quiet=True),
        Act("cancel", _("Cancel"), rules.may_cancel, actions.cancel, form=RequiredNote, danger=True, quiet=True,
            effect=_("Everybody invited is told.")),
        Act("archive", _("Archive"), rules.may_archive, actions.archive, quiet=True),
    )

    def must_act(self, obj: Any) -> Sentence:
        return NEXT.get(obj.state, "")

    def due(self, obj: Any) -> Any:
        return calendar.local_date(obj.starts_at) if obj.state in (S.PREPARING, S.NOTIFIED) else None

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        told: list[tuple[Sentence, Any]] = [
            (_("Time"), obj.starts_at), (_("Place"), f"{obj.venue} · {obj.get_venue_kind_display()}"),
            (_("Form"), obj.get_form_display())]
        if not self.inside(obj):
            return told
        return [(_("Topic"), obj.topic), (_("Kind"), obj.topic.get_kind_display()), (_("Focus"), obj.topic.focus), *told,
                (_("Preparatory visits"), obj.visits), (_("Version of the plan under discussion"), obj.plan_version),
                (_("Materials"), obj.materials), (_("Note on the state"), obj.state_note)]

    def inside(self, obj: Any) -> bool:
        """More than what is announced to the public; asked once a request."""
        if not hasattr(self, "_inside"):
            self._inside = rules.reads_record(self.request.user, obj)
        return self._inside

    def extra(self, obj: Any) -> dict[str, Any]:
        user = self.request.user
        posted = addresses.to("consultation.board", obj.pk) if board.stands(obj) else ""
        asked = visibility(Survey, user).filter(project=obj.topic.project_id).order_by("created_at", "id")
        if not self.inside(obj):
            return {"inside": False, "board": posted, "surveys": asked}
        seats = list(obj.panel.all())
        names = {seat.pk: rules.name_for(user, seat) for seat in seats} if obj.state else {}
        open_ids = rules.readable_opinions(user, obj)
        advice = visibility(Recommendation, user).filter(consultation=obj)
        cover = rules.veil(user, obj)
        return {
            "inside": True, "board": posted, "surveys": asked,
            "groups": grouped(obj, names), "presences": Presence.choices, "kind": obj.topic.kind,
            "gaps": self.gaps(obj), "agenda": list(obj.agenda.all()),
            "statements": [(one, names.get(one.asked_by_id, ""), names.get(one.answered_by_id, ""), one.opinion_id in open_ids)
                           for one in covered(obj.statements.select_related("opinion"), cover)],
            "demands": [(one, names.get(one.raised_by_id, ""), one.opinion_id in open_ids)
                        for one in covered(obj.demands.select_related("opinion"), cover)],
            "positions": list(obj.positions.all()), "may": self.quick(obj),
            "kept": next(covered([obj.minutes], cover)) if hasattr(obj, "minutes") else None,
            "result": [(label, panel.said(cover(text))) for label, text in (
                (_("Consensus"), obj.consensus), (_("Dissent"), obj.dissent), (_("Open points"), obj.open_points))],
            "files": list(attachments.of(obj)) if rules.reads_names(user, obj) else [],
            "advice": list(advice), "advise": self.advise(obj), "frozen": obj.state in CONFIRMED_ON}

    def gaps(self, obj: Any) -> list[panel.Gap]:
        """What is still missing before the next step, for those who can mend it."""
        if not rules.keeps_record(self.request.user, obj):
            return []
        if obj.state in (S.PREPARING, S.NOTIFIED):
            return panel.check(obj)
        return panel.missing(obj) if obj.state in RECORDING else []

    def quick(self, obj: Any) -> SimpleNamespace:
        """The addresses of the acts that stand beside single rows, for whoever may do them now.

        Not a dict: to a template ``may.clear`` would then be the method that empties it.
        """
        user = self.request.user
        beside = {"sign_in", "reply", "rejoin", "reply_later", *METHODS}
        open_now = (act for act in self.acts if act.verb in beside and act.stands(obj) and act.rule(user, obj))
        return SimpleNamespace(**{act.verb: act.url(obj) for act in open_now})

    def advise(self, obj: Any) -> str:
        url = addresses.to("recommendation.draft") if obj.state in CONFIRMED_ON and may_draft(self.request.user, obj) else ""
        return f"{url}?consultation={obj.pk}" if url else ""

    def history(self, obj: Any) -> Any:
        return super().history(obj) if self.inside(obj) else None

    def grants(self, obj: Any) -> list[Any]:
        return super().grants(obj) if self.inside(obj) else []

    def readers(self, obj: Any) -> list[Sentence]:
        return super().readers(obj) if self.request.user.is_authenticated else []


#: What people wrote freely in the rows of a record: somebody's name may stand in it.
FREE = ("question", "answer", "rejoinder", "later_answer", "text", "reason")


def covered(rows: Iterable[Any], cover: Callable[[str], str]) -> Iterator[Any]:
    """The rows as one reader may read them; never saved."""
    for row in rows:
        for name in FREE:
            if hasattr(row, name):
                setattr(row, name, cover(getattr(row, name)))
        yield row


def grouped(obj: Consultation, names: dict[int, str]) -> list[tuple[Any, list[tuple[Any, str, Any]]]]:
    """The five groups with (seat, name as this reader may read it, attendance or None)."""
    return [(label, [(seat, names.get(seat.pk, ""), getattr(seat, "attendance", None)) for seat in seats])
            for label, seats in panel.by_group(obj)]


# --- papers -------------------------------------------------------------------------------------------------------


class MinutesPaper(View):
    """The minutes as a paper, once submitted: a draft until the chair confirms, then the frozen record."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = rules.readers_of(request.user).filter(minutes__isnull=False).select_related("minutes", "topic", "jurisdiction")
        obj = access.visible_or_404(found, pk=pk)
        return papers.pdf_response(request, lambda: minutes_of(obj), back=addresses.of(obj))


def minutes_of(obj: Consultation) -> papers.Paper:
    return papers.Paper("minutes", minutes.paper(obj, rules.cover(obj)), f"{obj.number}-协商会议纪要.pdf",
                        draft=obj.minutes.confirmed_at is None, data=minutes.facts(obj))


class BoardPaper(View):
    """The notice-board sheet: what everybody may read of the result, in large type."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = board.printable_by(request.user).select_related("minutes", "topic", "jurisdiction")
        obj = access.visible_or_404(found, pk=pk)
        address = addresses.of(obj.topic)
        url = f"{settings.SITE_URL}{address}" if settings.SITE_URL else request.build_absolute_uri(address)
        return papers.pdf_response(request, lambda: board_of(obj, url), back=addresses.of(obj), public=True)


def board_of(obj: Consultation, url: str) -> papers.Paper:
    return papers.Paper("board", board.paper(obj, url), f"{obj.number}-协商结果张贴单.pdf", data=board.facts(obj))


urlpatterns = [
    Start("prepare", _("Prepare a consultation"), rules.may_prepare, actions.prepare, form=forms.Prepare, initial=forms.begin,
          effect=_("Then add those at the table, and send the invitations."))
    .url("consultations/prepare/", "consultation.prepare"),
    path("consultations/<int:pk>/paper/", access.door(MinutesPaper), name="consultation.minutes"),
    path("consultations/<int:pk>/board.pdf", access.door(BoardPaper, public=True), name="consultation.board"),
    *ConsultationPage.urls("consultations"),
]
