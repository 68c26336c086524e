"""The demonstration: only where it is allowed, every state of every machine, the same again from the same seed."""

import stat
from collections import Counter
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import models, transaction

from consult.briefings.models import Annex, Comment, Issue, Recipient
from consult.consultations.models import Consultation
from consult.evaluations.models import Rating
from consult.journey.due import needs
from consult.kit import audit, calendar, search
from consult.kit.attachments import Attachment
from consult.kit.models import AuditEvent, CalendarDay
from consult.opinions.models import Opinion, TriageDecision
from consult.opinions.states import Outcome
from consult.people.models import Jurisdiction, User
from consult.recommendations.models import Recommendation
from consult.tasks import clock
from consult.tasks.models import Task
from consult.tasks.states import Light
from consult.topics.models import Topic
from consult.topics.states import Kind
from portal.demo import card, pictures, story
from portal.demo.opinions import FOR_TOPICS
from portal.demo.world import STAGES
from tests import make

#: Passed through within one act: nothing ever rests there.
IN_PASSING = {("recommendations.Recommendation", "state", "evaluated")}


@pytest.fixture(scope="module", autouse=True)
def _paper(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(card, "file", lambda: tmp_path_factory.getbasetemp() / "demo_password")
        with make.no_type():
            yield


def tell(**how):
    if not CalendarDay.objects.exists():
        calendar.seed()
    return story.tell(password="amber-field-plum-1234", now=make.AT, **how)


@pytest.fixture(scope="class")
def district(django_db_setup, django_db_blocker):
    """The whole district, loaded once for the tests that only look."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(make.AT):
            calendar.forget()
            world = tell()
        yield world
        transaction.set_rollback(True)


# --- where it may be ----------------------------------------------------------------------------------------------


def test_not_outside_demo_mode(db, settings):
    settings.DEMO = False
    for asked in ({}, {"card": True}):
        with pytest.raises(CommandError, match="DEMO=1"):
            call_command("demo", **asked)
    assert not User.objects.exists()


def test_not_beside_a_district(db, settings):
    settings.DEMO = True
    Jurisdiction.objects.create(name="x", level="district", code="x")
    with pytest.raises(CommandError, match="already"):
        call_command("demo")


def test_a_stage_there_is(db, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("demo", "--until", "tomorrow")


# --- everything there is ------------------------------------------------------------------------------------------


class TestDistrict:
    def test_every_state_occurs(self, district, db):
        empty = {(model, field, state) for (model, field), states in story.counts().items()
                 for state, number in states.items() if not number}
        assert empty == IN_PASSING

    def test_everything_is_found_by_its_present_words(self, district, db):
        assert search.stale() == [] and len(search.kinds()) == 12

    def test_every_opinion_is_numbered_and_every_outcome_decided(self, district, db):
        numbers = list(Opinion.objects.order_by("id").values_list("number", flat=True))
        assert len(numbers) == 74
        assert numbers == sorted(numbers)
        assert set(TriageDecision.objects.values_list("outcome", flat=True)) == set(Outcome.values)
        assert not Opinion.objects.filter(receipt_hash="").exists()

    def test_every_topic_has_voices_and_all_three_kinds_talk(self, district, db):
        assert all(topic.voices.exists() for topic in Topic.objects.exclude(state="withdrawn"))
        talked = Topic.objects.filter(pk__in=Consultation.objects.values("topic"))
        assert set(talked.values_list("kind", flat=True)) == set(Kind.values)
        assert set(FOR_TOPICS) == set(district.topics)

    def test_the_lights_burn(self, district, db):
        lights = Counter(clock.light(task, make.TODAY) for task in Task.objects.all())
        assert {Light.GREEN, Light.BLUE, Light.YELLOW, Light.RED, Light.DONE} <= set(lights)

    def test_something_waits_for_everybody(self, district, db):
        for name in ("office", "chair", "supervision", "leader", "member", "planner", "cadre", "clerk", "clerk_plan"):
            assert needs(User.objects.get(username=name), make.TODAY), name
        said = [str(need.obj) for user in User.objects.all() for need in needs(user, make.TODAY)]
        assert not [words for words in said if " object (" in words]
        promised = {need.kind for need in needs(User.objects.get(username="clerk"), make.TODAY)}
        assert "statement.reply" in promised
        leader = User.objects.get(username="leader")
        assert Recipient.objects.filter(user=leader, read_at=None).exists()
        assert Rating.objects.filter(state="invited", opinion__resident__user__username="resident").exists()
        assert Rating.objects.filter(state="invited", member__user__username="member").exists()

    def test_nothing_happens_at_night_on_a_day_of_rest_or_tomorrow(self, district, db):
        moments = list(AuditEvent.objects.values_list("at", flat=True))
        local = [moment.astimezone(calendar.ZONE) for moment in moments]
        assert max(moments) <= make.AT
        assert (make.AT - min(moments)).days > 300
        assert all(calendar.is_workday(moment.date()) and 8 <= moment.hour < 18 for moment in local)

    def test_the_trail_of_each_thing_is_in_order(self, district, db):
        last: dict[tuple[str, str, str], object] = {}
        for app, model, pk, at in AuditEvent.objects.order_by("id").values_list("app_label", "model", "object_id", "at"):
            assert last.get((app, model, pk), at) <= at, (app, model, pk)
            last[app, model, pk] = at
        assert not list(audit.verify(()))

    def test_papers_have_annexes_comments_and_a_correction(self, district, db):
        assert Annex.objects.filter(briefing__kind="motion", briefing__paper__isnull=False).exists()
        assert Comment.objects.open().exists()
        assert Comment.objects.exclude(settled_at=None).count() >= 4
        (right,) = Issue.objects.exclude(corrects=None)
        assert [one["part"] for one in right.snapshot["changes"]] == ["存在问题"]
        assert right.recipients.count() == right.corrects.recipients.count()

    def test_no_signed_paper_contradicts_its_records(self, district, db):
        assert [doubt for issue in Issue.objects.all() for doubt in issue.snapshot["doubts"]] == []

    def test_looking_back_leaves_marked_pictures(self, district, db):
        photos = Attachment.objects.filter(model="finding")
        assert photos.count() >= 5
        assert all(photo.width == pictures.SIZE[0] for photo in photos)

    def test_no_contact_of_a_resident_in_recommendations_and_papers(self, district, db):
        words = " ".join(f"{one.title}{one.problem}{one.text}" for one in Recommendation.objects.all())
        assert "1390000" not in words


# --- how it is asked for ------------------------------------------------------------------------------------------


ROOM_OF = {"opinions": "opinions", "topics": "topics", "consultations": "consultations",
           "recommendations": "recommendations", "briefings": "briefings.Briefing",
           "instructions": "briefings.Instruction", "tasks": "tasks.Task", "replies": "tasks.Reply",
           "look-backs": "followups", "evaluations": "evaluations", "cases": "showcases"}


@pytest.mark.parametrize("until", ["opinions", "briefings", "tasks"])
def test_until_stops_there(db, until):
    tell(until=until)
    totals = Counter()
    for (model, _field), states in story.counts().items():
        totals[model] += sum(states.values())
    for stage in STAGES:
        there = sum(number for model, number in totals.items() if model.startswith(ROOM_OF[stage]) or model == ROOM_OF[stage])
        assert bool(there) is (STAGES.index(stage) <= STAGES.index(until)), stage


def said(model: type[models.Model], *names: str) -> list[tuple[object, ...]]:
    return list(model._default_manager.order_by("id").values_list(*names))


def test_the_same_seed_tells_the_same(db):
    def told(seed):
        sid = transaction.savepoint()
        tell(seed=seed, until="topics")
        found = (said(Opinion, "number", "text", "channel", "submitted_at", "state"),
                 said(Topic, "number", "title", "state", "opened_at"))
        transaction.savepoint_rollback(sid)
        return found

    first = told(3)
    assert told(3) == first
    assert told(4) != first


def test_the_card_names_every_role_and_the_password_is_this_installations_own(db, settings):
    settings.DEMO = True
    if not CalendarDay.objects.exists():
        calendar.seed()
    out, again = StringIO(), StringIO()
    call_command("demo", "--until", "opinions", stdout=out)
    call_command("demo", "--card", stdout=again)
    assert again.getvalue() == out.getvalue()
    password = card.password()
    assert stat.S_IMODE(card.file().stat().st_mode) == 0o600
    assert out.getvalue().count(password) == 12
    for name in ("sysadmin", "office", "chair", "supervision", "leader", "member", "cadre", "expert", "clerk", "resident"):
        assert f" {name} " in out.getvalue()
        assert User.objects.get(username=name).check_password(password)


def test_every_scene_can_be_drawn(db):
    import random
    for scene in pictures.SCENES:
        drawn = pictures.picture(scene, random.Random(1))
        assert drawn.read(3) == b"\xff\xd8\xff"
