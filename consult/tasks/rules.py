"""Who sees a task and who may act on it: a department by its part, never by a stored right."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Panelist
from consult.kit import attachments, calendar, grants
from consult.kit.recall import recall
from consult.kit.rules import NOTHING, Rule, Sentence, because, rule, sees
from consult.kit.search import finds
from consult.people.models import Appointment, Jurisdiction, User
from consult.people.roles import Role, Scope, scope_of
from consult.people.rules import in_role, is_chair, is_office, is_supervision
from consult.recommendations.models import Endorsement
from consult.tasks.models import Assignment, Extension, Milestone, Progress, Reply, ReturnRequest, Task, TextBlock
from consult.tasks.states import ANSWERING, Part, TaskState

#: Before it is assigned a task is the business of the supervision office, the CPPCC and the leader alone.
_PUBLIC_TO_PARTIES = ~Q(state__in=[TaskState.PROPOSED, TaskState.DROPPED])


#: Parts in force of a department, from which on its list asks each task of the district in turn.
BUSY = 4000
#: They follow every task of their district.
_FOLLOWING = (Role.SUPERVISION, Role.OFFICE, Role.CHAIR)


def visible_to(user: Any) -> Any:
    """The district's supervision office, CPPCC office and chair: all. Others by leadership, part, panel or grant."""
    return Task.objects.filter(Q(jurisdiction__in=scope_of(user).jurisdictions(*_FOLLOWING)) | _by_name(user))


def handled_by(user: Any) -> Any:
    """Those in which the user's department has a part."""
    scope = scope_of(user)
    here = districts_of(scope.departments())
    return Task.objects.filter(_one_by_one(scope) if _busy(scope) else _by_part(scope), jurisdiction__in=here)


def supervised_by(user: Any) -> Any:
    """Those of the districts whose tasks one assigns and follows."""
    return Task.objects.filter(jurisdiction__in=scope_of(user).jurisdictions(Role.SUPERVISION))


def districts_of(departments: Collection[int]) -> list[int]:
    """Where these departments have a part in a task. Told by key: a district's index of tasks (and look-backs) is short, and

    what else a department has a part in need not be looked at.
    """
    parts = Assignment.objects.in_force().filter(department__in=departments, jurisdiction=OuterRef("pk"))
    return list(Jurisdiction.objects.filter(Exists(parts)).order_by("pk").values_list("pk", flat=True))


def _by_part(scope: Scope) -> Q:
    parts = Assignment.objects.in_force().filter(department__in=scope.departments())
    return _PUBLIC_TO_PARTIES & Q(pk__in=parts.values("task_id"))


def _one_by_one(scope: Scope) -> Q:
    """The same, asked of each task in the order of the list: who has a part in every third need not look at all of theirs."""
    parts = Assignment.objects.in_force().filter(department__in=scope.departments(), task=OuterRef("pk"))
    return _PUBLIC_TO_PARTIES & Q(IsNull(Subquery(parts.order_by().values("task_id")[:1]), False))


def _busy(scope: Scope) -> bool:
    """Have these departments more parts than one puts side by side for a page? Both ways find the same."""
    parts = Assignment.objects.in_force().filter(department__in=scope.departments()).order_by()
    return recall(("busy", frozenset(scope.departments())), lambda: parts[:BUSY + 1].count()) > BUSY


def _by_name(user: Any) -> Q:
    """What is no matter of the office one works in; ``NOTHING`` itself when there is nothing."""
    scope, where = scope_of(user), NOTHING
    if scope.holds(Role.LEADER):
        where |= Q(jurisdiction__in=scope.jurisdictions(Role.LEADER), leader=scope.user_id)
    if scope.departments():
        where |= _by_part(scope)
    if scope.holds(Role.MEMBER) and scope.member_id:
        sat = Panelist.objects.filter(member=scope.member_id).values("consultation_id")
        endorsed = Endorsement.objects.filter(member=scope.member_id).values("recommendation_id")
        where |= _PUBLIC_TO_PARTIES & (Q(recommendation__consultation__in=sat) | Q(recommendation__in=endorsed))
    granted = grants.granted(user, "view", Task, calendar.today()) if scope.user_id else []
    return where if granted == [] else where | Q(pk__in=granted)


def seen_by(task: Task) -> list[Sentence]:
    """Who can see this task, and why: roles only."""
    names = [str(part.department) for part in task.parts]
    lines: list[Sentence] = [
        _("The supervision office, the CPPCC office and the chair of %(place)s: they assign and follow every task.")
        % {"place": task.jurisdiction},
        _("The leader whose instruction it carries out."),
    ]
    if names:
        lines.append(_("The clerks of the departments that have a part: %(names)s.") % {"names": ", ".join(names)})
        lines.append(_("Members who sat in the consultation or endorsed the recommendation: the task, its state, "
                       "and the reply once it is approved."))
    return lines


