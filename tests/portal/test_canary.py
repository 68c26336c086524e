"""Whoever spoke stays unknown: unique names, numbers and places are handed in, and looked for in everything that is shown."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from PIL import Image

from consult.briefings import press
from consult.evaluations import actions as evaluations
from consult.followups import actions as followups
from consult.kit import attachments
from consult.kit.models import AuditEvent
from consult.opinions import actions as opinions
from consult.opinions.models import Opinion
from consult.people.models import Resident
from consult.people.roles import scope_of
from consult.tasks import actions as tasks
from consult.tasks.models import Task
from consult.topics.models import Topic
from portal.kit import exports, menus
from tests import make
from tests.portal.browse import Seen, Walk, words_of
from tests.portal.doors import patterns
from tests.portal.scene import ROLES, Scene, raised

#: Pages met by all roles together, at most; and each role's share.
MOST = 2500
SHARE = MOST // len(ROLES)
#: Lists and calendars taken away by all of them.
FILES = 120
NOTE, WRITTEN_PHONE, GPS = "内部备注金丝雀", "13877770000", "GPSCANARY"
STARTS = ("/", "/topics/", "/projects/", "/cases/", "/say/", "/receipt/")


@dataclass(repr=False)
class Birds:
    """The voices of the scene, with what nobody may find; and what was logged meanwhile."""

    scene: Scene
    voices: list[Opinion] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    logged: io.StringIO = field(default_factory=io.StringIO)
    walks: dict[str, list[Seen]] = field(default_factory=dict)
    off_origin: list[str] = field(default_factory=list)

    def hand_in(self, mode: str, **values: Any) -> None:
        """One more voice, with a name, a number and an address found nowhere else."""
        n = len(self.voices) + 1
        contact = {"name": f"金丝雀{'甲乙丙丁戊己庚'[n]}氏", "phone": f"1391234{n:04d}", "address": f"金丝雀巷{n}号院"}
        self.hidden += contact.values()
        made, code = opinions.submit(
            text=f"第{n}件：过渡费三个月没有到账，请打 {WRITTEN_PHONE}。", jurisdiction=self.scene.place.jurisdiction,
            project=self.scene.place.project, tags=["transition_fee"], identity_mode=mode, contact=contact, at=make.AT,
            share_with_department=mode == "department", **values)
        self.voices.append(made)
        self.codes += [code or "", " ".join((code or "")[at:at + 4] for at in (0, 4, 8))]


def photo() -> SimpleUploadedFile:
    """A picture that says where and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x9286] = f"{GPS}-MAKE", f"{GPS}-ARTIST", f"{GPS}-COMMENT"
    exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 38.0, 51.25), 3: "E", 4: (116.0, 58.0, 12.5), 29: f"{GPS}-DATE"})
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#7a8a6a").save(out, "JPEG", exif=exif, comment=f"{GPS}-JPEG".encode())
    assert GPS.encode() in out.getvalue()
    return SimpleUploadedFile("现场.jpg", out.getvalue(), "image/jpeg")


def tell(birds: Birds) -> None:
    """The loop to its end, by the real verbs."""
    scene = birds.scene
    place, cast = scene.place, scene.cast
    birds.hand_in("cppcc_only")
    birds.hand_in("department")
    birds.hand_in("anonymous")
    birds.hand_in("cppcc_only", resident=Resident.objects.get(user=cast.resident))
    birds.hand_in("department", entered_by=cast.member, channel="member")
    opinions.note(birds.voices[0], text=f"{NOTE}：已电话核实", by=cast.office, at=make.AT)
    attachments.attach(birds.voices[3], photo(), by=cast.office, at=make.AT)
    held = make.talked_over(place, cast, opinions=birds.voices)
    advice = make.recommendation(place, cast, consultation=held)
    paper = make.briefing(place, cast, recommendations=[advice])
    task = Task.objects.get(instruction=tasks.record_instruction(
        paper, kind="act", text="请牵头单位一月内办结。", given_on=make.TODAY, by=cast.leader, at=make.AT))
    tasks.assign(task, lead=place.a, co=[place.b], by=cast.supervision, at=make.AT)
    make.carry(task, cast, "answered")
    visit = make.look_back(place, cast, task=task)
    followups.find(visit, kind="carried_out", text="公示栏已张贴。", photos=[photo()], by=cast.member, at=make.AT)
    followups.visit(visit, on=make.TODAY, summary="已落实。", by=cast.member, at=make.AT)
    make.voices(visit, cast)
    followups.confirm(visit, by=cast.office, at=make.AT)
    make.bulletin(place, cast, state="issued", task=task)
    task.refresh_from_db()
    make.invited(place, cast, task=task)
    make.rate_all(task)
    evaluations.conclude(task, by=cast.office, at=make.AT)
    make.case(place, cast, topic=Topic.objects.get(pk=held.topic_id))
    birds.hand_in("cppcc_only", doubts=["fast"])


