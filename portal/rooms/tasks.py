"""A task: its page, its acts, and how lists show its light and the next act."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Subquery, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.followups import actions as followups
from consult.followups import rules as followups_rules
from consult.kit import calendar
from consult.kit.rules import Rule, Sentence, Verdict
from consult.people.roles import scope_of
from consult.tasks import actions, clock, handling, letter, rules
from consult.tasks.models import Assignment, Countersign, Extension, Reply, ReturnRequest, Task
from consult.tasks.states import OWED, AskState, Light, Part, ReplyState, TaskState
from consult.topics.models import TopicOpinion
from portal.forms import followups as followup_forms
from portal.forms import tasks as forms
from portal.kit import access, addresses, papers
from portal.kit.forms import Note, Reason
from portal.kit.lists import Column, List
from portal.kit.marks import Mark
from portal.kit.moves import Act
from portal.kit.pages import Page, linked
from portal.rooms import evaluations

S = TaskState
TONES = {Light.GREEN: ("far", "■"), Light.BLUE: ("new", "◆"), Light.YELLOW: ("near", "▲"), Light.RED: ("late", "●"),
         Light.STOPPED: ("quiet", "❚❚")}


# --- the light and the next act, also in lists -----------------------------------------------------------------

def mark(task: Any) -> Mark | None:
    """The light of a task in words, shape and colour; a list reads the thresholds once (see ``listed``)."""
    today = calendar.today()
    given = clock.Limits(task.blue, task.yellow) if hasattr(task, "blue") else None
    light = clock.light(task, today, given)
    if light == Light.DONE:
        return None
    tone, shape = TONES[light]
    words = str(light.label) if light == Light.STOPPED else str(clock.left(task, today))
    return Mark(tone, shape, words, task.due_on.isoformat())


def listed(rows: Any, user: Any) -> Any:
    """Rows with what a line of a list needs: thresholds, the reader's own part, names and replies; a fixed count of queries."""
    limits = clock.limits(calendar.today())
    mine = Assignment.objects.filter(task=OuterRef("pk"), department__in=scope_of(user).departments(), ended_at=None)
    signed = Countersign.objects.filter(reply__task=OuterRef("pk"), reply__round=OuterRef("round"), assignment__in=Subquery(
        mine.filter(task=OuterRef("reply__task")).values("pk")), submission=F("reply__submission"))
    return rows.annotate(blue=Value(limits.blue), yellow=Value(limits.yellow), my_part=Subquery(mine.values("part")[:1]),
                         my_sign=Subquery(mine.values("signed_at")[:1]), my_countersign=Exists(signed))


def departments(task: Task) -> Any:
    """Who handles it, one a line, the answering departments first."""
    names = [(str(part.department),) for part in sorted(task.parts, key=lambda part: (not part.answers, part.pk))]
    return format_html_join("", '<span class="d-block tight">{}</span>', names) or gettext("not assigned yet")


def next_act(task: Any) -> Any:
    """The one thing the reader's department should do now, as a link; a dash while others must act."""
    verb = next_verb(task)
    if not verb:
        return "–"
    words = {"sign_for": _("Sign for"), "draft_reply": _("Answer it"), "countersign": _("Counter-sign"),
             "give_opinion": _("Give our opinion")}[verb]
    return format_html('<a class="btn btn-sm btn-outline-primary" href="{}">{}</a>', addresses.to(f"task.{verb}", task.pk), words)


def my_part(task: Any) -> str:
    return str(Part(task.my_part).label) if task.my_part else ""


def open_asks(task: Any) -> str:
    """Who asks for what; the rows are prefetched."""
    asked: list[Any] = [_("more time until %(date)s") % {"date": one.asked_until} for one in task.extensions.all()
                        if one.state == AskState.ASKED]
    asked += [_("%(name)s: return") % {"name": part.department} for part in task.parts for one in part.returns.all()
              if one.state == AskState.ASKED]
    return "；".join(str(one) for one in asked)


