"""Tasks for tests: from a leader's words on a dispatched paper to any state, through the real verbs."""

from datetime import date, datetime, timedelta
from typing import Any

from consult.briefings.models import Briefing, BriefingItem, Issue, Recipient
from consult.people.models import Department, User
from consult.people.roles import Role
from consult.recommendations import actions as recommendations
from consult.recommendations.models import Recommendation
from consult.recommendations.states import RecommendationState
from consult.tasks import actions
from consult.tasks.models import Assignment, Task
from consult.tasks.rules import may_sign_for
from consult.tasks.states import Outcome, Part, TaskState
from tests import make

S = TaskState
WORDS = "请住建局牵头，一季度内办结，并向居民讲清楚。"
REPLY = {"outcome": Outcome.A, "text": "一、过渡费已足额发放。\n二、发放明细已在社区公示栏公示。", "contact": "王工 0000-1234567"}
#: The order of a life without detours.
LIFE = (S.PROPOSED, S.ASSIGNED, S.HANDLING, S.COSIGNING, S.IN_REVIEW, S.ANSWERED, S.CLOSED)


def dispatched_briefing(place: make.Place, cast: make.Cast, *chosen: Recommendation, readers: Any = None) -> Briefing:
    """A paper with its recommendations, dispatched to the leader: rows as the press leaves them, without setting type."""
    chosen = chosen or (make.recommendation(place, cast),)
    briefing = Briefing.objects.create(
        title="关于过渡费发放的协商专报", jurisdiction=place.jurisdiction, topic=chosen[0].consultation.topic,
        overview="概况", problems="问题", dissent="部分居民有不同意见", state="dispatched", compiled_by=cast.office,
        compiled_at=make.AT)
    for order, one in enumerate(chosen, 1):
        BriefingItem.objects.create(briefing=briefing, recommendation=one, order=order)
        if one.state == RecommendationState.CONFIRMED:
            recommendations.brief(one, by=cast.office, at=make.AT)
    number = Issue.objects.count() + 1
    issue = Issue.objects.create(
        briefing=briefing, kind=briefing.kind, jurisdiction=place.jurisdiction, year=2026, issue_no=number, total_no=number,
        snapshot={}, snapshot_sha256="0" * 64, signed_by=cast.chair, signed_at=make.AT - timedelta(days=1))
    for serial, reader in enumerate(readers or [cast.leader], 1):
        Recipient.objects.create(issue=issue, briefing=issue.briefing, user=reader, serial=serial, sent_at=make.AT)
    return briefing


def instructed(place: make.Place, cast: make.Cast, *chosen: Recommendation, **values: Any) -> Any:
    """A leader's words that ask for work; its tasks are proposed."""
    return actions.record_instruction(dispatched_briefing(place, cast, *chosen), **{
        "kind": "act", "text": WORDS, "given_on": make.TODAY, "by": cast.leader, "at": make.AT, **values})


def third_department(place: make.Place) -> tuple[Department, User]:
    """A department of the district without any part, and its clerk."""
    made, _new = Department.objects.get_or_create(name="区城市管理局", jurisdiction=place.jurisdiction, defaults={"order": 9})
    clerk = User.objects.filter(username="clerk3").first()
    return made, clerk or make.appointed("clerk3", "承办人丙", Role.CLERK, place.jurisdiction, department=made)


def task(place: make.Place, cast: make.Cast, *, state: str = S.ASSIGNED, co: Any = (), separate: Any = (), lead: Any = None,
         urgent: bool = False, key: bool = False, at: datetime = make.AT, reply: dict[str, Any] | None = None,
         chosen: Recommendation | None = None) -> Task:
    """A task in ``state``. Department a (``cast.clerk``) has it alone, unless ``co`` or ``separate`` say otherwise."""
    papers = instructed(place, cast, *([chosen] if chosen else []), at=at, given_on=at.date())
    made = Task.objects.get(instruction=papers)
    if state == S.PROPOSED:
        return made
    if state == S.DROPPED:
        return actions.drop(made, reason="与在办任务重复", by=cast.supervision, at=at)
    actions.assign(made, lead=lead or (None if separate else place.a), co=co, separate=separate, urgent=urgent, key=key,
                   by=cast.supervision, at=at)
    return carry(made, cast, state, at=at, reply=reply)


def clerks(task: Task, *parts: str) -> list[User]:
    """One clerk of each department with such a part, in the order of the parts."""
    found = Assignment.objects.filter(task=task, ended_at=None, part__in=parts or Part.values)
    return [User.objects.filter(appointments__department=one.department).first() for one in found]


def carry(task: Task, cast: make.Cast, state: str, *, at: datetime = make.AT, reply: dict[str, Any] | None = None) -> Task:
    """Carry an assigned task to a later state."""
    steps = {S.HANDLING: sign, S.COSIGNING: answer, S.IN_REVIEW: cosign, S.ANSWERED: pass_it, S.CLOSED: strike_off}
    for step in LIFE[LIFE.index(S.HANDLING):LIFE.index(S(state)) + 1]:
        steps[step](task, cast, at, {**REPLY, **(reply or {})})
    task.refresh_from_db(fields=["due_on"])
    return task


def sign(task: Task, cast: make.Cast, at: datetime, reply: Any) -> None:
    for clerk in clerks(task):
        if may_sign_for(clerk, task):
            actions.sign_for(task, by=clerk, at=at)


def answer(task: Task, cast: make.Cast, at: datetime, reply: Any) -> None:
    for clerk in clerks(task, Part.SOLE, Part.LEAD, Part.SEPARATE):
        if task.key:
            actions.meet(task, way="meeting", held_on=at.date(), people="委员甲", points="逐条说明", by=clerk, at=at)
        actions.draft_reply(task, **reply, by=clerk, at=at)
        actions.submit_reply(task, by=clerk, at=at)


def cosign(task: Task, cast: make.Cast, at: datetime, reply: Any) -> None:
    for clerk in clerks(task, Part.CO):
        actions.countersign(task, by=clerk, at=at)


def pass_it(task: Task, cast: make.Cast, at: datetime, reply: Any) -> None:
    actions.approve(task, note="同意", by=cast.supervision, at=at)


def strike_off(task: Task, cast: make.Cast, at: datetime, reply: Any) -> None:
    actions.close(task, by=cast.office, at=at)


def morning(day: date) -> datetime:
    """Nine o'clock on another day."""
    return make.AT.replace(year=day.year, month=day.month, day=day.day)
