"""What may be done with a task, by whom and when."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.followups import actions as followups
from consult.followups import rules as followups_rules
from consult.followups.models import LookBack
from consult.followups.states import LookBackState
from consult.kit import attachments, calendar
from consult.kit.rules import Rule, Verdict
from consult.kit.states import WrongState
from consult.people.roles import scope_of
from consult.recommendations.wording import cover
from consult.tasks import actions, keying, publishing, replying, rules
from consult.tasks.models import Extension, ReturnRequest, Task
from consult.tasks.states import OWED, ReplyState, TaskState
from portal.forms import followups as followup_forms
from portal.forms import tasks as forms
from portal.kit import addresses
from portal.kit.forms import Note, Reason
from portal.kit.moves import Act, Staged

S = TaskState


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
    own = [one for one in task.replies.all() if one.department_id in mine]
    reply = next((one for one in own if one.round == task.round), None)
    before = next((one for one in reversed(own) if one.round < task.round), None) if reply is None else None
    names = ("text", "outcome", "promise_on", "contact", "doc_no", "publicity", "publicity_reason")
    saved = {name: getattr(reply, name) for name in names} if reply else {}
    # A second handling begins with what was answered to each point in the first.
    said = {f"point_{n}": point["answer"] for n, point in enumerate((reply or before).points, 1)} if reply or before else {}
    kept = replying.draft_of(task, user)
    return {**saved, **said, **(kept.fields if kept else {})}


def _at_hand(task: Any, user: Any) -> dict[str, Any]:
    """The kept words, and the department's text blocks."""
    return {"kept": replying.draft_of(task, user), "blocks": rules.blocks_visible_to(user)}


def _has_kept(user: Any, task: Any) -> Verdict:
    return Verdict(replying.draft_of(task, user) is not None, _("There are no kept words."))


def _has_milestone(user: Any, task: Any) -> Verdict:
    mine = rules.my_departments(user)
    ok = any(one.reached_on is None and one.department_id in mine for one in task.milestones.all())
    return Verdict(ok, _("Set a milestone first."))


def _has_files(user: Any, task: Any) -> Verdict:
    mine = rules.my_departments(user)
    ok = any(attachments.of(reply).exists() for reply in task.replies_now
             if reply.department_id in mine and reply.state in replying.WRITABLE)
    return Verdict(ok, _("No paper goes with your reply."))


def _to_publish(task: Task, user: Any) -> dict[str, Any]:
    """The words of the first reply that waits, with names and numbers covered: read them all the same."""
    reply = next(iter(publishing.to_publish(task)), None)
    if reply is None:
        return {}
    covered = cover([task.recommendation.consultation_id])
    return {"reply": reply.pk, "text": covered(reply.whole)}