NUMBER = Column("number", _("No."), link=True, order="number")
TITLE = Column("title", _("Task"), link=True)
STATE = Column("state", _("State"), order="state")
LIGHT = Column("due_on", _("Due on"), value=lambda task: mark(task), kind="due", order="due_on")
BY_DEPARTMENT = Column("departments", _("Departments"), value=lambda task: departments(task))
#: Dated tasks first, the earliest on top; then those not assigned yet.
ORDER = (F("due_on").asc(nulls_last=True), "-pk")


class TaskList(List):
    """What every desk's list of tasks has in common."""

    model = Task
    visible_to = rules.visible_to
    columns = (NUMBER, TITLE, BY_DEPARTMENT, STATE, LIGHT)
    prefetch = ("assignments__department", "replies", "stops")
    order = ORDER  # type: ignore[assignment]
    empty = _("No task here yet. Tasks come from leaders' instructions on a briefing.")

    def rows(self, user: Any) -> Any:
        return listed(super().rows(user), user)


def next_verb(task: Any) -> str:
    if task.state not in OWED or not task.my_part:
        return ""
    if task.my_sign is None:
        return "sign_for"
    if task.my_part == Part.CO:
        asked = task.state == S.COSIGNING and not task.my_countersign
        return "countersign" if asked else "give_opinion" if task.state == S.HANDLING else ""
    return "draft_reply" if task.state == S.HANDLING else ""


# --- acts --------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class TaskAct(Act):
    """An act open in some states, and only while ``asked`` finds something to act upon."""

    states: tuple[str, ...] = ()
    asked: Callable[[Any], bool] | None = None

    def stands(self, obj: Any) -> bool:
        return obj.state in self.states and (self.asked is None or self.asked(obj))


def _in_window(user: Any, task: Any) -> Verdict:
    part = rules.my_part(user, task)
    ok = part is None or calendar.today() <= part.return_by
    return Verdict(ok, _("The window for returning is closed: the task stays with your department."))


def _in_time(user: Any, task: Any) -> Verdict:
    ok = task.due_on is None or calendar.today() < task.due_on
    return Verdict(ok, _("More time can only be asked before the due date."))


def _has_draft(user: Any, task: Any) -> Verdict:
    mine = scope_of(user).departments()
    ok = any(reply.department_id in mine and reply.state in (ReplyState.DRAFTED, ReplyState.RETURNED)
             for reply in task.replies_now)
    return Verdict(ok, _("Write the reply first."))


def _return_waits(task: Any) -> bool:
    return ReturnRequest.objects.filter(assignment__task=task, state="asked").exists()


def _extension_waits(task: Any) -> bool:
    return Extension.objects.filter(task=task, state="asked").exists()


def _promise_waits(task: Any) -> bool:
    return any(reply.outcome == "B" and reply.state == "approved" and not reply.fulfilled_on for reply in task.replies_now)


def _suggested(task: Any, user: Any) -> dict[str, Any]:
    recommendation = task.recommendation
    return {"lead": recommendation.lead_id, "co": [one.pk for one in recommendation.co_departments.all()]}


def _to_whom(task: Any, user: Any) -> dict[str, Any]:
    ask = ReturnRequest.objects.filter(assignment__task=task, state="asked").first()
    return {"to": ask.suggested_id if ask else None}


def _until(task: Any, user: Any) -> dict[str, Any]:
    ask = Extension.objects.filter(task=task, state="asked").first()
    return {"granted_until": ask.asked_until if ask else None}


def _my_draft(task: Any, user: Any) -> dict[str, Any]:
    mine = scope_of(user).departments()
    reply = next((one for one in task.replies_now if one.department_id in mine), None)
    names = ("text", "outcome", "promise_on", "contact", "doc_no", "publicity", "publicity_reason")
    return {name: getattr(reply, name) for name in names} if reply else {}


def _plan(task: Task, **values: Any) -> Any:
    return followups.plan(task=task, **values)