# --- which part is mine -----------------------------------------------------------------------------------------

def my_departments(user: Any) -> set[int]:
    """Ids of the departments the user is clerk of."""
    return scope_of(user).departments()


def my_part(user: Any, task: Task, *kinds: str) -> Assignment | None:
    """The part in force of the user's department, an answering one first; only of ``kinds`` when given."""
    mine = scope_of(user).departments()
    parts = [part for part in task.parts if part.department_id in mine and (not kinds or part.part in kinds)]
    return min(parts, key=lambda part: (not part.answers, part.pk)) if parts else None


def colleagues(departments: Iterable[int], today: date) -> Any:
    """The accounts of the clerks of these departments on a day."""
    posts = Appointment.objects.in_force(today).filter(role=Role.CLERK, department__in=[*departments])
    return User.objects.filter(pk__in=posts.values("user_id"), is_active=True)


def has_part(*kinds: str) -> Rule:
    @because(_("Only a department that has a part in this task may do this."))
    def ask(user: Any, task: Any) -> bool:
        return my_part(user, task, *kinds) is not None

    return ask


is_party = has_part()
answers = has_part(*ANSWERING).but(_("Only the lead, sole or separate department of this task may do this."))
co_handles = has_part(Part.CO).but(_("Only a co-handling department of this task may do this."))


@because(_("Please sign for the task first."))
def has_signed(user: Any, task: Any) -> bool:
    part = my_part(user, task)
    return part is not None and part.signed_at is not None


@because(_("Your department has signed for this task already."))
def not_signed(user: Any, task: Any) -> bool:
    part = my_part(user, task)
    return part is not None and part.signed_at is None


@because(_("Only the leader whose instruction it is may do this."))
def is_its_leader(user: Any, task: Any) -> bool:
    return (task.instruction.leader_id == getattr(user, "pk", None)
            and task.jurisdiction_id in scope_of(user).jurisdictions(Role.LEADER))


@because(_("Whoever wrote a reply does not review it: a colleague must."))
def did_not_write(user: Any, task: Any) -> bool:
    return all(reply.written_by_id != user.pk for reply in task.replies_now)


@because(_("Whoever asked does not decide: a colleague must."))
def did_not_ask(user: Any, ask: Any) -> bool:
    return bool(ask.asked_by_id != user.pk)


@because(_("No return waits to be decided."))
def return_is_asked(user: Any, task: Any) -> bool:
    return ReturnRequest.objects.filter(assignment__task=task, state="asked").exists()


@because(_("No extension waits to be decided."))
def extension_is_asked(user: Any, task: Any) -> bool:
    return Extension.objects.filter(task=task, state="asked").exists()


# --- what one may read of the file --------------------------------------------------------------------------------

#: The working file: drafts, progress, talks, reminders. Others who see the task see its face and the approved reply.
may_read_file = rule("tasks.read_file", is_supervision | is_office | is_chair | is_its_leader | is_party)
#: Every return with its reason; a department reads only its own.
may_read_returns = rule("tasks.read_returns", is_supervision | is_office | is_chair | is_its_leader)


def returns_visible_to(user: Any, task: Task) -> Any:
    found = ReturnRequest.objects.filter(assignment__task=task)
    if may_read_returns(user, task):
        return found
    return found.filter(assignment__department__in=scope_of(user).departments(), assignment__ended_at=None)


def replies_visible_to(user: Any, task: Task) -> list[Reply]:
    """Approved replies to whoever sees the task; what is still being written to its department and its judges."""
    judges = bool((is_supervision | is_office)(user, task))
    mine = scope_of(user).departments()
    part = my_part(user, task)

    def readable(reply: Reply) -> bool:
        # A co-handling department reads what it must stand behind.
        shared = part is not None and reply.state == "submitted"
        return reply.state == "approved" or judges or (part is not None and reply.department_id in mine) or shared

    return [reply for reply in task.replies.all() if readable(reply)]


def attachments_visible_to(user: Any) -> Any:
    """Replies whose files one may fetch: the approved ones of visible tasks, and one's own department's."""
    scope = scope_of(user)
    judged = Q(task__jurisdiction__in=scope.jurisdictions(Role.SUPERVISION, Role.OFFICE))
    mine = Q(department__in=scope.departments())
    return Reply.objects.filter(Q(state="approved") | mine | judged, task__in=visible_to(user))


def replies_readable_by(user: Any) -> Any:
    """Those replies, and for everybody what was published of them (see ``Reply.public_text``)."""
    return Reply.objects.filter(Q(pk__in=attachments_visible_to(user).values("pk")) | Q(published_at__isnull=False))


