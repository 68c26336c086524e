"""The whole life of tasks as a machine: any verb, by anybody, on objects read long ago; the clock goes on between them.

Half of the steps are what somebody in the right place would do next, so that lives come to their end; the other half are
anybody's, with words missing and dates that cannot be. What must hold is looked at after each step.
"""

import ast
import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from consult.evaluations import actions as evaluations
from consult.evaluations.models import Rating
from consult.evaluations.states import RatingState
from consult.followups import actions as followups
from consult.followups.models import LookBack
from consult.followups.states import LookBackState
from consult.kit import audit, calendar
from consult.kit.models import AuditEvent
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.people.models import Appointment
from consult.tasks import actions
from consult.tasks.handling import unsigned
from consult.tasks.models import Assignment, Extension, ReturnRequest, Task
from consult.tasks.states import ANSWERING, OWED, AskState, Ground, ReplyState
from consult.tasks.states import TaskState as S

#: What a task may become in one step.
STEPS = {(move.source, move.target) for move in Task._meta.get_field("state").get_all_transitions(Task)}
ANSWERED = (S.IN_REVIEW, S.ANSWERED, S.CLOSED)
TEXT = "逐条答复如下。"


class World:
    """Where it happens: two proposed tasks of one instruction, and everybody who may have to do with them."""

    def __init__(self, place: Any, cast: Any, third: tuple[Any, Any], tasks: list[Task], second: Any) -> None:
        self.place, self.cast, self.tasks = place, cast, tasks
        self.departments = [place.a, place.b, third[0]]
        self.clerks = {place.a.pk: cast.clerk, place.b.pk: cast.clerk2, third[0].pk: third[1]}
        self.people = [cast.clerk, cast.clerk2, third[1], cast.supervision, second, cast.office, cast.leader, cast.member,
                       cast.lawyer, cast.resident, cast.chair, cast.cadre, cast.stranger, cast.other_clerk]
        self.supervision = [cast.supervision, second]


#: What was done and what refused, over all lives of one run: verb -> count, and the sentences of refusals.
done: Counter[str] = Counter()
tried: Counter[str] = Counter()
refused: Counter[str] = Counter()
#: Set by the test before a life begins.
world: World = None
START: datetime = None


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now: datetime = START
        self.before: dict[int, Any] = {}
        self.stale = {task.pk: Task.objects.get(pk=task.pk) for task in world.tasks}
        self.events = AuditEvent.objects.count()
        self.look()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # --- steps ------------------------------------------------------------------------------------------------

    @rule(seed=st.integers(0, 2 ** 32))
    def what_comes_next(self, seed: int) -> None:
        chance = random.Random(seed)
        task = self.task(chance)
        verb, by = right(task, chance, self)
        self.attempt(verb, task, by, chance, well=chance.random() < .9)

    @rule(seed=st.integers(0, 2 ** 32))
    def whatever_by_anybody(self, seed: int) -> None:
        chance = random.Random(seed)
        verb, task = chance.choice(list(VERBS)), self.task(chance)
        if verb == "drop" and chance.random() < .8:  # it ends a life before it began
            verb = "submit_reply"
        who = chance.choice(world.people) if chance.random() < .3 else usual(verb, task, chance)
        self.attempt(verb, task, who, chance, well=chance.random() < .6)

    @rule(days=st.sampled_from([0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55]))
    def time_goes_by(self, days: int) -> None:
        self.now += timedelta(days=days, minutes=1)
        today = calendar.local_date(self.now)
        actions.remind(today=today, at=self.now)
        evaluations.expire(today=today, at=self.now)

    def task(self, chance: random.Random) -> Task:
        """One as somebody read it just now, or a while ago."""
        task = chance.choice(world.tasks)
        if chance.random() < .8:
            self.stale[task.pk] = Task.objects.get(pk=task.pk)
        return self.stale[task.pk]

    def attempt(self, verb: str, task: Task, by: Any, chance: random.Random, *, well: bool) -> None:
        tried[verb] += 1
        before = AuditEvent.objects.count()
        try:
            with transaction.atomic():
                VERBS[verb](self, task, by, chance, well)
        except (Denied, ValidationError, WrongState) as no:
            refused.update(str(one) for one in (no.messages if isinstance(no, ValidationError) else [no.reason]))
            assert AuditEvent.objects.count() == before, f"{verb} was refused and left a trace"
        else:
            done[verb] += 1
            assert AuditEvent.objects.count() > before or verb in SILENT, f"{verb} left no trace"

    # --- what must hold ---------------------------------------------------------------------------------------

    @invariant()
    def holds(self) -> None:
        self.look()

    def look(self) -> None:
        events = AuditEvent.objects.count()
        assert events >= self.events
        self.events = events
        tasks = list(Task.objects.filter(pk__in=[task.pk for task in world.tasks]).prefetch_related(
            "assignments", "replies", "extensions", "meetings"))
        assert len(tasks) == len(world.tasks)  # proposed = open + closed + not assigned: none is lost, none is there twice
        assert sum(task.state in (*OWED, *ANSWERED, S.PROPOSED, S.DROPPED) for task in tasks) == len(tasks)
        for task in tasks:
            self.moved(task)
            evidence(task)
            limits(task)
        rated()

    def moved(self, task: Task) -> None:
        """No state skipped; the original date never changes; another date moves only with an event."""
        moves = audit.trail_of(task).filter(verb="tasks.recompute").count()
        now = (task.state, task.original_due_on, task.due_on, moves)
        was = self.before.setdefault(task.pk, now)
        self.before[task.pk] = now
        assert was[0] == now[0] or (was[0], now[0]) in STEPS, f"{was[0]} → {now[0]}"
        assert was[1] in (None, now[1])
        assert was[2] in (None, now[2]) or moves > was[3], f"due date moved from {was[2]} to {now[2]} without an event"