@pytest.fixture(scope="module")
def birds(django_db_setup: None, django_db_blocker: Any) -> Iterator[Birds]:
    with django_db_blocker.unblock(), time_machine.travel(make.AT), raised(quick=False) as scene:
        made = Birds(scene)
        handler = logging.StreamHandler(made.logged)
        root, level = logging.getLogger(), logging.getLogger().level
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        try:
            tell(made)
            queue_type(made)
            for role in ROLES:
                made.walks[role] = list(walk(made, role))
            yield made
        finally:
            root.removeHandler(handler)
            root.setLevel(level)


def queue_type(birds: Birds) -> None:
    """The job that sets a paper, as it waits in the table of the worker."""
    with override_settings(TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}):
        press.typeset.enqueue(1)


def walk(birds: Birds, role: str) -> Iterator[Seen]:
    user = birds.scene.user(role)
    homes = [reverse(desk.home) for desk in menus.desks_of(scope_of(user))] if user else []
    on = Walk(birds.scene.client(role), SHARE)
    with birds.scene.visit():
        yield from on.along(*homes, *STARTS, *(["/notices/"] if user else []))
    birds.off_origin += on.off_origin
    if user:
        with birds.scene.visit():
            yield from carried_off(on, user)


def carried_off(on: Walk, user: Any) -> Iterator[Seen]:
    """Each list of one's desks as a workbook, and one's calendar: what leaves the house in a file."""
    for name, _route in patterns():
        roles = menus.workers(name.partition(":")[0], name) if exports.exportable(name) else None
        if roles and not roles.isdisjoint(scope_of(user).roles):
            answer = on.client.post("/exports/new/", {"list": name, "kind": "xlsx"})
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            yield Seen(f"/exports/new/ {name}", "", answer.status_code, answer, body, None)
    if scope_of(user).roles:
        link = on.client.post("/notices/ways/", {"make": "1"}).context["link"]
        yield on.visit(link.removeprefix("http://testserver"), "")


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ROLES)
def test_nobody_finds_out_who_spoke(birds: Birds, role: str) -> None:
    """Not in a page, a paper, a file, a name of a file, nor in a header; not even the office, unless it opens one."""
    told = [(seen.url, words_of(seen.body, seen.answer.headers, seen.answer.headers.get("Content-Type", "")))
            for seen in birds.walks[role]]
    found = [(url, bird) for url, words in told for bird in (*birds.hidden, *filter(None, birds.codes), GPS) if bird in words]
    assert found == []
    if role not in ("office", "resident"):
        assert [url for url, words in told if WRITTEN_PHONE in words] == [], "a number in the text is masked"
    if role not in ("office", "chair"):
        assert [url for url, words in told if NOTE in words] == [], "inner notes are the office's and the chair's"


@pytest.mark.parametrize("role", ROLES)
def test_no_link_leads_nowhere(birds: Birds, role: str) -> None:
    """Nothing breaks, and nobody is offered a link to what they may not open."""
    assert [(seen.status, seen.url, "on", seen.origin) for seen in birds.walks[role] if seen.status >= 400] == []