def _bulletin(task: Task, **values: Any) -> Any:
    return followups.draft_bulletin(task=task, **values)


def _there(request: Any, made: Any) -> str:
    return addresses.of(made)


WORK = (S.ASSIGNED, S.HANDLING)
ACTS: tuple[Act, ...] = (
    TaskAct("assign", _("Assign"), rules.may_assign, actions.assign, form=forms.Assign, initial=_suggested, states=(S.PROPOSED,),
            effect=_("The departments are told. The clock starts now, not when they sign for it.")),
    TaskAct("sign_for", _("Sign for"), rules.may_sign_for, actions.sign_for, states=OWED, quiet=True,
            effect=_("Your department takes the task on. The clock has been running since it was assigned.")),
    TaskAct("submit_reply", _("Submit the reply"), rules.may_submit_reply & Rule(_has_draft), actions.submit_reply,
            states=(S.HANDLING,),
            effect=_("The reply goes to the co-handling departments for counter-signature, then to the supervision office.")),
    TaskAct("draft_reply", _("Write the reply"), rules.may_draft_reply, actions.draft_reply, form=forms.DraftReply,
            initial=_my_draft, states=(S.HANDLING,), effect=_("It is kept as a draft until you submit it.")),
    TaskAct("countersign", _("Counter-sign"), rules.may_countersign, actions.countersign, form=Note,
            states=(S.COSIGNING,), effect=_("Your department stands behind the lead's reply.")),
    TaskAct("approve", _("Approve the reply"), rules.may_approve, actions.approve, form=forms.Approve, states=(S.IN_REVIEW,),
            danger=True, effect=_("The reply is frozen and the task answered; the CPPCC office plans the look-back.")),
    TaskAct("send_back", _("Send back for redo"), rules.may_send_back, actions.send_back, form=forms.SendBack,
            states=(S.IN_REVIEW, S.COSIGNING), effect=_("The departments write again; counter-signatures are given anew.")),
    TaskAct("grant_return", _("Grant the return"), rules.may_grant_return, actions.grant_return, form=forms.GrantReturn,
            initial=_to_whom, states=OWED, asked=_return_waits, quiet=True,
            effect=_("Another department takes the part over. The due date of the task stays.")),
    TaskAct("refuse_return", _("Refuse the return"), rules.may_refuse_return, actions.refuse_return, form=forms.Decision,
            states=OWED, asked=_return_waits, quiet=True, effect=_("The task stays with the department.")),
    TaskAct("grant_extension", _("Grant more time"), rules.may_grant_extension, actions.grant_extension,
            form=forms.GrantExtension, initial=_until, states=(*OWED, S.IN_REVIEW), asked=_extension_waits, quiet=True,
            effect=_("The due date moves to the day you name; the original date stays on record.")),
    TaskAct("refuse_extension", _("Refuse more time"), rules.may_refuse_extension, actions.refuse_extension,
            form=forms.Decision, states=(*OWED, S.IN_REVIEW), asked=_extension_waits, quiet=True,
            effect=_("The due date stays.")),
    TaskAct("meet", _("Record a face-to-face talk"), rules.may_meet, actions.meet, form=forms.Meet,
            states=(S.HANDLING, S.COSIGNING)),
    TaskAct("report_progress", _("Report progress"), rules.may_report_progress, actions.report_progress, form=forms.Progress,
            states=(*OWED, S.ANSWERED), quiet=True),
    TaskAct("give_opinion", _("Give our co-handling opinion"), rules.may_give_opinion, actions.give_opinion,
            form=forms.Opinion, states=WORK, quiet=True, effect=_("The lead department reads it and combines it in its reply.")),
    TaskAct("ask_extension", _("Ask for more time"), rules.may_ask_extension & Rule(_in_time), actions.ask_extension,
            form=forms.AskExtension, states=(S.HANDLING,), effect=_("The supervision office decides. Only once for each task.")),
    TaskAct("ask_return", _("Ask to return it"), rules.may_ask_return & Rule(_in_window), actions.ask_return,
            form=forms.AskReturn, states=WORK, effect=_("The supervision office decides. The clock runs on.")),
    TaskAct("fulfil", _("The promise is kept"), rules.may_fulfil, actions.keep_promise, form=forms.KeepPromise,
            states=(S.ANSWERED, S.CLOSED), asked=_promise_waits,
            effect=_("Outcome B counts as A from now on; the approved reply stays as it was.")),
    TaskAct("urge", _("Urge"), rules.may_urge, actions.urge, form=forms.Urge, states=OWED, quiet=True,
            effect=_("Every department that has a part is told.")),
    TaskAct("stop_clock", _("Stop the clock"), rules.may_stop_clock, actions.stop_clock, form=forms.StopClock, states=OWED,
            asked=lambda task: not task.stopped, quiet=True, effect=_("The days it stands still are added to the due date.")),
    TaskAct("resume_clock", _("Let the clock run again"), rules.may_resume_clock, actions.resume_clock,
            states=(*OWED, S.IN_REVIEW), asked=lambda task: bool(task.stopped), quiet=True,
            effect=_("The days it stood still are added to the due date.")),
    TaskAct("reassign", _("Hand a part to another department"), rules.may_reassign, actions.reassign, form=forms.Reassign,
            states=WORK, quiet=True, effect=_("The new department gets its own days to sign for it. The due date stays.")),
    TaskAct("drop", _("Do not assign"), rules.may_drop, actions.drop, form=Reason, states=(S.PROPOSED,),
            danger=True, quiet=True, effect=_("No department gets this task; the reason stays on record.")),
    TaskAct("plan", _("Plan a look-back"), followups_rules.may_plan, _plan, form=followup_forms.Plan,
            states=(S.ANSWERED, S.CLOSED), then=_there, quiet=True, effect=_("The member who leads it is told.")),
    TaskAct("draft_bulletin", _("Draft a progress bulletin"), followups_rules.may_draft_bulletin, _bulletin,
            form=followup_forms.Bulletin, states=(*OWED, S.IN_REVIEW, S.ANSWERED, S.CLOSED), then=_there, quiet=True),
)


