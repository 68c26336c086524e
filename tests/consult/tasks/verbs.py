"""The verbs of a task's life, who does them as a rule, and what would come next."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from consult.evaluations import actions as evaluations
from consult.evaluations.models import Rating
from consult.evaluations.states import RatingState
from consult.followups import actions as followups
from consult.followups.models import LookBack
from consult.followups.states import LookBackState
from consult.kit import calendar
from consult.kit.states import WrongState
from consult.tasks import actions, points
from consult.tasks.models import Assignment, Extension, ReturnRequest, Task
from consult.tasks.replying import unsigned
from consult.tasks.states import ANSWERING, OWED, AskState, Ground, ReplyState
from consult.tasks.states import TaskState as S
from tests.consult.tasks import stage

#: What a task may become in one step.
STEPS = {(move.source, move.target) for move in Task._meta.get_field("state").get_all_transitions(Task)}
ANSWERED = (S.IN_REVIEW, S.ANSWERED, S.CLOSED)
TEXT = "逐条答复如下。"



# --- verbs, with arguments that are right (``well``) or may be anything ------------------------------------------

Verb = Callable[[Any, Task, Any, random.Random, bool], Any]
VERBS: dict[str, Verb] = {}
#: Reads nothing into the log when there is nothing to do.
SILENT = {"plan", "expire"}


def verb(made: Verb) -> Verb:
    VERBS[made.__name__] = made
    return made


def words(chance: random.Random, well: bool, most: int = 60) -> str:
    return TEXT if well or chance.random() < .6 else chance.choice(["", "  ", TEXT * most])


def day(m: Any, chance: random.Random, well: bool, right_day: Any) -> Any:
    return right_day if well else right_day + timedelta(days=chance.choice([-200, -30, -1, 0, 1, 2, 40, 300]))


@verb
def assign(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    a, b, c = chance.sample(stage.world.departments, 3)
    shapes: list[dict[str, Any]] = [{"lead": a}, {"lead": a, "co": [b]}, {"lead": a, "co": [b, c]}, {"separate": [a, b]},
                                    {"lead": a, "separate": [b]}]
    wrong = [{}, {"lead": a, "co": [a]}, {"co": [b]}, {"separate": [a]}, {"lead": stage.world.place.other_department}]
    actions.assign(task, **chance.choice(shapes if well else shapes + wrong), urgent=chance.random() < .2,
                   key=chance.random() < .3, by=by, at=m.now)


@verb
def drop(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.drop(task, reason=words(chance, well), by=by, at=m.now)


@verb
def sign_for(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.sign_for(task, by=by, at=m.now)


@verb
def ask_return(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    other = [*stage.world.departments, *([] if well else [stage.world.place.other_department])]
    actions.ask_return(task, reason=words(chance, well), suggested=chance.choice(other), by=by, at=m.now)


@verb
def grant_return(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    to = [*stage.world.departments, *([] if well else [stage.world.place.other_department])]
    actions.grant_return(task, to=chance.choice(to), by=by, at=m.now)


@verb
def refuse_return(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.refuse_return(task, decision=words(chance, well), by=by, at=m.now)


@verb
def reassign(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    mine = Assignment.objects.filter(task=task, ended_at=None)
    parts = list(mine if well else Assignment.objects.filter(task__in=stage.world.tasks))
    if not parts:
        raise WrongState("nobody has a part")
    actions.reassign(task, part=chance.choice(parts), to=chance.choice(stage.world.departments), reason=words(chance, well),
                     by=by, at=m.now)


@verb
def ask_extension(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    until = day(m, chance, well, (task.due_on or m.now.date()) + timedelta(days=14))
    actions.ask_extension(task, asked_until=until, reason=words(chance, well), progress=words(chance, well), by=by, at=m.now)


@verb
def grant_extension(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    asked = Extension.objects.filter(task=task, state=AskState.ASKED).values_list("asked_until", flat=True).first()
    until = day(m, chance, well, calendar.next_workday(asked or m.now.date()))
    if not well and chance.random() < .5:  # a day of rest not before that day
        until = next(one for n in range(8) if not calendar.is_workday(one := until + timedelta(days=n)))
    actions.grant_extension(task, granted_until=until, by=by, at=m.now)


@verb
def refuse_extension(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.refuse_extension(task, decision=words(chance, well), by=by, at=m.now)


@verb
def stop_clock(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    ground = chance.choice(Ground.values) if well else chance.choice([*Ground.values, "", "busy"])
    actions.stop_clock(task, ground=ground, reason=words(chance, well, 1), by=by, at=m.now)


@verb
def resume_clock(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.resume_clock(task, by=by, at=m.now)


@verb
def meet(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    held_on = day(m, chance, well, calendar.local_date(m.now))
    actions.meet(task, way="meeting", held_on=held_on, people="" if not well and chance.random() < .3 else "委员甲",
                 points=words(chance, well), by=by, at=m.now)


@verb
def report_progress(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    reported = max((one.percent or 0 for one in task.progress.all()), default=0)
    less = reported // 2
    percent = chance.choice([None, min(100, reported + 20)] if well else [None, -1, less, less, less, 100, 101])
    said = words(chance, well or chance.random() < .5)  # one thing wrong at a time, or the words hide the number
    actions.report_progress(task, text=said, percent=percent, by=by, at=m.now)


@verb
def give_opinion(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.give_opinion(task, text=words(chance, well), by=by, at=m.now)


@verb
def draft_reply(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    outcome = chance.choice("ABCD" if well else "ABCDX")
    promise = calendar.local_date(m.now) + timedelta(days=60)
    publicity = chance.choice(["open", "on_request", "closed"] if well else ["open", "on_request", "secret"])
    promised = outcome == "B" and (well or chance.random() < .8)
    answers = [words(chance, well) for _point in points.of(task.text)]
    actions.draft_reply(
        task, answers=answers, outcome=outcome, text=words(chance, well), contact="王工" if well or chance.random() < .7 else "",
        promise_on=day(m, chance, well, promise) if promised else None, publicity=publicity,
        publicity_reason="涉及商业秘密" if well or chance.random() < .7 else "", by=by, at=m.now)


@verb
def submit_reply(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.submit_reply(task, by=by, at=m.now)


@verb
def countersign(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.countersign(task, by=by, at=m.now)


@verb
def send_back(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.send_back(task, note=words(chance, well), by=by, at=m.now)


@verb
def approve(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    outcome = None if well else chance.choice([None, "A", "B", "C"])
    promise = day(m, chance, False, calendar.local_date(m.now)) if outcome == "B" else None
    actions.approve(task, outcome=outcome, promise_on=promise, by=by, at=m.now)


@verb
def keep_promise(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.keep_promise(task, evidence=words(chance, well), by=by, at=m.now)


@verb
def urge(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.urge(task, text=words(chance, well), by=by, at=m.now)


@verb
def look_back(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    """Planned, gone to, and confirmed at once: its own life is tested in its own room."""
    made = followups.plan(task=task, kind="site_visit", planned_on=calendar.local_date(m.now), place=words(chance, well, 9),
                          lead=stage.world.cast.member.membership, by=by, at=m.now)
    followups.find(made, kind="carried_out", text=TEXT, by=stage.world.cast.member, at=m.now)
    member, verdict = stage.world.cast.member, chance.choice(["kept", "partly", "not"])
    followups.hear(made, verdict=verdict, text=TEXT, by=member, at=m.now)
    followups.say(made, verdict=verdict, text=TEXT, by=member, at=m.now)
    followups.visit(made, on=calendar.local_date(m.now), summary=TEXT, by=member, at=m.now)
    clerk = stage.world.clerks[made.task.parts[0].department_id]
    followups.speak(made, verdict=verdict, text=TEXT, by=clerk, at=m.now)
    followups.confirm(made, by=by, at=m.now)


def last_look(task: Task) -> LookBack:
    made = LookBack.objects.filter(task=task, state=LookBackState.CONFIRMED).order_by("pk").last()
    if made is None:
        raise WrongState("nobody has looked")
    return made


@verb
def lower(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    made = last_look(task)
    reply = made.task.replies.order_by("round", "pk")[0 if not well and chance.random() < .5 else made.task.replies.count() - 1]
    outcome = chance.choice(["B", "C", "D"] if well else ["A", "B", "C", "D", "X"])
    promise = day(m, chance, well, calendar.local_date(m.now) + timedelta(days=30)) if well or chance.random() < .5 else None
    followups.lower(made, reply=reply, outcome=outcome, reason=words(chance, well), promise_on=promise, by=by, at=m.now)


@verb
def reopen(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    followups.reopen(last_look(task), note=words(chance, well), by=by, at=m.now)


@verb
def invite(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    evaluations.invite(task, message=words(chance, well), by=by, at=m.now)


@verb
def give(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    rating = Rating.objects.filter(task=task, state=RatingState.INVITED).order_by("?" if not well else "pk").first()
    if rating is None:
        raise WrongState("nobody is asked")
    say = ["satisfied", "basically", "dissatisfied", "dissatisfied"]
    evaluations.give(rating, work=chance.choice(say if well else [*say, "x"]), result=chance.choice(say),
                     comment=words(chance, well), by=by, holder=rating.opinion if well and rating.opinion_id else None, at=m.now)


@verb
def rehandle(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    evaluations.rehandle(task, note=words(chance, well), by=by, at=m.now)


@verb
def conclude(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    evaluations.conclude(task, note=words(chance, well), by=by, at=m.now)


#: Who does what, as a rule; the rest are a department's.
SUPERVISION = {"assign", "drop", "grant_return", "refuse_return", "reassign", "grant_extension", "refuse_extension", "stop_clock",
               "resume_clock", "send_back", "approve", "urge", "reopen"}
OFFICE = {"look_back", "lower", "invite", "rehandle", "conclude"}


def usual(verb: str, task: Task, chance: random.Random) -> Any:
    """Somebody who does such a thing, whether it is time for it or not."""
    if verb in SUPERVISION:
        return chance.choice([*stage.world.supervision, *([stage.world.cast.leader] if verb == "reassign" else [])])
    if verb in OFFICE:
        return stage.world.cast.office
    parts = list(Assignment.objects.filter(task=task, ended_at=None))
    return stage.world.clerks[chance.choice(parts).department_id] if parts else chance.choice(stage.world.people)


# --- what somebody in the right place would do next ----------------------------------------------------------------


#: Set by what is told in another file (``verbs_desk``).
BESIDE: list[Callable[..., tuple[str, Any] | None]] = []


def right(task: Task, chance: random.Random, m: Any) -> tuple[str, Any]:
    """(verb, person) for a task as it is now."""
    task = Task.objects.get(pk=task.pk)
    supervision, office = chance.choice(stage.world.supervision), stage.world.cast.office
    parts = [(part, stage.world.clerks[part.department_id]) for part in task.parts]
    if task.state in OWED and (aside := _aside(task, parts, chance, supervision)):
        return aside
    if (aside := BESIDE[0](task, parts, chance, office, supervision)) is not None:
        return aside
    match task.state:
        case S.PROPOSED:
            return ("drop" if chance.random() < .05 else "assign"), supervision
        case S.ASSIGNED | S.HANDLING:
            return _handling(task, parts, chance)
        case S.COSIGNING:
            signers = unsigned(task) if chance.random() < .7 else [part for part, _clerk in parts if part.part == "co"]
            return "countersign", stage.world.clerks[chance.choice(signers).department_id] if signers else supervision
        case S.IN_REVIEW:
            return ("send_back" if chance.random() < .25 else "approve"), supervision
        case S.ANSWERED:
            return _answered(task, parts, chance, office)
    if task.state == S.CLOSED and chance.random() < .2:
        return chance.choice([("lower", office), ("reopen", supervision)])
    verb = "keep_promise" if chance.random() < .2 else chance.choice(list(VERBS))
    return verb, usual(verb, task, chance)


def _aside(task: Task, parts: Any, chance: random.Random, supervision: Any) -> tuple[str, Any] | None:
    """Now and then something is asked, decided, stopped or urged."""
    clerk = chance.choice(parts)[1]
    if ReturnRequest.objects.filter(assignment__task=task, state=AskState.ASKED).exists() and chance.random() < .5:
        return chance.choice(["grant_return", "refuse_return"]), supervision
    if ReturnRequest.objects.filter(assignment__task=task, state=AskState.GRANTED).exists() and chance.random() < .5:
        return "ask_return", clerk
    if Extension.objects.filter(task=task, state=AskState.ASKED).exists() and chance.random() < .5:
        return chance.choice(["grant_extension", "refuse_extension"]), supervision
    if task.stopped and chance.random() < .5:
        return "resume_clock", supervision
    if chance.random() < .3:
        what = chance.choice(["ask_return", "ask_extension", "report_progress", "give_opinion", "meet", "urge", "stop_clock",
                              "reassign"])
        theirs = what in ("urge", "stop_clock", "reassign")
        return what, chance.choice([supervision, stage.world.cast.leader]) if theirs else clerk
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
        if task.key and chance.random() < .5 and not task.meetings.filter(held_on__gte=task.began_on).exists():
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
    if chance.random() < .2:
        return chance.choice([("lower", office), ("reopen", stage.world.supervision[0])])
    ratings = Rating.objects.filter(task=task, round=task.round)
    if not ratings.exists():
        return "invite", office
    waiting = ratings.filter(state=RatingState.INVITED).order_by("pk").first()
    if waiting and chance.random() < .8:
        return "give", waiting.member.user if waiting.member_id else stage.world.cast.resident
    return chance.choice(["rehandle", "conclude"]), office
