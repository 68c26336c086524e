"""One view, one answer: list, single check, page, count, search and export tell the same person the same, whoever it is.

A second reading of the rules says what is right. EQUALITY_CHECKS=60000 for the long run (make equality), EQUALITY_SEED for
another city. On PostgreSQL by itself: GENERATE=1 pytest -n 0 tests/portal/equality
"""

import os
import random
import time
from collections import Counter

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q

from consult.kit import rules
from consult.people.models import User
from consult.people.roles import Role, scope_of
from consult.tasks.models import Task
from portal.departments.tasks import Tasks as HandledTasks
from portal.kit.lists import List
from portal.supervision.tasks import Tasks
from tests import make
from tests.portal.equality import city
from tests.portal.equality.comparing import ASKED, PAGES, Comparison, Ledger, heirs, name_of
from tests.portal.equality.readings import READINGS, TO_ALL

pytestmark = pytest.mark.skipif(connection.vendor == "postgresql" and not os.environ.get("GENERATE"),
                                reason="needs a PostgreSQL without other workers: GENERATE=1")

CHECKS = int(os.environ.get("EQUALITY_CHECKS") or 5000)
SEED = int(os.environ.get("EQUALITY_SEED") or 20261124)
LONG = CHECKS > 5000
#: Visible and hidden objects of each kind, asked one by one; pages and searches of each person.
EACH, PAGES_EACH, SEARCHES_EACH = (10, 12, 12) if LONG else (4, 3, 4)
#: So many people also take their lists away, those of each role first.
TAKERS = 70 if LONG else 14


def test_every_question_has_a_second_reading():
    asked = {*ASKED.values(), *(name_of(page.visible_to) for page in PAGES.values())}
    asked |= {name_of(kind.visible_to) for kind in heirs(List) if kind.__module__.startswith("portal.")
              and getattr(kind, "model", None) and kind.model._meta.label not in TO_ALL}
    assert asked == set(READINGS)


def test_a_page_asks_what_its_room_said():
    assert [page.__name__ for model, page in PAGES.items() if name_of(page.visible_to) != ASKED[model._meta.label_lower]] == []


def crowd(rng: random.Random) -> list:
    """Everybody in an order by chance, the first of each role first; strangers among them."""
    people = list(User.objects.order_by("pk"))
    rng.shuffle(people)
    holders = [[user for user in people if scope_of(user).holds(role)] for role in Role.values]
    first = [some[n] for n in range(2) for some in holders if len(some) > n]
    strange = list(User.objects.filter(Q(is_active=False) | Q(username__startswith="equal-")).order_by("pk"))[:4]
    double = [user for user in people if len(scope_of(user).posts) > 1][:10]
    return [AnonymousUser(), *dict.fromkeys([*first, *strange, *double, *people])]


def fresh(user):
    """As a request reads them."""
    return User.objects.get(pk=user.pk) if user.pk else user


def run(comparison: Comparison, ledger: Ledger, people: list, until: int, *, whole: bool) -> None:
    """People one after the other until so many objects were asked for; the strange ones not through screens."""
    taken = 0
    while ledger.counts["objects"] < until:
        for one in people:
            user = fresh(one)
            sight = comparison.ask(user, each=EACH)
            comparison.search(user, sight, SEARCHES_EACH)
            if whole:
                comparison.open_pages(user, sight, PAGES_EACH)
                if taken < TAKERS and scope_of(user).roles:
                    comparison.take_away(user)
                    taken += 1
            if ledger.counts["objects"] >= until:
                return