# --- the page ------------------------------------------------------------------------------------------------------

#: What somebody outside the working file may read of its history.
FACE = {"propose", "assign", "begin", "approve", "rehandle", "close", "drop"}
#: A department doesn't read what another one asked back.
ASKS = {"ask_return", "grant_return", "refuse_return", "reassign"}


class TaskPage(Page):
    model = Task
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("jurisdiction", "instruction__leader", "recommendation__lead", "recommendation__consultation__topic",
               "assigned_by")
    prefetch = ("assignments__department", "assignments__opinions", "replies__department", "stops")
    template_name = "rooms/tasks/task.html"
    acts = (*evaluations.TASK_ACTS, *ACTS, *evaluations.BALLOT)

    def due(self, obj: Any) -> Any:
        return mark(obj)

    def must_act(self, obj: Any) -> Sentence:
        return must_act(obj)

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        topic = obj.recommendation.consultation.topic
        inside = self.inside(obj)
        return [
            (_("Topic"), self.linked(topic)), (_("Voices behind the topic"), TopicOpinion.objects.filter(topic=topic).count()),
            (_("Recommendation"), self.linked(obj.recommendation)),
            (_("Instruction"), self.linked(obj.instruction) if inside else None),
            (_("Kind"), " · ".join(str(word) for word in kinds(obj))), (_("Assigned at"), obj.assigned_at),
            (_("Due on"), None if inside else obj.due_on),
            (_("Handling"), obj.round if obj.round > 1 else None), (_("Look back on"), obj.look_back_on),
        ]

    def inside(self, obj: Any) -> bool:
        return bool(rules.may_read_file(self.request.user, obj))

    def linked(self, other: Any) -> Any:
        return linked(other, self.request.user)

    def history(self, obj: Any) -> Any:
        events = super().history(obj)
        if rules.may_read_returns(self.request.user, obj):
            return events
        hidden = ASKS if self.inside(obj) else None
        return [(event, words) for event, words in events
                if (event.verb.partition(".")[2] not in hidden if hidden else event.verb.partition(".")[2] in FACE)]

    def extra(self, obj: Any) -> dict[str, Any]:
        user = self.request.user
        shown = {"inside": self.inside(obj), "replies": rules.replies_visible_to(user, obj), "parts": obj.parts,
                 **(evaluations.said(obj) if self.may_read_ratings(obj) else {})}
        return {**shown, **self.file(obj)} if shown["inside"] else shown

    def may_read_ratings(self, obj: Any) -> bool:
        """A department reads them once the task is closed, so that nobody's word can be worked on before."""
        judged = (S.CLOSED,) if rules.my_part(self.request.user, obj) else (S.ANSWERED, S.CLOSED)
        return obj.state in judged

    def file(self, obj: Any) -> dict[str, Any]:
        """The working file."""
        worked = clock.due(obj) if obj.began_on else None
        again = super().history(obj) if obj.round > 1 else []
        return {
            "again": next((event.data["note"] for event, _words in reversed(again) if event.verb == "tasks.rehandle"), ""),
            "worked": worked, "talk_by": clock.talk_by(obj), "meetings": obj.meetings.select_related("by"),
            "progress": obj.progress.select_related("department", "by"), "stops": obj.stops.all(),
            "opinions": [(part, opinion) for part in obj.parts for opinion in part.opinions.all()],
            "opinion_by": [(part, clock.opinion_by(part).on) for part in obj.parts if part.part == Part.CO],
            "returns": rules.returns_visible_to(self.request.user, obj).select_related("assignment__department", "suggested",
                                                                                      "decided_by"),
            "extensions": obj.extensions.select_related("asked_by", "decided_by"),
            "reminders": obj.reminders.select_related("by"),
            "signed": Countersign.objects.filter(reply__task=obj).select_related("assignment__department", "by", "reply"),
        }