def test_no_page_reaches_outside(birds: Birds) -> None:
    assert sorted(set(birds.off_origin)) == []


def test_the_walks_were_worth_it(birds: Birds) -> None:
    """Many pages, PDFs and pictures were met, by those who may meet them."""
    kinds = {seen.answer.headers.get("Content-Type", "").partition(";")[0] for walk in birds.walks.values() for seen in walk}
    count = sum(len(walk) for walk in birds.walks.values())
    assert {"text/html", "application/pdf", "image/jpeg"} <= kinds
    assert {"text/calendar", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"} <= kinds
    assert 500 < count <= MOST + FILES


def test_papers_name_nobody_who_spoke_at_the_table(birds: Birds) -> None:
    """Every kind of paper was met, and none of them names a resident at the table, whoever printed it."""
    papers = [seen for walk in birds.walks.values() for seen in walk if "pdf" in seen.answer.headers.get("Content-Type", "")]
    names = {seen.answer.resolver_match.view_name for seen in papers}
    assert {"briefing.pdf", "consultation.minutes", "consultation.board", "bulletin.pdf", "reply.letter"} <= names
    told = ((seen.url, words_of(seen.body, seen.answer.headers, "pdf")) for seen in papers)
    assert [url for url, words in told if make.RESIDENT in words] == []


def test_what_is_kept_names_nobody(birds: Birds) -> None:
    """Not in any table in the open: the identity is sealed, audit, notices and waiting jobs hold none of it."""
    assert DBTaskResult.objects.exists()
    found = []
    for model in apps.get_models():
        for row in model._default_manager.values():
            words = json.dumps(row, default=str, ensure_ascii=False)
            found += [(model._meta.label, bird) for bird in (*birds.hidden, *filter(None, birds.codes)) if bird in words]
            if model._meta.label not in ("opinions.Opinion",) and WRITTEN_PHONE in words:
                found.append((model._meta.label, WRITTEN_PHONE))
    assert found == []


def test_what_is_logged_names_nobody(birds: Birds) -> None:
    logged = birds.logged.getvalue()
    assert [bird for bird in (*birds.hidden, *birds.codes, WRITTEN_PHONE, NOTE) if bird and bird in logged] == []


def test_opening_an_identity_leaves_one_event_and_is_told(birds: Birds) -> None:
    """The office reads it once, in the answer to its reason; the submitter reads how often that was."""
    scene, voice = birds.scene, birds.voices[0]
    url = reverse("opinion.reveal", args=[voice.pk])
    with scene.visit():
        before = AuditEvent.objects.count()
        answer = scene.client("office").post(url, {"reason": "核实情况", "sure": "on"})
        assert answer.status_code == 200, answer.content.decode()[:2000]
        assert all(bird in answer.content.decode() for bird in birds.hidden[:2])
        assert "no-store" in answer.headers["Cache-Control"]
        events = AuditEvent.objects.all()[before:]
        assert [event.verb for event in events] == ["opinions.reveal"]
        assert not any(bird in json.dumps(list(AuditEvent.objects.values()), default=str) for bird in birds.hidden)
        again = scene.client("office").get(reverse("opinion", args=[voice.pk]))
        assert not any(bird in again.content.decode() for bird in birds.hidden)
        assert opinions.times_revealed(voice) == 1
    for role in ROLES:
        if role == "office":
            continue
        with scene.visit():
            refused = scene.client(role).post(url, {"reason": "想知道", "sure": "on"})
            assert refused.status_code in (302, 403, 404), role
            assert not any(bird in refused.content.decode() for bird in birds.hidden)
            assert AuditEvent.objects.filter(verb="opinions.reveal").count() == 0


def test_pictures_forget_where_they_were_taken(birds: Birds) -> None:
    for kept in attachments.Attachment.objects.all():
        with kept.file.open("rb") as file:
            content = file.read()
        assert GPS.encode() not in content
        assert not Image.open(io.BytesIO(content)).getexif()