def _published(task: Task, user: Any) -> dict[str, Any]:
    return {"reply": next((reply.pk for reply in publishing.published(task)), None)}


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
    Staged("assign", _("Assign"), rules.may_assign, actions.assign, form=forms.Assign, initial=_suggested, states=(S.PROPOSED,),
           effect=_("The departments are told. The clock starts now, not when they sign for it.")),
    Staged("sign_for", _("Sign for"), rules.may_sign_for, actions.sign_for, states=OWED, quiet=True,
           effect=_("Your department takes the task on. The clock has been running since it was assigned.")),
    Staged("submit_reply", _("Submit the reply"), rules.may_submit_reply & Rule(_has_draft), actions.submit_reply,
           states=(S.HANDLING,),
           effect=_("The reply goes to the co-handling departments for counter-signature, then to the supervision office.")),
    Staged("draft_reply", _("Write the reply"), rules.may_draft_reply, actions.draft_reply, form=forms.DraftReply,
           initial=_my_draft, states=(S.HANDLING,), template_name="rooms/tasks/draft_reply.html", beside=_at_hand,
           effect=_("It is kept as a draft until you submit it.")),
    Staged("discard_draft", _("Throw the kept words away"), rules.may_draft_reply & Rule(_has_kept), actions.discard_draft,
           states=(S.HANDLING,), quiet=True, danger=True, effect=_("The reply stays as it was last saved.")),
    Staged("take_out", _("Take papers out of the reply"), rules.may_draft_reply & Rule(_has_files), actions.take_out,
           form=forms.TakeOut, states=(S.HANDLING,), quiet=True),
    Staged("countersign", _("Counter-sign"), rules.may_countersign, actions.countersign, form=Note,
           states=(S.COSIGNING,), effect=_("Your department stands behind the lead's reply.")),
    Staged("approve", _("Approve the reply"), rules.may_approve, actions.approve, form=forms.Approve, states=(S.IN_REVIEW,),
           danger=True, effect=_("The reply is frozen and the task answered; the CPPCC office plans the look-back.")),
    Staged("send_back", _("Send back for redo"), rules.may_send_back, actions.send_back, form=forms.SendBack,
           states=(S.IN_REVIEW, S.COSIGNING), effect=_("The departments write again; counter-signatures are given anew.")),
    Staged("grant_return", _("Grant the return"), rules.may_grant_return, actions.grant_return, form=forms.GrantReturn,
           initial=_to_whom, states=OWED, ready=return_waits, quiet=True,
           effect=_("Another department takes the part over. The due date of the task stays.")),
    Staged("refuse_return", _("Refuse the return"), rules.may_refuse_return, actions.refuse_return, form=forms.Decision,
           states=OWED, ready=return_waits, quiet=True, effect=_("The task stays with the department.")),
    Staged("grant_extension", _("Grant more time"), rules.may_grant_extension, actions.grant_extension,
           form=forms.GrantExtension, initial=_until, states=(*OWED, S.IN_REVIEW), ready=extension_waits, quiet=True,
           effect=_("The due date moves to the day you name; the original date stays on record.")),
    Staged("refuse_extension", _("Refuse more time"), rules.may_refuse_extension, actions.refuse_extension,
           form=forms.Decision, states=(*OWED, S.IN_REVIEW), ready=extension_waits, quiet=True,
           effect=_("The due date stays.")),
    Staged("meet", _("Record a face-to-face talk"), rules.may_meet, actions.meet, form=forms.Meet,
           states=(S.HANDLING, S.COSIGNING)),
    Staged("report_progress", _("Report progress"), rules.may_report_progress, actions.report_progress, form=forms.Progress,
           states=(*OWED, S.ANSWERED), quiet=True),
    Staged("set_milestone", _("Set a milestone"), rules.may_set_milestone, actions.set_milestone, form=forms.SetMilestone,
           states=(S.ASSIGNED, S.HANDLING, S.ANSWERED), quiet=True,
           effect=_("Whoever follows the task sees the plan of your department, and what of it is reached.")),
    Staged("reach_milestone", _("A milestone is reached"), rules.may_reach_milestone & Rule(_has_milestone),
           actions.reach_milestone, form=forms.ReachMilestone, states=(*OWED, S.ANSWERED), quiet=True),
    Staged("name_handler", _("Name the handler"), rules.may_name_handler, actions.name_handler, form=forms.NameHandler,
           states=(*OWED, S.ANSWERED), quiet=True),
    Staged("give_opinion", _("Give our co-handling opinion"), rules.may_give_opinion, actions.give_opinion,
           form=forms.Opinion, states=WORK, quiet=True, effect=_("The lead department reads it and combines it in its reply.")),
    Staged("ask_extension", _("Ask for more time"), rules.may_ask_extension & Rule(_in_time), actions.ask_extension,
           form=forms.AskExtension, states=(S.HANDLING,), effect=_("The supervision office decides. Only once for each task.")),
    Staged("ask_return", _("Ask to return it"), rules.may_ask_return & Rule(_in_window), actions.ask_return,
           form=forms.AskReturn, states=WORK, effect=_("The supervision office decides. The clock runs on.")),
    Staged("fulfil", _("The promise is kept"), rules.may_fulfil, actions.keep_promise, form=forms.KeepPromise,
           states=(S.ANSWERED, S.CLOSED), ready=_promise_waits,
           effect=_("Outcome B counts as A from now on; the approved reply stays as it was.")),
    Staged("publish", _("Publish the reply"), rules.may_publish, actions.publish, form=forms.PublishReply, initial=_to_publish,
           states=publishing.DONE, ready=lambda task: bool(publishing.to_publish(task)), quiet=True,
           effect=_("Everybody reads these words on the public front. The approved paper stays as it is.")),
    Staged("close_to_public", _("Do not publish the reply"), rules.may_publish, actions.close_to_public,
           form=forms.CloseToPublic, initial=_to_publish, states=publishing.DONE,
           ready=lambda task: bool(publishing.to_publish(task)), quiet=True, effect=_("The reason stays on record.")),
    Staged("withdraw", _("Take the published reply back"), rules.may_withdraw, actions.withdraw, form=forms.WithdrawReply,
           initial=_published, states=publishing.DONE, ready=lambda task: bool(publishing.published(task)), quiet=True,
           danger=True, effect=_("The public no longer finds it. It may be published again in another wording.")),
    Staged("lead_key", _("Key supervision: name the leader in charge"), rules.may_lead_key, actions.lead_key,
           form=forms.LeadKey, states=keying.IN_SIGHT, ready=lambda task: task.key or task.state in keying.OPEN, quiet=True,
           effect=_("The task becomes a key item: a face-to-face talk is needed before the reply.")),
    Staged("take_key_step", _("Record a step of key supervision"), rules.may_take_key_step, actions.take_key_step,
           form=forms.KeyStepForm, states=keying.IN_SIGHT, ready=lambda task: bool(task.key), quiet=True),
    Staged("urge", _("Urge"), rules.may_urge, actions.urge, form=forms.Urge, states=OWED, quiet=True,
           effect=_("Every department that has a part is told.")),
    Staged("stop_clock", _("Stop the clock"), rules.may_stop_clock, actions.stop_clock, form=forms.StopClock, states=OWED,
           ready=lambda task: not task.stopped, quiet=True, effect=_("The days it stands still are added to the due date.")),
    Staged("resume_clock", _("Let the clock run again"), rules.may_resume_clock, actions.resume_clock,
           states=(*OWED, S.IN_REVIEW), ready=lambda task: bool(task.stopped), quiet=True,
           effect=_("The days it stood still are added to the due date.")),
    Staged("reassign", _("Hand a part to another department"), rules.may_reassign, actions.reassign, form=forms.Reassign,
           states=WORK, quiet=True, effect=_("The new department gets its own days to sign for it. The due date stays.")),
    Staged("drop", _("Do not assign"), rules.may_drop, actions.drop, form=Reason, states=(S.PROPOSED,),
           danger=True, quiet=True, effect=_("No department gets this task; the reason stays on record.")),
    Staged("speak", _("Say how the promise was kept"), followups_rules.may_speak & Rule(_unspoken), _speak,
           form=followup_forms.Speak, states=(*OWED, S.IN_REVIEW, S.ANSWERED, S.CLOSED), ready=_looked_at, quiet=True,
           effect=_("It stands beside the voices of a resident and of a member. You read theirs once the look-back is "
                     "confirmed, and they do not read yours before having spoken.")),
    Staged("plan", _("Plan a look-back"), followups_rules.may_plan, _plan, form=followup_forms.Plan,
           states=(S.ANSWERED, S.CLOSED), then=_there, quiet=True, effect=_("The member who leads it is told.")),
    Staged("draft_bulletin", _("Draft a progress bulletin"), followups_rules.may_draft_bulletin, _bulletin,
           form=followup_forms.Bulletin, states=(*OWED, S.IN_REVIEW, S.ANSWERED, S.CLOSED), then=_there, quiet=True),
)