def kinds(task: Task) -> list[Sentence]:
    words: list[tuple[bool, Sentence]] = [(task.urgent, _("urgent")), (task.key, _("key supervision"))]
    return [word for holds, word in words if holds]


def must_act(task: Task) -> Sentence:
    """Who must act next, by name."""
    if task.state in (S.PROPOSED, S.IN_REVIEW):
        return _("the supervision office")
    if task.state == S.ANSWERED:
        return _("the CPPCC office: look-back and ratings")
    if task.state not in OWED:
        return ""
    if task.state in WORK and (_return_waits(task) or _extension_waits(task)):
        return _("the supervision office: something is asked")
    final = {reply.department_id for reply in task.replies_now if reply.state in (ReplyState.SUBMITTED, ReplyState.APPROVED)}
    waiting = handling.unsigned(task) if task.state == S.COSIGNING else [
        part for part in task.parts if part.answers and part.department_id not in final]
    return "、".join(str(part.department) for part in waiting)


class ReplyLetter(View):
    """A department's reply as a letter, for whoever reads the reply; until it is approved it says that it is a draft."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Reply.objects.filter(task__in=rules.visible_to(request.user)).select_related("department", "task__jurisdiction")
        reply = access.visible_or_404(rows.prefetch_related("task__assignments__department"), pk=pk)
        if reply not in rules.replies_visible_to(request.user, reply.task):
            raise Http404
        return papers.pdf_response(request, lambda: letter_of(reply), back=addresses.of(reply.task))


def letter_of(reply: Reply) -> papers.Paper:
    return papers.Paper("letter", letter.paper(reply), f"{reply.task.number}-{reply.department}-答复.pdf",
                        draft=letter.is_draft(reply), data=letter.facts(reply))


urlpatterns = [path("replies/<int:pk>/letter.pdf", access.door(ReplyLetter), name="reply.letter"), *TaskPage.urls("tasks")]

