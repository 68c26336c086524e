"""The invented city, with people and rows that no ordinary day brings together: two districts, two roles, ended posts, grants."""

import random
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from consult.briefings.models import Briefing, Instruction
from consult.consultations.models import Consultation, Panelist
from consult.evaluations.models import Appraisal, Voter
from consult.followups.models import DistrictBulletin, LookBack, Sample, Voice
from consult.kit import grants
from consult.opinions.models import ImportBatch, Opinion, TriageTemplate
from consult.people.models import Absence, Appointment, CommitteeMember, Department, Jurisdiction, Subdistrict, User
from consult.people.roles import Role
from consult.renewal.models import RenewalProject
from consult.tasks.models import Assignment, Extension, Milestone, Reply, ReturnRequest, Task, TextBlock
from consult.topics.models import AnnualPlan, PlanVersion, Topic, Weighting
from tests import make

SIZES = {"opinions": 800, "tasks": 70, "users": 140, "departments": 9, "districts": 3}


def build(rng: random.Random, **sizes: int) -> None:
    call_command("generate", **{**SIZES, **sizes}, seed=rng.randrange(10**6), verbosity=0)
    strange_people(rng)
    named_people(rng)
    rare_rows(rng)


def some(rng: random.Random, rows: Any, number: int) -> list[Any]:
    """So many of the rows, by chance but the same each time."""
    found = list(rows.order_by("pk"))
    return rng.sample(found, min(number, len(found)))


def a_day(rng: random.Random) -> Any:
    """Long over, yesterday, today, tomorrow or never: as an end."""
    return rng.choice((make.TODAY - timedelta(days=300), make.TODAY - timedelta(days=1), make.TODAY,
                       make.TODAY + timedelta(days=1), None, None))


# --- people -------------------------------------------------------------------------------------------------------


def strange_people(rng: random.Random) -> None:
    """Second posts in any role and district, posts that end or begin, accounts that are disabled or hold nothing."""
    for user in some(rng, User.objects.all(), 30):
        post(rng, user, rng.choice(Role.values), rng.choice(list(Jurisdiction.objects.filter(level="district"))))
    for held in some(rng, Appointment.objects.all(), 14):
        end = a_day(rng)
        Appointment.objects.filter(pk=held.pk).update(since=rng.choice((held.since, make.TODAY, make.TODAY + timedelta(days=1)))
                                                      if end is None else held.since, until=end)
    for user in some(rng, User.objects.all(), 4):
        User.objects.filter(pk=user.pk).update(is_active=False)
    make.user("equal-none", "无任职")
    make.user("equal-super", "超级", is_superuser=True, is_staff=True)


def post(rng: random.Random, user: User, role: str, district: Jurisdiction) -> None:
    """Made as a row: no verb would give some of these posts to one person."""
    body = {}
    if role == Role.CLERK:
        body = {"department": rng.choice(some(rng, Department.objects.filter(jurisdiction=district), 99))}
    if role == Role.CADRE:
        body = {"subdistrict": rng.choice(some(rng, Subdistrict.objects.filter(jurisdiction=district), 99))}
    Appointment.objects.create(user=user, role=role, jurisdiction=district, since=make.SINCE, until=a_day(rng), **body)


def named_people(rng: random.Random) -> None:
    """Grants by name on single objects, some of them over, and deputies."""
    by = User.objects.order_by("pk")[0]
    readers = some(rng, User.objects.all(), 40)
    for model in (Opinion, Consultation, Briefing, Task):
        for row in some(rng, model._default_manager.all(), 60):
            grants.give(rng.choice(readers), "view", row, by=by, at=make.AT, reason="受邀查阅", until=a_day(rng))
    for user in some(rng, User.objects.all(), 12):
        deputy = rng.choice([one for one in readers if one.pk != user.pk])
        Absence.objects.create(user=user, deputy=deputy, since=make.TODAY, until=make.TODAY + timedelta(days=3), at=make.AT)


# --- rows that the city has not, or seldom --------------------------------------------------------------------------


def rare_rows(rng: random.Random) -> None:
    district_rows(rng)
    task_rows(rng)
    for n, user in enumerate(some(rng, User.objects.all(), 6)):
        made = ImportBatch.objects.create(name=f"{n}.xlsx", sha256="0" * 64, rows=3, imported_by=user, imported_at=make.AT)
        Opinion.objects.filter(pk__in=[one.pk for one in some(rng, Opinion.objects.all(), 3)]).update(batch=made)
    for _n in range(3):
        make.failed_job()


