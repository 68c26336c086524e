"""One district for the doors: every kind of object, each in a state in which its acts are open. Built once per module."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from consult.briefings import actions as briefings
from consult.briefings import instructions
from consult.briefings.models import Issue
from consult.consultations import record
from consult.kit import attachments, calendar
from consult.kit.models import CalendarDay, NumberSeries
from consult.opinions import actions as opinions
from consult.people import actions as people
from consult.people.models import Resident, User
from consult.people.roles import Role
from consult.surveys import actions as surveys
from consult.tasks import actions as tasks
from consult.tasks.states import Outcome
from consult.topics import actions as topics
from tests import make

#: The order of the columns in the table of doors.
ROLES = ("nobody", "stranger", "resident", "member", "lawyer", "cadre", "expert", "clerk", "clerk2", "office", "chair",
         "supervision", "leader", "sysadmin", "secadmin", "auditadmin", "other_office", "other_clerk")
CONTACT = {"name": make.NAME, "phone": make.PHONE}

Builder = Callable[["Scene"], Any]
_builders: dict[str, Builder] = {}


def builds(*keys: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare what stands under ``kind:state``; with several keys the builder is told which one."""
    def register(build: Callable[..., Any]) -> Callable[..., Any]:
        for key in keys:
            state = key.partition(":")[2]
            _builders[key] = build if len(keys) == 1 else (lambda scene, state=state: build(scene, state))
        return build
    return register


class Scene:
    """The place, the cast, and objects by name: ``scene["task:handling"]``."""

    def __init__(self) -> None:
        if not CalendarDay.objects.exists():
            calendar.seed()
        self.place = make.place()
        self.cast = make.cast(self.place)
        self.made: dict[str, Any] = {}
        self.clients: dict[str, Client] = {}

    def __getitem__(self, key: str) -> Any:
        if key not in self.made:
            self.made[key] = _builders[key](self)
        return self.made[key]

    def build(self, *keys: str) -> None:
        """Papers first: the rows other rooms' tests stand on count their numbers on from those that were given."""
        for key in sorted(keys or _builders, key=lambda key: (not key.startswith("briefing:"), key)):
            self[key]
        self.settle()

    def settle(self) -> None:
        """Some rooms' tests make papers as bare rows: they get words, and numbers go on behind theirs."""
        bare = Issue.objects.filter(snapshot={})
        if bare.exists():
            bare.update(snapshot=self["briefing:issued"].paper.snapshot)
            NumberSeries.objects.filter(series__startswith="briefing").update(last=Issue.objects.count() + 1)

    def user(self, role: str) -> User | None:
        """Nobody is not signed in."""
        return None if role == "nobody" else getattr(self.cast, role)

    def client(self, role: str) -> Client:
        """Somebody's browser, signed in, once a scene."""
        if role not in self.clients:
            client = self.clients[role] = Client(raise_request_exception=False)
            if user := self.user(role):
                client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return self.clients[role]

    @contextmanager
    def visit(self) -> Iterator[None]:
        """What a request does is undone; the browsers forget what they were given."""
        kept = {role: dict(client.cookies) for role, client in self.clients.items()}
        point = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(point)
            for role, cookies in kept.items():
                self.clients[role].cookies.clear()
                self.clients[role].cookies.update(cookies)