def assignments_visible_to(user: Any) -> Any:
    """Which department answers for what (责任清单): the parts in force of the tasks one sees."""
    here = Q(jurisdiction__in=scope_of(user).jurisdictions(*_FOLLOWING))
    return Assignment.objects.in_force().filter(here | _of_named(user))


def results_visible_to(user: Any) -> Any:
    """What came of the tasks one sees (成果清单): the approved reply that counts."""
    here = Q(jurisdiction__in=scope_of(user).jurisdictions(*_FOLLOWING))
    return Reply.objects.results().filter(here | _of_named(user))


def _of_named(user: Any) -> Q:
    named = _by_name(user)
    return NOTHING if named is NOTHING else Q(task__in=Task.objects.filter(named))


def _in_file(user: Any) -> Q:
    """The working file: whoever handles, follows or ordered the task; never the panel or anybody else who sees its face."""
    scope = scope_of(user)
    follows = Q(task__jurisdiction__in=scope.jurisdictions(Role.SUPERVISION, Role.OFFICE, Role.CHAIR))
    ordered = Q(task__leader=scope.user_id, task__jurisdiction__in=scope.jurisdictions(Role.LEADER))
    parts = Assignment.objects.in_force().filter(department__in=scope.departments())
    return follows | ordered | Q(task__in=parts.values("task_id"))


def progress_visible_to(user: Any) -> Any:
    return Progress.objects.filter(_in_file(user), task__in=visible_to(user))


def milestones_visible_to(user: Any) -> Any:
    return Milestone.objects.filter(_in_file(user), task__in=visible_to(user))


def blocks_visible_to(user: Any) -> Any:
    """A department's usual words are its own."""
    return TextBlock.objects.filter(department__in=scope_of(user).departments())


@because(_("This text block belongs to another department."))
def is_my_block(user: Any, block: Any) -> bool:
    return block is None or block.department_id in scope_of(user).departments()


# --- who may do what ----------------------------------------------------------------------------------------------

#: 区委、区政府督查室: the CPPCC proposes and follows, it does not order a department.
may_assign = rule("tasks.assign", is_supervision)
may_drop = rule("tasks.drop", is_supervision)
may_sign_for = rule("tasks.sign_for", is_party & not_signed)
may_ask_return = rule("tasks.ask_return", is_party)
may_grant_return = rule("tasks.grant_return", is_supervision)
may_refuse_return = rule("tasks.refuse_return", is_supervision)
may_reassign = rule("tasks.reassign", is_supervision | is_its_leader)
may_ask_extension = rule("tasks.ask_extension", answers & has_signed)
may_grant_extension = rule("tasks.grant_extension", is_supervision)
may_refuse_extension = rule("tasks.refuse_extension", is_supervision)
may_stop_clock = rule("tasks.stop_clock", is_supervision)
may_resume_clock = rule("tasks.resume_clock", is_supervision)
may_meet = rule("tasks.meet", answers & has_signed)
may_report_progress = rule("tasks.report_progress", is_party & has_signed)
may_give_opinion = rule("tasks.give_opinion", co_handles & has_signed)
may_draft_reply = rule("tasks.draft_reply", answers & has_signed)
may_submit_reply = rule("tasks.submit_reply", answers & has_signed)
may_countersign = rule("tasks.countersign", co_handles)
may_send_back = rule("tasks.send_back", is_supervision & did_not_write)
may_approve = rule("tasks.approve", is_supervision & did_not_write)
may_name_handler = rule("tasks.name_handler", is_party)
may_set_milestone = rule("tasks.set_milestone", is_party & has_signed)
may_reach_milestone = rule("tasks.reach_milestone", is_party & has_signed)
may_write_block = rule("tasks.write_block", in_role(Role.CLERK) & is_my_block)
#: Whoever reviewed the class of publicity, or the office that keeps the public front; never a department.
may_publish = rule("tasks.publish", is_supervision | is_office)
may_withdraw = rule("tasks.withdraw", is_supervision | is_office)
may_lead_key = rule("tasks.lead_key", is_supervision)
may_take_key_step = rule("tasks.take_key_step", is_supervision | is_office)
may_fulfil = rule("tasks.fulfil", answers | is_supervision)
may_urge = rule("tasks.urge", is_supervision | is_office)

sees(Task, visible_to)
finds(Task, "number", "title", "text")
sees(Reply, replies_readable_by)
attachments.read_by(Reply, attachments_visible_to)
sees(Progress, progress_visible_to)
sees(Milestone, milestones_visible_to)
sees(TextBlock, blocks_visible_to)