def evidence(task: Task) -> None:
    """Nothing is answered without an answer, a talk where one is due, and everybody's signature."""
    leads = [part for part in task.parts if part.leads]
    assert len(leads) <= 1 and (task.state in (S.PROPOSED, S.DROPPED)) == (not task.parts)
    if task.state not in ANSWERED:
        return
    final = {reply.department_id for reply in task.replies_now
             if reply.text and reply.contact and reply.state in (ReplyState.SUBMITTED, ReplyState.APPROVED)}
    assert all(part.department_id in final for part in task.parts if part.answers)
    assert not unsigned(task)
    assert not task.key or any(talk.held_on >= task.began_on for talk in task.meetings.all())
    if task.state != S.IN_REVIEW:
        assert all(reply.reviewed_by_id not in (None, reply.written_by_id) for reply in task.replies_now
                   if reply.state == ReplyState.APPROVED)
        assert all(reply.promise_on for reply in task.replies_now if reply.outcome == "B")


def limits(task: Task) -> None:
    """Two returns at most, one extension at most and never past six months; one thing asked at a time."""
    asks = [one.state for one in task.extensions.all()]
    assert asks.count(AskState.GRANTED) <= 1 and asks.count(AskState.ASKED) <= 1
    returns = list(ReturnRequest.objects.filter(assignment__task=task).values_list("state", flat=True))
    assert returns.count(AskState.GRANTED) <= 2
    assert task.stops.filter(until=None).count() <= 1


def rated() -> None:
    """Whoever handles a matter never rates it."""
    for rating in Rating.objects.filter(state=RatingState.GIVEN).exclude(member=None):
        handlers = Assignment.objects.filter(task=rating.task).values("department_id")
        assert not Appointment.objects.filter(user=rating.member.user_id, department__in=handlers).exists()


# --- verbs, with arguments that are right (``well``) or may be anything ------------------------------------------

Verb = Callable[[Life, Task, Any, random.Random, bool], Any]
VERBS: dict[str, Verb] = {}
#: Reads nothing into the log when there is nothing to do.
SILENT = {"plan", "expire"}