def district_rows(rng: random.Random) -> None:
    """One of each for every district."""
    by = some(rng, User.objects.all(), 9)
    for d in Jurisdiction.objects.filter(level="district"):
        units = some(rng, Department.objects.filter(jurisdiction=d), 99)
        AnnualPlan.objects.create(jurisdiction=d, year=2035, state="drafted")
        Weighting.objects.create(jurisdiction=d, valid_from=make.TODAY, basis="主席会议决定", voices=3, matter=3, stage=2,
                                 signing=1, age=1, normal_from=20, high_from=40, set_by=by[0], set_at=make.AT)
        TriageTemplate.objects.create(jurisdiction=d, outcome="answer", name="答复用语", text="已收到。", changed_at=make.AT)
        Sample.objects.create(number=f"CY-{d.pk}", jurisdiction=d, since=make.SINCE, until=make.TODAY, share=10, seed="甲",
                              by=by[1], at=make.AT)
        for n in range(3):
            out = {"state": "issued", "number": f"通报{n}", "issued_at": make.AT, "facts": {}} if n else {}
            made = DistrictBulletin.objects.create(jurisdiction=d, since=make.SINCE, until=make.TODAY, title=f"督办通报{n}",
                                                   text="前言", drafted_by=by[2], drafted_at=make.AT, **out)
            made.departments.set(rng.sample(units, rng.randrange(len(units))))
        for n, unit in enumerate(units):
            TextBlock.objects.create(department=unit, title=f"常用段{n}", text="依法办理。", by=by[3], at=make.AT)
            one = Appraisal.objects.create(department=unit, since=make.SINCE, until=make.TODAY, jurisdiction=d, title="部门评议",
                                           state="opened", opened_by=by[4], opened_at=make.AT)
            for voter in some(rng, User.objects.all(), 3):
                Voter.objects.create(appraisal=one, user=voter, group="members")


def task_rows(rng: random.Random) -> None:
    """Steps, voices, published and second replies, parts that ended."""
    for part in some(rng, Assignment.objects.select_related("task"), 40):
        Milestone.objects.create(task=part.task, department=part.department, title="完成摸底", due_on=make.TODAY,
                                 by_id=part.signed_by_id or User.objects.order_by("pk")[0].pk, at=make.AT)
    for seen in some(rng, LookBack.objects.exclude(state="planned"), 30):
        for kind in rng.sample(("resident", "member"), rng.randrange(3)):
            Voice.objects.create(look_back=seen, kind=kind, verdict=rng.choice(("kept", "not", "not_had")), text="看过了。",
                                 by=seen.planned_by, at=make.AT)
        part = Assignment.objects.filter(task=seen.task_id).order_by("pk").first()
        if part and rng.random() < 0.6:
            Voice.objects.create(look_back=seen, kind="department", verdict="kept", text="已办。", department=part.department,
                                 by=seen.planned_by, at=make.AT)
    Reply.objects.filter(pk__in=[one.pk for one in some(rng, Reply.objects.filter(state="approved"), 12)]).update(
        published_at=make.AT, public_text="公开答复")


# --- shaken -------------------------------------------------------------------------------------------------------


def shake(rng: random.Random) -> None:
    """States, keys and districts by chance: combinations that no act leads to, but sight must be sure of all the same."""
    for model in apps.get_models():
        if "state" in {field.name for field in model._meta.concrete_fields} and model.__module__.startswith("consult."):
            choices = model._meta.get_field("state").choices or ()
            for state, _label in choices:
                put(rng, model, 0.4 / len(choices), state=state)
    for model, names in {Topic: ("jurisdiction",), Task: ("jurisdiction",), LookBack: ("lead",),
                         Opinion: ("subdistrict", "bearer", "jurisdiction"), Instruction: ("leader", "jurisdiction"),
                         Briefing: ("jurisdiction",), Consultation: ("jurisdiction",), Panelist: ("user", "member", "department"),
                         Assignment: ("department",)}.items():
        for name in names:
            others = list(model._meta.get_field(name).remote_field.model._default_manager.order_by("pk"))
            for _round in range(5):
                put(rng, model, 0.04, **{name: rng.choice(others)})
    for model, name, values in ((RenewalProject, "public", (True, False)), (Consultation, "is_open", (True, False)),
                                (Topic, "kind", ("policy", "conflict")), (Assignment, "ended_at", (make.AT, None)),
                                (Panelist, "group", ("departments",)), (CommitteeMember, "user", (None,))):
        for value in values:
            put(rng, model, 0.1, **{name: value})
    PlanVersion.objects.filter(pk__in=[one.pk for one in some(rng, PlanVersion.objects.all(), 3)]).delete()
    for model, name, origin in COPIES:
        model._default_manager.update(**{name: Subquery(
            model._default_manager.filter(pk=OuterRef("pk")).values(origin)[:1])})


#: Keys that are copied from another row for the sake of an index, and never differ from it.
COPIES = ((Task, "leader", "instruction__leader"), (Assignment, "jurisdiction", "task__jurisdiction"),
          (Reply, "jurisdiction", "task__jurisdiction"), (LookBack, "jurisdiction", "task__jurisdiction"),
          (Extension, "jurisdiction", "task__jurisdiction"), (ReturnRequest, "jurisdiction", "assignment__task__jurisdiction"))


def put(rng: random.Random, model: Any, share: float, **values: Any) -> None:
    """Give a share of the rows these values, one by one; what the database itself forbids stays as it was."""
    rows = model._default_manager.order_by("pk").values_list("pk", flat=True)
    for pk in rng.sample(list(rows), min(int(len(rows) * share) + 1, len(rows), 200)):
        try:
            with transaction.atomic():
                model._default_manager.filter(pk=pk).update(**values)
        except IntegrityError:
            continue
