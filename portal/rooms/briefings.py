"""The page of a briefing, its paper, and the instructions that come back on it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consult.briefings import actions, document, rules, suggestion
from consult.briefings.models import Briefing, Instruction, Issue
from consult.briefings.states import UNSIGNED, BriefingState, InstructionState
from consult.consultations.rules import visible_to as visible_consultations
from consult.kit import calendar
from consult.kit.paper import report
from consult.kit.rules import Sentence
from consult.recommendations.rules import visible_to as visible_recommendations
from consult.tasks.actions import record_instruction
from consult.topics.models import Topic
from portal.forms import briefings as forms
from portal.kit import addresses
from portal.kit.forms import Note, RequiredNote
from portal.kit.moves import Act, Start
from portal.kit.pages import Page, linked
from portal.rooms import issues, reading

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


CHECKED = "rooms/briefings/checked.html"
DRAFT = ("submit_review",)
UNDER_REVIEW = ("submit_review", "pass_review", "sign_off")

#: What stands beside the part of the paper it is about, not among the buttons at the head.
BESIDE = (
    Act("comment", _("Write a comment"), rules.may_comment, actions.comment, form=forms.WriteComment, moves=UNDER_REVIEW,
        quiet=True, effect=_("The compiler is told. The paper is neither reviewed nor signed off until the comment is settled.")),
    Act("settle_comment", _("Settle a comment"), rules.may_settle_comment, actions.settle_comment, form=forms.SettleComment,
        moves=UNDER_REVIEW, quiet=True, effect=_("It stays on record with your answer. Whoever wrote it is told.")),
    Act("choose", _("Add recommendations"), rules.may_choose, actions.choose, form=forms.Choose, moves=DRAFT, quiet=True),
    Act("drop_item", _("Take one out"), rules.may_choose, actions.drop_item, form=forms.DropItem, moves=DRAFT, quiet=True),
    Act("arrange", _("Change the order"), rules.may_choose, actions.arrange, form=forms.Arrange, moves=DRAFT,
        quiet=True, effect=_("Give each recommendation its place: 1 comes first.")),
    Act("add_annex", _("Add an annex"), rules.may_edit, actions.add_annex, form=forms.WriteAnnex, moves=DRAFT, quiet=True,
        effect=_("It is bound behind the paper and begins on a page of its own.")),
    Act("edit_annex", _("Edit the annex"), rules.may_edit, actions.edit_annex, form=forms.EditAnnex, moves=DRAFT, quiet=True),
    Act("drop_annex", _("Remove the annex"), rules.may_edit, actions.drop_annex, form=forms.DropAnnex, moves=DRAFT, quiet=True),
    Act("move_annex", _("Move the annex"), rules.may_edit, actions.move_annex, form=forms.MoveAnnex, moves=DRAFT, quiet=True),
)


class BriefingPage(Page):
    """One briefing: the words as they are printed, its number and hash, who has read it, what came back."""

    model = Briefing
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("jurisdiction", "topic", "compiled_by", "reviewed_by", "corrects__briefing", "paper", "paper__signed_by",
               "paper__corrects__briefing")
    template_name = "rooms/briefings/briefing.html"

    acts = (
        Act("sign_off", _("Sign off"), rules.may_sign_off, actions.sign_off, form=forms.Checked, danger=True,
            effect=_("The number is given, the words are frozen, and the paper is set as a PDF."), template_name=CHECKED),
        Act("pass_review", _("Pass the review"), rules.may_pass_review, actions.pass_review, form=forms.Checked,
            effect=_("The chair is asked to sign it off."), template_name=CHECKED),
        Act("dispatch", _("Dispatch"), rules.may_dispatch, actions.dispatch, form=forms.Dispatch,
            effect=_("The recipients can read it from now on and are told at once.")),
        Act("submit_review", _("Put up for review"), rules.may_submit_review, actions.submit_review, form=forms.Checked,
            effect=_("Somebody else of the office, or the chair, reads it. You can't review your own."), template_name=CHECKED),
        Act("edit", _("Edit"), rules.may_edit, actions.edit, form=forms.Edit, moves=DRAFT, initial=forms.words_of, quiet=True),
        Act("send_back", _("Send back"), rules.may_send_back, actions.send_back, form=RequiredNote,
            effect=_("The compiler reads your comment and changes the draft."), quiet=True),
        Act("retry", _("Set the paper again"), rules.may_retry, actions.retry, moves=("issue",), quiet=True,
            effect=_("The same words are set again. The number stays.")),
        Act("instruct", _("Write an instruction"), rules.may_instruct, record_instruction, form=forms.Instruct,
            effect=_("It is kept word for word. If it asks for work, the supervision office gets the tasks to assign."),
            done=_("The instruction is on record."), then=lambda request, made: addresses.of(made)),
        Act("let_read", _("Let one more person read it"), rules.may_let_read, actions.let_read, form=forms.LetRead,
            moves=("dispatch", "instruct"), quiet=True, effect=_("This person can read the briefing until the day you name.")),
        Act("archive", _("Archive"), rules.may_archive, actions.archive, form=Note, quiet=True,
            effect=_("It stays readable for those who could read it. No more instructions are taken.")),
        Act("void", _("Void"), rules.may_void, actions.void, form=RequiredNote, danger=True, quiet=True,
            effect=_("A number once given stays on record as void. The recommendations may go into another briefing.")),
        *BESIDE,
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
            (_("Corrects"), obj.corrects and linked(obj.corrects.briefing, self.request.user)),
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

    def context(self, obj: Any) -> dict[str, Any]:
        """The acts on one part of the paper stand beside it: ``beside`` is their addresses by verb."""
        made = super().context(obj)
        beside = {act.verb for act in BESIDE}
        return {**made, "acts": [one for one in made["acts"] if one.act.verb not in beside],
                "beside": {one.act.verb: one.url for one in made["acts"] if one.act.verb in beside}}

    def extra(self, obj: Any) -> dict[str, Any]:
        user, issue = self.request.user, obj.issue_or_none
        inside = bool(rules.may_preview(user, obj))
        words = issue.snapshot if issue else document.snapshot(obj)
        checked = report.rows(issue.report) if issue and inside else []
        return {
            "issue": issue, "number_words": document.number_words(words), "inside": inside,
            "being_set": obj.state == S.SIGNED and not issue.failure,
            "checked": checked, "faults": sum(not row.ok for row in checked),
            "recipients": issue.recipients.select_related("user") if issue and inside else [],
            "instructions": instructions(obj, user), "preview": inside and obj.state in UNSIGNED,
            "compile_url": compile_again(issue) if issue and issue.sha256 and obj.state != S.VOIDED and rules.may_compile(
                user, obj) else "",
            **reading.paper(words, user), "advice": reading.advice(words, obj, user),
            "annexes": list(obj.annexes.all()) if obj.state == S.DRAFTED else [],
            "verify_url": addresses.to("front.verify"),
            "own_copy": issue.recipients.filter(user=user).first() if issue else None,
            "doubts": reading.doubts(words) if inside else [], **(reading.remarks(obj) if inside else {}),
            **(reading.corrections(issue, user) if issue else {}),
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
            "main_to": "区委、区政府", "cc": "区委办、区政府办", **suggestion.suggestion(topic, chosen)}


def correction(issue: Issue) -> dict[str, Any]:
    old = issue.briefing
    return {"corrects": issue.pk, "topic": old.topic_id, "kind": old.kind, **forms.words_of(old, None), "correction_reason": "",
            "personal": False, "recommendations": list(old.items.values_list("recommendation", flat=True))}


def numbers(values: list[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and len(value) < 10]


def keyed(rows: Any, value: str | None) -> Any:
    found = numbers([value or ""])
    return rows.filter(pk=found[0]).first() if found else None


urlpatterns = [
    *BriefingPage.urls("briefings"),
    *InstructionPage.urls("instructions"),
    *issues.urlpatterns,
    Start("compile", _("Compile a briefing"), rules.may_compile, actions.compile_briefing, form=forms.Compile, initial=begin,
          effect=_("A draft, for the office and the chair only. The first words come from the consultation: please read them."),
          template_name="rooms/briefings/compile.html").url("briefings/compile/", "briefing.compile"),
]