def verb(made: Verb) -> Verb:
    VERBS[made.__name__] = made
    return made


def words(chance: random.Random, well: bool, most: int = 60) -> str:
    return TEXT if well else chance.choice(["", "  ", TEXT, TEXT * most])


def day(m: Life, chance: random.Random, well: bool, right_day: Any) -> Any:
    return right_day if well else right_day + timedelta(days=chance.choice([-200, -30, -1, 0, 1, 2, 40, 300]))


@verb
def assign(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    a, b, c = chance.sample(world.departments, 3)
    shapes: list[dict[str, Any]] = [{"lead": a}, {"lead": a, "co": [b]}, {"lead": a, "co": [b, c]}, {"separate": [a, b]},
                                    {"lead": a, "separate": [b]}]
    wrong = [{}, {"lead": a, "co": [a]}, {"co": [b]}, {"separate": [a]}, {"lead": world.place.other_department}]
    actions.assign(task, **chance.choice(shapes if well else shapes + wrong), urgent=chance.random() < .2,
                   key=chance.random() < .3, by=by, at=m.now)


@verb
def drop(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.drop(task, reason=words(chance, well), by=by, at=m.now)


@verb
def sign_for(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.sign_for(task, by=by, at=m.now)


@verb
def ask_return(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    other = [*world.departments, *([] if well else [world.place.other_department])]
    actions.ask_return(task, reason=words(chance, well), suggested=chance.choice(other), by=by, at=m.now)


@verb
def grant_return(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    to = [*world.departments, *([] if well else [world.place.other_department])]
    actions.grant_return(task, to=chance.choice(to), by=by, at=m.now)


@verb
def refuse_return(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.refuse_return(task, decision=words(chance, well), by=by, at=m.now)


@verb
def reassign(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    mine = Assignment.objects.filter(task=task, ended_at=None)
    parts = list(mine if well else Assignment.objects.filter(task__in=world.tasks))
    if not parts:
        raise WrongState("nobody has a part")
    actions.reassign(task, part=chance.choice(parts), to=chance.choice(world.departments), reason=words(chance, well),
                     by=by, at=m.now)


@verb
def ask_extension(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    until = day(m, chance, well, (task.due_on or m.now.date()) + timedelta(days=14))
    actions.ask_extension(task, asked_until=until, reason=words(chance, well), progress=words(chance, well), by=by, at=m.now)


@verb
def grant_extension(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    asked = Extension.objects.filter(task=task, state=AskState.ASKED).values_list("asked_until", flat=True).first()
    until = day(m, chance, well, calendar.next_workday(asked or m.now.date()))
    actions.grant_extension(task, granted_until=until, by=by, at=m.now)


@verb
def refuse_extension(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.refuse_extension(task, decision=words(chance, well), by=by, at=m.now)


@verb
def stop_clock(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    ground = chance.choice(Ground.values) if well else chance.choice([*Ground.values, "", "busy"])
    actions.stop_clock(task, ground=ground, reason=words(chance, well, 1), by=by, at=m.now)


@verb
def resume_clock(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.resume_clock(task, by=by, at=m.now)


@verb
def meet(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    held_on = day(m, chance, well, calendar.local_date(m.now))
    actions.meet(task, way="meeting", held_on=held_on, people="" if not well and chance.random() < .3 else "委员甲",
                 points=words(chance, well), by=by, at=m.now)


@verb
def report_progress(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.report_progress(task, text=words(chance, well), by=by, at=m.now)


@verb
def give_opinion(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.give_opinion(task, text=words(chance, well), by=by, at=m.now)


@verb
def draft_reply(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    outcome = chance.choice("ABCD" if well else "ABCDX")
    promise = calendar.local_date(m.now) + timedelta(days=60)
    publicity = chance.choice(["open", "on_request", "closed"] if well else ["open", "on_request", "secret"])
    promised = outcome == "B" and (well or chance.random() < .8)
    actions.draft_reply(
        task, outcome=outcome, text=words(chance, well), contact="王工" if well or chance.random() < .7 else "",
        promise_on=day(m, chance, well, promise) if promised else None, publicity=publicity,
        publicity_reason="涉及商业秘密" if well or chance.random() < .7 else "", by=by, at=m.now)


@verb
def submit_reply(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.submit_reply(task, by=by, at=m.now)


@verb
def countersign(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.countersign(task, by=by, at=m.now)


@verb
def send_back(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.send_back(task, note=words(chance, well), by=by, at=m.now)


@verb
def approve(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    outcome = None if well else chance.choice([None, "A", "B", "C"])
    promise = day(m, chance, False, calendar.local_date(m.now)) if outcome == "B" else None
    actions.approve(task, outcome=outcome, promise_on=promise, by=by, at=m.now)


@verb
def keep_promise(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.keep_promise(task, evidence=words(chance, well), by=by, at=m.now)


@verb
def urge(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.urge(task, text=words(chance, well), by=by, at=m.now)


@verb
def look_back(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    """Planned, gone to, and confirmed at once: its own life is tested in its own room."""
    made = followups.plan(task=task, kind="site_visit", planned_on=calendar.local_date(m.now), place=words(chance, well),
                          lead=world.cast.member.membership, by=by, at=m.now)
    followups.find(made, kind="carried_out", text=TEXT, by=world.cast.member, at=m.now)
    followups.visit(made, on=calendar.local_date(m.now), summary=TEXT, by=world.cast.member, at=m.now)
    followups.confirm(made, by=by, at=m.now)


@verb
def invite(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    evaluations.invite(task, message=words(chance, well), by=by, at=m.now)


@verb
def give(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    rating = Rating.objects.filter(task=task, state=RatingState.INVITED).order_by("?" if not well else "pk").first()
    if rating is None:
        raise WrongState("nobody is asked")
    say = ["satisfied", "basically", "dissatisfied", "dissatisfied"]
    evaluations.give(rating, work=chance.choice(say if well else [*say, "x"]), result=chance.choice(say),
                     comment=words(chance, well), by=by, holder=rating.opinion if well and rating.opinion_id else None, at=m.now)


@verb
def rehandle(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    evaluations.rehandle(task, note=words(chance, well), by=by, at=m.now)


@verb
def conclude(m: Life, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    evaluations.conclude(task, note=words(chance, well), by=by, at=m.now)


#: Who does what, as a rule; the rest are a department's.
SUPERVISION = {"assign", "drop", "grant_return", "refuse_return", "reassign", "grant_extension", "refuse_extension", "stop_clock",
               "resume_clock", "send_back", "approve", "urge"}
OFFICE = {"look_back", "invite", "rehandle", "conclude"}


def usual(verb: str, task: Task, chance: random.Random) -> Any:
    """Somebody who does such a thing, whether it is time for it or not."""
    if verb in SUPERVISION:
        return chance.choice([*world.supervision, *([world.cast.leader] if verb == "reassign" else [])])
    if verb in OFFICE:
        return world.cast.office
    parts = list(Assignment.objects.filter(task=task, ended_at=None))
    return world.clerks[chance.choice(parts).department_id] if parts else chance.choice(world.people)


# --- what somebody in the right place would do next ----------------------------------------------------------------


def right(task: Task, chance: random.Random, m: Life) -> tuple[str, Any]:
    """(verb, person) for a task as it is now."""
    task = Task.objects.get(pk=task.pk)
    supervision, office = chance.choice(world.supervision), world.cast.office
    parts = [(part, world.clerks[part.department_id]) for part in task.parts]
    if task.state in OWED and (aside := _aside(task, parts, chance, supervision)):
        return aside
    match task.state:
        case S.PROPOSED:
            return ("drop" if chance.random() < .05 else "assign"), supervision
        case S.ASSIGNED | S.HANDLING:
            return _handling(task, parts, chance)
        case S.COSIGNING:
            signers = unsigned(task)
            return "countersign", world.clerks[chance.choice(signers).department_id] if signers else supervision
        case S.IN_REVIEW:
            return ("send_back" if chance.random() < .25 else "approve"), supervision
        case S.ANSWERED:
            return _answered(task, parts, chance, office)
    verb = "keep_promise" if chance.random() < .2 else chance.choice(list(VERBS))
    return verb, usual(verb, task, chance)


def _aside(task: Task, parts: Any, chance: random.Random, supervision: Any) -> tuple[str, Any] | None:
    """Now and then something is asked, decided, stopped or urged."""
    clerk = chance.choice(parts)[1]
    if ReturnRequest.objects.filter(assignment__task=task, state=AskState.ASKED).exists() and chance.random() < .5:
        return chance.choice(["grant_return", "refuse_return"]), supervision
    if Extension.objects.filter(task=task, state=AskState.ASKED).exists() and chance.random() < .5:
        return chance.choice(["grant_extension", "refuse_extension"]), supervision
    if task.stopped and chance.random() < .5:
        return "resume_clock", supervision
    if chance.random() < .3:
        what = chance.choice(["ask_return", "ask_extension", "report_progress", "give_opinion", "meet", "urge", "stop_clock",
                              "reassign"])
        return what, (chance.choice([supervision, world.cast.leader]) if what in ("urge", "stop_clock", "reassign") else clerk)
    return None


def _handling(task: Task, parts: Any, chance: random.Random) -> tuple[str, Any]:
    for part, clerk in parts:
        if part.signed_at is None:
            return "sign_for", clerk
    by_department = {reply.department_id: reply for reply in task.replies_now}
    for part, clerk in parts:
        if part.part not in ANSWERING:
            continue
        reply = by_department.get(part.department_id)
        if task.key and not task.meetings.filter(held_on__gte=task.began_on).exists():
            return "meet", clerk
        if reply is None or (reply.state == ReplyState.RETURNED and chance.random() < .5):
            return "draft_reply", clerk
        if reply.state in (ReplyState.DRAFTED, ReplyState.RETURNED):
            return "submit_reply", clerk
    return "report_progress", chance.choice(parts)[1]


def _answered(task: Task, parts: Any, chance: random.Random, office: Any) -> tuple[str, Any]:
    if chance.random() < .15:
        return "keep_promise", chance.choice(parts)[1]
    if not LookBack.objects.filter(task=task, state=LookBackState.CONFIRMED, planned_at__gte=task.answered_at).exists():
        return "look_back", office
    ratings = Rating.objects.filter(task=task, round=task.round)
    if not ratings.exists():
        return "invite", office
    waiting = ratings.filter(state=RatingState.INVITED).order_by("pk").first()
    if waiting and chance.random() < .8:
        return "give", waiting.member.user if waiting.member_id else world.cast.resident
    return chance.choice(["rehandle", "conclude"]), office


# --- every guard there is ------------------------------------------------------------------------------------------

ROOM = Path(actions.__file__).parent
REFUSERS = {"ValidationError", "WrongState", "because", "said", "but"}
FILES = ("asking.py", "assigning.py", "handling.py", "reviewing.py", "timing.py", "holding.py", "rules.py")


def guards() -> set[str]:
    """The sentences with which this room refuses, as they stand in its files."""
    return {sentence for name in FILES for node in ast.walk(ast.parse((ROOM / name).read_text("utf-8"))) if _refuses(node)
            for sentence in _sentences(node)}


def _refuses(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", getattr(node.func, "attr", "")) in REFUSERS
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Subscript) and getattr(target.value, "id", "") == "wrong" for target in node.targets)


def _sentences(node: ast.AST) -> set[str]:
    return {call.args[0].value for call in ast.walk(node) if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_"
            and isinstance(call.args[0], ast.Constant)}


def met(guard: str) -> int:
    """How often a guard refused in this run, whatever stood in its placeholders."""
    pattern = re.compile(re.sub(r"%\\\((\w+)\\\)s", ".+", re.escape(guard)))
    return sum(count for said, count in refused.items() if pattern.fullmatch(said))

