"""What may be done with a task, by whom and when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.followups import actions as followups
from consult.followups import rules as followups_rules
from consult.followups.models import LookBack
from consult.followups.states import LookBackState
from consult.kit import calendar
from consult.kit.rules import Rule, Verdict
from consult.kit.states import WrongState
from consult.people.roles import scope_of
from consult.tasks import actions, rules
from consult.tasks.models import Extension, ReturnRequest, Task
from consult.tasks.states import OWED, ReplyState, TaskState
from portal.forms import followups as followup_forms
from portal.forms import tasks as forms
from portal.kit import addresses
from portal.kit.forms import Note, Reason
from portal.kit.moves import Act

S = TaskState


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


def return_waits(task: Any) -> bool:
    return ReturnRequest.objects.filter(assignment__task=task, state="asked").exists()


def extension_waits(task: Any) -> bool:
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


SPOKEN = _("Your department has spoken: its word stands.")


def _looked_at(task: Any) -> bool:
    return LookBack.objects.filter(task=task, state=LookBackState.VISITED).exists()


def _unspoken(user: Any, task: Any) -> Verdict:
    open_ = followups_rules.unspoken_by(rules.my_departments(user)).filter(task=task)
    return Verdict(open_.exists() or not _looked_at(task), SPOKEN)


def _speak(task: Task, *, by: Any, **values: Any) -> Any:
    """Of the first look-back that waits for it: the department does not see it, and speaks from the page of its task."""
    waits = followups_rules.unspoken_by(rules.my_departments(by)).filter(task=task).order_by("pk").first()
    if waits is None:
        raise WrongState(SPOKEN)
    return followups.speak(waits, by=by, **values)


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
            initial=_to_whom, states=OWED, asked=return_waits, quiet=True,
            effect=_("Another department takes the part over. The due date of the task stays.")),
    TaskAct("refuse_return", _("Refuse the return"), rules.may_refuse_return, actions.refuse_return, form=forms.Decision,
            states=OWED, asked=return_waits, quiet=True, effect=_("The task stays with the department.")),
    TaskAct("grant_extension", _("Grant more time"), rules.may_grant_extension, actions.grant_extension,
            form=forms.GrantExtension, initial=_until, states=(*OWED, S.IN_REVIEW), asked=extension_waits, quiet=True,
            effect=_("The due date moves to the day you name; the original date stays on record.")),
    TaskAct("refuse_extension", _("Refuse more time"), rules.may_refuse_extension, actions.refuse_extension,
            form=forms.Decision, states=(*OWED, S.IN_REVIEW), asked=extension_waits, quiet=True,
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
    TaskAct("speak", _("Say how the promise was kept"), followups_rules.may_speak & Rule(_unspoken), _speak,
            form=followup_forms.Speak, states=(*OWED, S.IN_REVIEW, S.ANSWERED, S.CLOSED), asked=_looked_at, quiet=True,
            effect=_("It stands beside the voices of a resident and of a member. You read theirs once the look-back is "
                     "confirmed, and they do not read yours before having spoken.")),
    TaskAct("plan", _("Plan a look-back"), followups_rules.may_plan, _plan, form=followup_forms.Plan,
            states=(S.ANSWERED, S.CLOSED), then=_there, quiet=True, effect=_("The member who leads it is told.")),
    TaskAct("draft_bulletin", _("Draft a progress bulletin"), followups_rules.may_draft_bulletin, _bulletin,
            form=followup_forms.Bulletin, states=(*OWED, S.IN_REVIEW, S.ANSWERED, S.CLOSED), then=_there, quiet=True),
)