@pytest.mark.django_db
@pytest.mark.timeout(7200 if LONG else 300)
def test_everybody_is_told_the_same_in_every_way():
    rng, ledger, begun = random.Random(SEED), Ledger(), time.monotonic()
    city.build(rng, **({"opinions": 3000, "tasks": 200, "users": 280} if LONG else {}))
    people = crowd(rng)
    roles = Counter(role for user in people if user.pk for role in scope_of(user).roles)
    run(Comparison(rng, ledger), ledger, people, CHECKS // 2, whole=True)
    city.shake(rng)
    people = people[:1] + rng.sample(people[1:], len(people) - 1)
    run(Comparison(rng, ledger), ledger, people, CHECKS, whole=False)
    print(f"\nseed {SEED}, {connection.vendor}, {len(people)} people of {len(roles)} roles: {ledger}; "
          f"{len(ledger.wrong)} wrong; {time.monotonic() - begun:.0f} s")
    assert not ledger.wrong, "\n".join(ledger.wrong[:40])
    assert len(roles) == len(Role)
    assert ledger.counts["objects"] >= CHECKS
    assert all(ledger.counts[how] for how in ("lists", "counts", "pages", "searches", "objects found", "desk lists", "exports"))


# --- it can fail --------------------------------------------------------------------------------------------------


def by_district_alone(user):
    """A wrong room: whoever holds any post in a district sees all its tasks."""
    return Task.objects.filter(jurisdiction__in=scope_of(user).jurisdictions(*Role.values))


def by_part_alone(user):
    """A wrong page: clerks lose what is not handed over to them today."""
    return Task.objects.filter(jurisdiction__in=scope_of(user).jurisdictions(Role.SUPERVISION, Role.OFFICE))


def everything(user):
    """A wrong desk: what its room lets nobody else see."""
    return Task.objects.all()


def nothing(user):
    """A wrong part of what one sees: a clerk's own tasks are not in their list."""
    return Task.objects.none()


def twice(user):
    """A right answer, with each row as often as its task has parts."""
    return rules_of_tasks(user).filter(Q(assignments__isnull=True) | Q(assignments__isnull=False))


#: Those whose sight of tasks the wrong ones change.
ASKING = (Role.CLERK, Role.OFFICE, Role.SUPERVISION, Role.LEADER, Role.MEMBER)
TASK_LISTS = frozenset({"supervision:tasks", "office:tasks", "departments:tasks"})
rules_of_tasks = rules._visibility["tasks.task"]


def room(monkeypatch, wrong):
    monkeypatch.setitem(rules._visibility, "tasks.task", wrong)


def page(monkeypatch, wrong):
    monkeypatch.setattr(PAGES[Task], "visible_to", staticmethod(wrong))


def desk(monkeypatch, wrong):
    monkeypatch.setattr(Tasks, "rows", lambda self, user: super(Tasks, self).rows(user) | Task.objects.filter(pk__in=wrong(user)))


def part(monkeypatch, wrong):
    monkeypatch.setattr(HandledTasks, "rows", lambda self, user: wrong(user))


@pytest.mark.django_db
def test_each_way_can_be_caught(monkeypatch):
    rng = random.Random(SEED)
    city.build(rng, opinions=40, tasks=70, users=80, districts=2, departments=5)
    people = [user for user in crowd(rng)[:25] if not user.pk or scope_of(user).holds(*ASKING)][:11]
    for where, wrong, told in ((room, by_district_alone, {"lists", "counts", "objects", "searches"}), (room, twice, {"counts"}),
                               (page, by_part_alone, {"objects", "pages"}), (desk, everything, {"exports", "desk lists"}),
                               (part, nothing, {"exports", "desk lists"})):
        with monkeypatch.context() as patch:
            where(patch, wrong)
            ledger = Ledger()
            comparison = Comparison(random.Random(SEED), ledger)
            comparison.marks = {"tasks.task": Task}
            for one in people:
                user = fresh(one)
                sight = comparison.ask(user, each=6)
                comparison.search(user, sight, 1)
                if user.pk and user.is_active:
                    comparison.take_away(user, TASK_LISTS)
        found = {line.partition(":")[0] for line in ledger.wrong}
        assert told & found, (where, wrong, found)


def test_the_morning_of_the_suite():
    assert make.TODAY.isoformat() == "2026-11-24"
