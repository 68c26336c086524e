"""The page of a briefing, its paper, and the instructions that come back on it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.briefings import actions, document, press, rules
from consult.briefings.models import Briefing, Instruction, Issue
from consult.briefings.states import UNSIGNED, BriefingState, InstructionState
from consult.consultations.rules import visible_to as visible_consultations
from consult.kit import calendar
from consult.kit.rules import Sentence, require
from consult.recommendations.rules import visible_to as visible_recommendations
from consult.tasks.actions import record_instruction
from consult.topics.models import Topic
from portal.forms import briefings as forms
from portal.kit import addresses
from portal.kit.access import visible_or_404
from portal.kit.forms import Note, RequiredNote
from portal.kit.moves import Act, Start
from portal.kit.pages import Page

S = BriefingState
NEXT = {
    S.DRAFTED: _("CPPCC office: finish it and put it up for review"),
    S.IN_REVIEW: _("Somebody other than the compiler: review it"),
    S.REVIEWED: _("CPPCC chair: sign it off"),
    S.SIGNED: _("Nobody: the paper is being set"),
    S.ISSUED: _("CPPCC office: dispatch it"),
    S.DISPATCHED: _("The leaders it was sent to"),
    S.INSTRUCTED: _("Supervision office: assign the tasks"),
}


class BriefingPage(Page):
    """One briefing: the words as they are printed, its number and hash, who has read it, what came back."""

    model = Briefing
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("jurisdiction", "topic", "compiled_by", "reviewed_by", "corrects", "paper", "paper__signed_by")
    template_name = "rooms/briefings/briefing.html"

    acts = (
        Act("sign_off", _("Sign off"), rules.may_sign_off, actions.sign_off, form=Note, danger=True,
            effect=_("The number is given, the words are frozen, and the paper is set as a PDF.")),
        Act("pass_review", _("Pass the review"), rules.may_pass_review, actions.pass_review, form=Note,
            effect=_("The chair is asked to sign it off.")),
        Act("dispatch", _("Dispatch"), rules.may_dispatch, actions.dispatch, form=forms.Dispatch,
            effect=_("The recipients can read it from now on and are told at once.")),
        Act("submit_review", _("Put up for review"), rules.may_submit_review, actions.submit_review, form=Note,
            effect=_("Somebody else of the office, or the chair, reads it. You can't review your own.")),
        Act("edit", _("Edit"), rules.may_edit, actions.edit, form=forms.Edit, moves=("submit_review",), initial=forms.words_of,
            quiet=True),
        Act("choose", _("Add recommendations"), rules.may_choose, actions.choose, form=forms.Choose, moves=("submit_review",),
            quiet=True),
        Act("drop_item", _("Take one out"), rules.may_choose, actions.drop_item, form=forms.DropItem, moves=("submit_review",),
            quiet=True),
        Act("arrange", _("Change the order"), rules.may_choose, actions.arrange, form=forms.Arrange, moves=("submit_review",),
            quiet=True, effect=_("Give each recommendation its place: 1 comes first.")),
        Act("send_back", _("Send back"), rules.may_send_back, actions.send_back, form=RequiredNote,
            effect=_("The compiler reads your comment and changes the draft."), quiet=True),
        Act("retry", _("Set the paper again"), rules.may_retry, actions.retry, moves=("issue",), quiet=True,
            effect=_("The same words are set again. The number stays.")),
        Act("let_read", _("Let one more person read it"), rules.may_let_read, actions.let_read, form=forms.LetRead,
            moves=("dispatch", "instruct"), quiet=True, effect=_("This person can read the briefing until the day you name.")),
        Act("archive", _("Archive"), rules.may_archive, actions.archive, form=Note, quiet=True,
            effect=_("It stays readable for those who could read it. No more instructions are taken.")),
        Act("instruct", _("Write an instruction"), rules.may_instruct, record_instruction, form=forms.Instruct,
            effect=_("It is kept word for word. If it asks for work, the supervision office gets the tasks to assign."),
            done=_("The instruction is on record."), then=lambda request, made: addresses.of(made)),
        Act("void", _("Void"), rules.may_void, actions.void, form=RequiredNote, danger=True, quiet=True,
            effect=_("A number once given stays on record as void. The recommendations may go into another briefing.")),
    )

    def number(self, obj: Any) -> str:
        issue = obj.issue_or_none
        return document.number_words(issue.snapshot) if issue else ""

    def must_act(self, obj: Any) -> Sentence:
        if obj.state == S.INSTRUCTED and not Instruction.objects.filter(
                issue__briefing=obj, state=InstructionState.REGISTERED).exists():
            return ""
        return NEXT.get(obj.state, "")

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        issue = obj.issue_or_none
        return [
            (_("Kind"), obj.get_kind_display()), (_("Topic"), obj.topic), (_("Compiled by"), obj.compiled_by),
            (_("Reviewed by"), obj.reviewed_by),
            (_("Review comment"), obj.review_note if rules.may_preview(self.request.user, obj) else ""),
            (_("Signed off by"), issue and issue.signed_by), (_("Signed off"), issue and issue.signed_at),
            (_("Issued"), issue and issue.issued_at),
            (_("Corrects"), obj.corrects and obj.corrects.briefing),
        ]

    def history(self, obj: Any) -> Any:
        """Who opened it and when is for the office and the chair: a reader does not watch the others read."""
        inside = bool(rules.may_preview(self.request.user, obj))
        return [(event, words) for event, words in super().history(obj)
                if inside or event.verb not in ("briefings.read", "briefings.download")]

    def mark_read(self, obj: Any) -> None:
        """Reading the page is reading the paper: the receipt is given."""
        super().mark_read(obj)
        if obj.issue_or_none and obj.issue_or_none.issued_at:
            actions.open_issue(obj.issue_or_none, by=self.request.user, at=calendar.now())

    def extra(self, obj: Any) -> dict[str, Any]:
        user, issue = self.request.user, obj.issue_or_none
        inside = bool(rules.may_preview(user, obj))
        words = issue.snapshot if issue else document.snapshot(obj)
        return {
            "issue": issue, "paper": words, "number_words": document.number_words(words), "inside": inside,
            "being_set": obj.state == S.SIGNED and not issue.failure,
            "recipients": issue.recipients.select_related("user") if issue and inside else [],
            "instructions": instructions(obj, user), "preview": inside and obj.state in UNSIGNED,
            "compile_url": compile_again(issue) if issue and issue.issued_at and rules.may_compile(user, obj) else "",
        }


def instructions(briefing: Briefing, user: Any) -> Any:
    found = rules.instructions_visible_to(user).filter(issue__briefing=briefing)
    return found.select_related("leader", "registered_by").order_by("registered_at", "id")


def compile_again(issue: Issue) -> str:
    url = addresses.to("briefing.compile")
    return f"{url}?corrects={issue.pk}" if url else ""


class InstructionPage(Page):
    """One instruction, word for word, and how far it was carried."""

    model = Instruction
    visible_to = rules.instructions_visible_to
    seen_by = rules.instruction_seen_by
    related = ("issue__briefing", "leader", "registered_by", "jurisdiction")
    template_name = "rooms/briefings/instruction.html"

    acts = (
        Act("close", _("Read back and close"), rules.may_close, actions.close, form=forms.ReadBack,
            effect=_("No new instruction: the matter is closed. A new instruction would start new tasks.")),
        Act("report", _("Report the result"), rules.may_report, actions.report, form=forms.Report,
            effect=_("The leader is told and asked to read it back.")),
    )

    def title(self, obj: Any) -> Sentence:
        return obj.issue.briefing.title

    def must_act(self, obj: Any) -> Sentence:
        return {InstructionState.REGISTERED: _("Supervision office: assign the tasks"),
                InstructionState.ASSIGNED: _("The departments: carry it out"),
                InstructionState.REPORTED: _("The leader: read the result back")}.get(obj.state, "")

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        return [
            (_("Leader"), obj.leader), (_("Kind"), obj.get_kind_display()), (_("Given on"), obj.given_on),
            (_("On the briefing"), obj.issue.briefing if self.sees_briefing(obj) else obj.issue.briefing.title),
            (_("Registered by"), obj.registered_by), (_("Registered at"), obj.registered_at),
            (_("Reported at"), obj.reported_at), (_("Closed at"), obj.closed_at),
        ]

    def sees_briefing(self, obj: Any) -> bool:
        return rules.visible_to(self.request.user).filter(pk=obj.issue.briefing_id).exists()


# --- the paper itself -------------------------------------------------------------------------------------------


def as_pdf(content: bytes, name: str) -> HttpResponse:
    """Always taken away as a file, so that the strict policy of our pages never meets a PDF viewer."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


