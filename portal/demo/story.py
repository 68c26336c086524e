"""Everything that happened in the invented district, told through the real verbs in the order of time."""

from collections import Counter
from datetime import datetime, time
from typing import Any

from django.apps import apps
from django.db import models, transaction

from consult.evaluations import actions as evaluations
from consult.kit import calendar, notices
from consult.kit.models import Notice
from consult.kit.states import StateField
from consult.opinions import letters
from consult.people.models import User
from consult.tasks import actions as tasks
from consult.topics import actions as topics
from consult.topics import planning
from consult.topics.models import AnnualPlan
from portal.demo import desk, district, fee, homestead, opinions, papers, projects, questions, rounds, school
from portal.demo.world import EVALUATIONS, LOOK_BACKS, STAGES, TASKS, TOPICS, Story, World, play

#: What is older than so many working days has been read.
READ_BEFORE = 8


def tell(*, until: str = STAGES[-1], seed: int = 1, password: str, now: datetime) -> World:
    """Load the whole district as of ``now``, all or nothing."""
    with transaction.atomic():
        world = World(seed, now)
        world.district = district.found(password=password, at=world.at, today=calendar.local_date(now))
        letters.begin(world.district.jurisdiction, by=world.who("office"), at=world.at)
        play(world, stories(world), until)
        _read_old_notices(world)
    return world


def stories(w: World) -> list[Story]:
    return [
        *opinions.stories(w), *projects.stories(w), *questions.stories(w), fee.story(w), homestead.story(w), school.story(w),
        rounds.market(w), rounds.evenings(w), rounds.bus(w), rounds.leak(w), rounds.vacant(w), desk.reward(w), desk.flats(w),
        desk.quality(w), desk.wall(w), desk.storey(w), desk.deeds(w), *desk.early(w), weights(w),
        annual_plans(w), ratings_end(w), reminders(w), sample(w), papers.publishing(w)]


def sample(w: World) -> Story:
    """The chairpersons' meeting draws a number; what was answered and not looked at yet is drawn with it."""
    yield LOOK_BACKS, 30
    evaluations.draw_sample(w.district.jurisdiction, since=w.day(150), until=w.today, share=30, seed="主席会议抽签 27",
                            by=w.who("office"), at=w.at)


def weights(w: World) -> Story:
    """The chairpersons' meeting gives more weight to what touches homes, money and safety."""
    yield TOPICS, 120
    topics.set_weights(w.district.jurisdiction, since=w.today, basis="主席会议纪要（演示）", voices=1, matter=2, stage=1, signing=2, age=1,
                       normal_from=3, high_from=6, by=w.who("office"), at=w.at)


def annual_plans(w: World) -> Story:
    """The plans with topics are adopted as they stand; the next one is begun."""
    yield TOPICS, 12
    years = list(AnnualPlan.objects.order_by("year"))
    for plan in years[:1]:
        planning.adopt(plan, adopted_by="区政协党组会议（演示）", paper=f"云区委〔{plan.year}〕协商计划批复（演示）", on=w.today,
                       by=w.who("office"), at=w.at)
    if len(years) == 1:
        planning.draft_plan(home=w.district.jurisdiction, year=years[0].year + 1, by=w.who("office"), at=w.tick())


def ratings_end(w: World) -> Story:
    """The clock's own verb: invitations past their date count as not rated."""
    for back in range(110, -1, -1):
        yield EVALUATIONS, back, time(8, 30)
        evaluations.expire(today=w.today, at=w.at)


def reminders(w: World) -> Story:
    """The clock's own verb: blue, yellow and red reminders."""
    for back in range(150, -1, -1):
        yield TASKS, back, time(8, 30)
        tasks.remind(today=w.today, at=w.at)


def _read_old_notices(w: World) -> None:
    old = Notice.objects.filter(created_at__lt=w.moment(READ_BEFORE, time(9, 0)))
    for user in User.objects.filter(pk__in=old.values("user_id")):
        notices.read(user, old.filter(user=user), at=w.moment(READ_BEFORE, time(16, 0)))


# --- what there is now --------------------------------------------------------------------------------------------


def counts() -> dict[tuple[str, str], Counter[str]]:
    """(model, field) -> how many are in each state, for every state there is, 0 included."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, StateField) and model.__module__.startswith("consult."):
                found[model._meta.label, field.name] = _of(model, field)
    return found


def _of(model: type[models.Model], field: Any) -> Counter[str]:
    counted = Counter(dict.fromkeys((str(code) for code, _label in field.choices), 0))
    counted.update(model._default_manager.values_list(field.name, flat=True).order_by())
    return counted