def bare(request: Any, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """A refusal without its page around it: thousands are asked for, and only the reason is looked at."""
    return HttpResponse(str((context or {}).get("reason", "")), status=status)


@contextmanager
def raised(*, quick: bool = True) -> Iterator[Scene]:
    """A scene in a transaction that is rolled back; ``quick`` sets no type for papers and keeps no log."""
    press: Any = make.no_type() if quick else nullcontext()
    before = logging.root.manager.disable
    if quick:
        logging.disable(logging.CRITICAL)  # refusals are expected by the hundred
    try:
        with press, transaction.atomic():
            yield Scene()
            transaction.set_rollback(True)
    finally:
        logging.disable(before)
        cache.clear()  # public papers are kept for an hour, those without type, too


# --- voices -------------------------------------------------------------------------------------------------------


def voice(scene: Scene, state: str = "submitted", **values: Any) -> Any:
    """Handed in from the resident's own account, with a name, about the project of the cadre's subdistrict."""
    return make.opinion(state, by=scene.cast.office, **{
        "project": scene.place.project, "resident": Resident.objects.get(user=scene.cast.resident), "contact": CONTACT, **values})


@builds("opinion:submitted", "opinion:accepted", "opinion:adopted", "opinion:kept", "opinion:archived")
def _opinion(scene: Scene, state: str) -> Any:
    return voice(scene, state)


@builds("opinion:brought")
def _brought(scene: Scene) -> Any:
    made, _code = opinions.enter(text="委员转来：过渡费没有到账。", jurisdiction=scene.place.jurisdiction, channel="member",
                                 tags=["transition_fee"], contact=CONTACT, by=scene.cast.member, at=make.AT)
    return made


@builds("opinion:nobody", "opinion:shared")
def _without_account(scene: Scene, state: str) -> Any:
    mode = "department" if state == "shared" else "anonymous"
    return make.opinion(project=scene.place.project, identity_mode=mode, share_with_department=True, contact=CONTACT)


@builds("survey:drafted", "survey:opened", "survey:closed")
def _survey(scene: Scene, state: str) -> Any:
    made = make.survey(by=scene.cast.office, project=scene.place.project, opened=state != "drafted")
    if state == "closed":
        make.filled_in(made, 0, (1,), "没有")
        surveys.close(made, by=scene.cast.office, at=make.AT)
    return made


@builds("project:public", "project:hidden")
def _project(scene: Scene, state: str) -> Any:
    return make.project(scene.place.jurisdiction, scene.place.subdistrict, public=state == "public")


# --- topics and consultations -------------------------------------------------------------------------------------


@builds("topic:drafted", "topic:under_review", "topic:reported", "topic:planned", "topic:deferred",
        "topic:in_consultation")
def _topic(scene: Scene, state: str) -> Any:
    return make.topic(scene.place, scene.cast, state=state)


@builds("topic:published", "topic:joined")
def _published(scene: Scene, state: str) -> Any:
    made = make.topic(scene.place, scene.cast, state="published")
    topics.add_milestone(made, name="走访", due_on=made.planned_on, by=scene.cast.office, at=make.AT)
    return make.joined(made) if state == "joined" else made


@builds("topic:conflict")
def _conflict_topic(scene: Scene) -> Any:
    return make.topic(scene.place, scene.cast, state="published", kind="conflict")


@builds("consultation:preparing", "consultation:notified", "consultation:ended",
        "consultation:minuted", "consultation:confirmed", "consultation:concluded", "consultation:open", "consultation:settled")
def _consultation(scene: Scene, state: str) -> Any:
    """Open: confirmed, and announced to everybody; settled: confirmed, on a conflict."""
    told = {"open": {"is_open": True}, "settled": {"kind": "conflict"}}.get(state, {})
    return make.consultation(scene.place, scene.cast, state="confirmed" if told else state, **told)


def asked(scene: Scene, kind: str) -> Any:
    """In session, with a question, a demand or a position on record."""
    held = make.consultation(scene.place, scene.cast, state="in_session", kind=kind)
    keeper: dict[str, Any] = {"by": scene.cast.member, "at": make.AT}
    question = make.question(held, **keeper)
    if kind == "planning":
        record.demand(held, raised_by=question.asked_by, text="小学与安置房同时交付", **keeper)
    if kind == "conflict":
        record.take_position(held, party="甲户", position="老宅归自己", **keeper)
    return held


@builds("consultation:in_session", "consultation:planning", "consultation:conflict")
def _talking(scene: Scene, state: str) -> Any:
    return asked(scene, {"in_session": "policy"}.get(state, state))


# --- recommendations and briefings --------------------------------------------------------------------------------


@builds("recommendation:drafted", "recommendation:confirmed")
def _recommendation(scene: Scene, state: str) -> Any:
    return make.recommendation(scene.place, scene.cast, state=state)


@builds("recommendation:conflict")
def _conflict_recommendation(scene: Scene) -> Any:
    held = make.minuted_consultation(scene.place, scene.cast, kind="conflict")
    return make.recommendation(scene.place, scene.cast, consultation=held)


@builds("briefing:drafted", "briefing:in_review", "briefing:reviewed", "briefing:signed", "briefing:issued",
        "briefing:dispatched", "briefing:instructed")
def _briefing(scene: Scene, state: str) -> Any:
    return make.briefing(scene.place, scene.cast, state=state)


@builds("briefing:bound")
def _bound(scene: Scene) -> Any:
    """A draft with an annex and an open comment."""
    made = make.briefing(scene.place, scene.cast, state="drafted")
    briefings.add_annex(made, title="一览表", text="第一行。", by=scene.cast.office, at=make.AT)
    briefings.comment(made, part="title", text="再短一些。", by=scene.cast.chair, at=make.AT)
    return made


@builds("briefing:failed")
def _failed(scene: Scene) -> Any:
    made = make.briefing(scene.place, scene.cast, state="signed")
    type(made.paper).objects.filter(pk=made.paper.pk).update(failure="font missing")
    made.refresh_from_db()
    return made


@builds("instruction:assigned", "instruction:reported")
def _instruction(scene: Scene, state: str) -> Any:
    made = make.task(scene.place, scene.cast).instruction
    made.refresh_from_db()
    if state == "reported":
        instructions.report(made, by=scene.cast.supervision, at=make.AT, result="已办结。")
    return made


# --- tasks ---------------------------------------------------------------------------------------------------------


def task(scene: Scene, state: str, **values: Any) -> Any:
    """The clerk's department leads, clerk2's handles with it."""
    return make.task(scene.place, scene.cast, state=state, **{"co": [scene.place.b], **values})


@builds("task:proposed", "task:assigned", "task:handling", "task:cosigning", "task:in_review", "task:answered", "task:closed")
def _task(scene: Scene, state: str) -> Any:
    return task(scene, state)


@builds("task:promised")
def _promised(scene: Scene) -> Any:
    return task(scene, "answered", reply={"outcome": Outcome.B, "promise_on": make.TODAY + timedelta(days=30)})


@builds("task:return_asked")
def _return_asked(scene: Scene) -> Any:
    made = task(scene, "assigned")
    third, _clerk = make.third_department(scene.place)
    tasks.ask_return(made, reason="不属本局职责", suggested=third, by=scene.cast.clerk, at=make.AT)
    return made


@builds("task:extension_asked")
def _extension_asked(scene: Scene) -> Any:
    made = task(scene, "handling")
    tasks.ask_extension(made, asked_until=made.due_on + timedelta(days=10), reason="需等评估", progress="已现场勘查",
                        by=scene.cast.clerk, at=make.AT)
    return made


@builds("task:stopped")
def _stopped(scene: Scene) -> Any:
    made = task(scene, "handling")
    tasks.stop_clock(made, ground="higher", reason="等待上级批复", by=scene.cast.supervision, at=make.AT)
    return made


@builds("task:drafted_reply")
def _drafted_reply(scene: Scene) -> Any:
    made = task(scene, "handling")
    tasks.draft_reply(made, outcome=Outcome.A, text="已办结。", contact="王工", by=scene.cast.clerk, at=make.AT)
    return made


@builds("reply:drafted", "reply:approved")
def _reply(scene: Scene, state: str) -> Any:
    return scene["task:drafted_reply" if state == "drafted" else "task:answered"].replies.get()


# --- what comes after ----------------------------------------------------------------------------------------------


@builds("task:looked_at")
def _looked_at(scene: Scene) -> Any:
    return make.looked_at(scene.place, scene.cast)


@builds("task:rated")
def _rated(scene: Scene) -> Any:
    own = make.voice(scene.place, resident=Resident.objects.get(user=scene.cast.resident))
    scene.made["opinion:rateable"] = own
    return make.invited(scene.place, scene.cast, opinions=[own])


@builds("opinion:rateable")
def _rateable(scene: Scene) -> Any:
    scene["task:rated"]
    return scene.made["opinion:rateable"]


@builds("rating:resident", "rating:member")
def _rating(scene: Scene, state: str) -> Any:
    return make.rating_of(scene["task:rated"], getattr(scene.cast, state))


@builds("appraisal:opened")
def _appraisal(scene: Scene) -> Any:
    return make.appraisal(scene.place, scene.cast)


@builds("case:drafted", "case:published")
def _case(scene: Scene, state: str) -> Any:
    return make.case(scene.place, scene.cast, state=state)


# --- people and files ----------------------------------------------------------------------------------------------


@builds("user:active", "user:disabled")
def _user(scene: Scene, state: str) -> Any:
    made = make.appointed(f"somebody-{state}", "某委员", Role.EXPERT, scene.place.jurisdiction)
    if state == "disabled":
        people.disable_account(made, by=scene.cast.sysadmin, at=make.AT, reason="调离")
    return made


@builds("user:office")
def _colleague(scene: Scene) -> Any:
    return scene.cast.office


@builds("appointment:running")
def _appointment(scene: Scene) -> Any:
    return scene["user:active"].appointments.get()


@builds("file:opinion")
def _file(scene: Scene) -> Any:
    return attachments.attach(scene["opinion:submitted"], make.photo(), by=scene.cast.office, at=make.AT)


@builds("job:failed")
def _job(scene: Scene) -> Any:
    return make.failed_job()
