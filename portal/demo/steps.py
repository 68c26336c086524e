"""The common way of a question: from draft to announcement, one session with its record, and the advice it gives."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from consult.consultations import actions as sessions
from consult.consultations.models import Consultation, Panelist
from consult.consultations.states import Duty, Form, Group, Presence, Venue
from consult.kit import calendar
from consult.recommendations import actions as advice
from consult.recommendations.models import Recommendation
from consult.topics import actions as topics
from consult.topics.models import Topic
from consult.topics.states import Kind, Priority
from portal.demo.world import CONSULTATIONS, RECOMMENDATIONS, TOPICS, Step, World

Told = Generator[Step, None, Any]
#: How far a topic goes before it stays where it is.
WAY = ("drafted", "under_review", "reported", "planned", "published")


@dataclass(frozen=True)
class Question:
    """The words of a topic."""

    key: str
    project: str
    kind: Kind
    stage: str
    title: str
    focus: str
    background: str
    reason: str
    priority: Priority = Priority.NORMAL
    committee: str = "city"


def announce(w: World, q: Question, back: int, talks: int, to: str = "published") -> Told:
    """Opened ``back`` working days ago, to be talked over ``talks`` working days ago, and carried as far as ``to``."""
    yield TOPICS, back
    planned = w.day(talks)
    topic = topics.open_topic(
        title=q.title, kind=q.kind, project=w.district.projects[q.project], stage=q.stage, focus=q.focus,
        priority=q.priority, priority_reason=q.reason, planned_on=planned, finish_on=calendar.add_workdays(planned, 90),
        opinions=list(w.voices.get(q.key, ())), background=q.background, committee=w.district.committees[q.committee],
        by=w.who("office"), at=w.at)
    w.topics[q.key] = topic
    topics.add_milestone(topic, name="会前走访调研", due_on=planned, by=w.who("office"), at=w.tick())
    topics.add_milestone(topic, name="形成专报报送区委、区政府", due_on=calendar.add_workdays(planned, 15), by=w.who("office"), at=w.tick())
    for verb, name, days in (("submit_review", "under_review", 2), ("approve", "reported", 5)):
        if WAY.index(to) < WAY.index(name):
            return topic
        yield TOPICS, back - days
        getattr(topics, verb)(topic, by=w.who("chair" if verb == "approve" else "office"), at=w.at)
    if to == "reported":
        return topic
    yield TOPICS, back - 8
    topics.record_consent(topic, paper=f"云区委〔{planned.year}〕协商计划批复（演示）", on=w.today, by=w.who("office"), at=w.at)
    if to == "planned":
        return topic
    yield TOPICS, back - 9
    topics.publish(topic, by=w.who("office"), at=w.at)
    return topic


def reach(w: World, topic: Topic) -> None:
    """The next milestone of the topic is reached today."""
    topics.reach_milestone(topic, milestone=topic.milestones.filter(reached_on=None).order_by("due_on", "id")[0],
                           by=w.who("office"), at=w.at)


# --- the session --------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Seat:
    """One place at the table. ``key``: the user name, or the name of somebody without account."""

    key: str
    group: Group
    duty: Duty = Duty.SPEAKER
    body: str = ""
    post: str = ""
    head: bool = False
    presence: Presence = Presence.ATTENDED


def member(key: str, duty: Duty = Duty.SPEAKER, presence: Presence = Presence.ATTENDED) -> Seat:
    return Seat(key, Group.MEMBERS, duty, presence=presence)


def cadre(key: str, duty: Duty = Duty.RECORDER) -> Seat:
    return Seat(key, Group.SUBDISTRICT, duty)


def clerk(key: str, body: str, presence: Presence = Presence.ATTENDED) -> Seat:
    return Seat(key, Group.DEPARTMENTS, Duty.ANSWERER, body, "科长", presence=presence)


def head(name: str, body: str, post: str) -> Seat:
    return Seat(name, Group.DEPARTMENTS, Duty.ANSWERER, body, post, head=True)


def expert(key: str = "expert") -> Seat:
    return Seat(key, Group.EXPERTS, Duty.ADVISER)


def resident(name: str, post: str = "群众代表", duty: Duty = Duty.SPEAKER, presence: Presence = Presence.ATTENDED) -> Seat:
    return Seat(name, Group.PUBLIC, duty, post=post, presence=presence)


Record = Callable[[World, Consultation, dict[str, Panelist]], None]


@dataclass(frozen=True)
class Session:
    """The words of a consultation: table, place, what is recorded, and the minutes."""

    title: str
    venue: str
    seats: tuple[Seat, ...]
    record: Record | None = None
    minutes: str = ""
    consensus: str = ""
    dissent: str = ""
    open_points: str = ""
    form: Form = Form.ON_SITE
    venue_kind: Venue = Venue.COMMUNITY_ROOM
    materials: str = ""
    plan_version: str = ""
    visits: int = 2
    is_open: bool = False
    hours: tuple[time, time] = field(default=(time(14, 30), time(16, 30)))


#: How far a session goes before it stays where it is.
COURSE = ("prepare", "notify", "start", "end", "minutes", "confirm", "conclude")


def meet(w: World, topic: Topic, s: Session, back: int, to: str = "conclude", by: str = "office") -> Told:
    """Prepared eight working days before, held ``back`` working days ago (ahead, when negative)."""
    far, chair, recorder = COURSE.index(to), _with(s, Duty.CHAIR), _with(s, Duty.RECORDER)
    yield CONSULTATIONS, max(back + 9, 1)
    talk = prepare(w, topic, s, back, by)
    table = {seat.key: invite(w, talk, seat, by) for seat in s.seats}
    if far >= 1:
        yield CONSULTATIONS, max(back + 7, 1)
        short = calendar.workdays_between(w.today, w.day(back)) < 5
        sessions.notify(talk, reason="委员集中视察期间一并安排，已逐一电话确认。" if short else "", by=w.who("office"), at=w.at)
    if far >= 2:
        yield CONSULTATIONS, back, s.hours[0]
        sessions.start(talk, by=w.who(chair), at=w.at)
        for seat in s.seats:
            sessions.sign_in(talk, panelist=table[seat.key], presence=seat.presence, by=w.who(recorder), at=w.at)
        reach(w, topic)
    if far >= 2 and s.record:
        s.record(w, talk, table)
    if far >= 3:
        yield from _afterwards(w, talk, s, back, far, chair, recorder)
    return talk


def _afterwards(w: World, talk: Consultation, s: Session, back: int, far: int, chair: str, recorder: str) -> Told:
    """The result is written down, the minutes are put up, confirmed by the chair, and the results formed."""
    yield CONSULTATIONS, back, s.hours[1]
    sessions.end(talk, by=w.who(chair), at=w.at)
    if s.consensus:
        none = tuple(name for name in ("dissent", "open_points") if not getattr(s, name))
        sessions.summarise(talk, consensus=s.consensus, dissent=s.dissent, open_points=s.open_points, none=none,
                           by=w.who(recorder), at=w.tick())
    for step, who, days in (("minutes", recorder, 3), ("confirm", chair, 5), ("conclude", "office", 6)):
        if far < COURSE.index(step):
            return
        yield CONSULTATIONS, back - days
        if step == "minutes":
            sessions.submit_minutes(talk, text=s.minutes, by=w.who(who), at=w.at)
        else:
            getattr(sessions, step)(talk, by=w.who(who), at=w.at)


def prepare(w: World, topic: Topic, s: Session, back: int, by: str = "office") -> Consultation:
    return sessions.prepare(
        topic=topic, title=s.title, form=s.form, venue_kind=s.venue_kind, venue=s.venue, starts_at=w.moment(back, s.hours[0]),
        ends_at=w.moment(back, s.hours[1]), committee=topic.committee, materials=s.materials, visits=s.visits,
        plan_version=s.plan_version, is_open=s.is_open, by=w.who(by), at=w.at)


def invite(w: World, talk: Consultation, seat: Seat, by: str = "office") -> Panelist:
    """Seat somebody; a member who prepared the session sits there as convenor already."""
    if seat.key == by:
        return talk.panel.get(user=w.who(by))
    user = w.district.users.get(seat.key)
    return sessions.invite(
        talk, group=seat.group, duty=seat.duty, name="" if user else seat.key, user=user,
        member=w.member(seat.key) if seat.group == Group.MEMBERS else None,
        department=w.body(seat.body) if seat.body else None, is_head=seat.head, post=seat.post, by=w.who(by), at=w.at)


def _with(s: Session, duty: Duty) -> str:
    return next((seat.key for seat in s.seats if seat.duty == duty), "office")


def ask(w: World, talk: Consultation, table: dict[str, Panelist], who: str, question: str, whom: str, answer: str,
        *, rejoinder: str = "", cleared: str = "", later: int | None = None, voice: Any = None) -> Any:
    """Question, answer (on the spot, or taken back with a date ``later`` working days ago), rejoinder."""
    by = w.who("office")
    said = sessions.ask(talk, asked_by=table[who], question=question, opinion=voice, by=by, at=w.tick())
    sessions.reply(talk, statement=said, answered_by=table[whom], on_the_spot=later is None, answer=answer,
                   answer_due_on=None if later is None else w.day(later), by=by, at=w.tick())
    if rejoinder:
        sessions.rejoin(talk, statement=said, text=rejoinder, by=by, at=w.tick())
    if cleared:
        sessions.clear(talk, statement=said, cleared=cleared, by=by, at=w.at)
    return said


# --- the advice ---------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Advice:
    """The words of a recommendation."""

    title: str
    problem: str
    text: str
    lead: str
    co: tuple[str, ...] = ()
    basis: str = ""


def draft(w: World, talk: Consultation, one: Advice) -> Recommendation:
    return advice.draft(consultation=talk, by=w.who("office"), at=w.tick(), **words(w, one))


def words(w: World, one: Advice) -> dict[str, Any]:
    return {"title": one.title, "problem": one.problem, "text": one.text, "basis": one.basis, "lead": w.body(one.lead),
            "co_departments": [w.body(key) for key in one.co], "wanted_by": w.today + timedelta(days=150)}


def advise(w: World, talk: Consultation, many: Iterable[Advice], back: int, names: Iterable[str]) -> Told:
    """Worded, endorsed by ``names``, confirmed."""
    yield RECOMMENDATIONS, back
    made = [draft(w, talk, one) for one in many]
    yield RECOMMENDATIONS, back - 1
    for name in names:
        for one in made:
            advice.endorse(one, by=w.who(name), at=w.tick(1, 3))
    yield RECOMMENDATIONS, back - 2
    for one in made:
        advice.confirm(one, by=w.who("office"), at=w.tick(1, 3))
    return made