class IssuePDF(View):
    """The frozen file, to whoever sees the briefing. Each download is on record."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = visible_or_404(rules.issues_visible_to(request.user).exclude(sha256=""), briefing=pk)
        content = press.read(issue)
        actions.download(issue, by=request.user, at=calendar.now())
        return as_pdf(content, file_name(issue.snapshot))


class Preview(View):
    """The draft as it would be printed, marked as a draft; for the office and the chair."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        briefing = visible_or_404(rules.visible_to(request.user), pk=pk)
        require(rules.may_preview, request.user, briefing)
        if briefing.state not in UNSIGNED:
            raise Http404
        words = document.snapshot(briefing)
        return as_pdf(press.render(words, draft=True), f"草稿-{words['mark']}-{words['title']}.pdf")


def file_name(words: dict[str, Any]) -> str:
    """商量专报-2026年第3期-关于….pdf"""
    return f"{words['mark']}-{words['year']}年第{words['issue_no']}期-{words['title']}.pdf"


# --- the beginning ----------------------------------------------------------------------------------------------


def begin(request: HttpRequest) -> dict[str, Any]:
    """A first wording from what is asked for: a topic, some recommendations, or an issue to be corrected."""
    corrected = keyed(rules.issues_visible_to(request.user), request.GET.get("corrects"))
    if corrected:
        return correction(corrected)
    chosen = list(visible_recommendations(request.user).ready().filter(pk__in=numbers(request.GET.getlist("recommendation"))))
    topic = chosen[0].consultation.topic if chosen else keyed(Topic.objects.filter(
        pk__in=visible_consultations(request.user).values("topic")), request.GET.get("topic"))
    if topic is None:
        return {}
    chosen = chosen or list(visible_recommendations(request.user).ready().filter(consultation__topic=topic))
    return {"topic": topic.pk, "recommendations": [one.pk for one in chosen], "title": f"关于{topic.title}的协商建议"[:120],
            "main_to": "区委、区政府", "cc": "区委办、区政府办", **document.suggestion(topic, chosen)}


def correction(issue: Issue) -> dict[str, Any]:
    old = issue.briefing
    return {"corrects": issue.pk, "topic": old.topic_id, "kind": old.kind, **forms.words_of(old, None),
            "recommendations": list(old.items.values_list("recommendation", flat=True))}


def numbers(values: list[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and len(value) < 10]


def keyed(rows: Any, value: str | None) -> Any:
    found = numbers([value or ""])
    return rows.filter(pk=found[0]).first() if found else None


urlpatterns = [
    *BriefingPage.urls("briefings"),
    *InstructionPage.urls("instructions"),
    path("briefings/<int:pk>/pdf/", IssuePDF.as_view(), name="briefing.pdf"),
    path("briefings/<int:pk>/preview/", Preview.as_view(), name="briefing.preview"),
    Start("compile", _("Compile a briefing"), rules.may_compile, actions.compile_briefing, form=forms.Compile, initial=begin,
          effect=_("A draft, for the office and the chair only. The first words come from the consultation: please read them."),
          template_name="rooms/briefings/compile.html").url("briefings/compile/", "briefing.compile"),
]
