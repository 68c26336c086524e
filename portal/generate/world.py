"""The invented city while it is made: chance, time, numbers, and who is who."""

import random
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from types import SimpleNamespace
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models

from consult.kit import audit, calendar, search
from consult.kit.models import AuditEvent, Notice, NumberSeries
from consult.kit.paper.codes import ALPHABET, GROUPS, SIZE
from portal.generate import words
from portal.generate.bulk import Load
from portal.generate.guard import Size

T = TypeVar("T")
#: Everything happened within so many days before today.
SPAN = 1095


class Skewed(Generic[T]):
    """Some things of which the first is met most often, the n-th one n**power times more seldom (Zipf)."""

    def __init__(self, things: Sequence[T], power: float = 1.0) -> None:
        self.things = list(things)
        self.sums = list(accumulate(1 / n ** power for n in range(1, len(self.things) + 1)))

    def pick(self, rng: random.Random) -> T:
        return self.things[bisect(self.sums, rng.random() * self.sums[-1])]

    def shares(self, total: int) -> list[int]:
        """``total`` divided in these proportions; the first takes what is left over."""
        made = [int(total * (sum_ - before) / self.sums[-1]) for before, sum_ in zip([0.0, *self.sums], self.sums, strict=False)]
        return [made[0] + total - sum(made), *made[1:]]


@dataclass
class Department:
    pk: int
    name: str
    clerks: list[int]


@dataclass
class Member:
    pk: int
    user: int
    name: str


@dataclass
class Talk:
    """A topic, for those who speak of it and for the rest of its case."""

    pk: int
    number: str
    title: str
    kind: str
    state: str
    back: int
    takes: bool
    #: Answered tasks and how many days ago they were rated.
    rated: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class Project:
    pk: int
    name: str
    area: str
    street: "Street"
    talks: list[Talk] = field(default_factory=list)
    last: int = 0


@dataclass
class Street:
    pk: int
    name: str
    liaison: int
    communities: list[int]
    cadres: list[int] = field(default_factory=list)


@dataclass
class District:
    """A district with its bodies and people; users as keys, the busiest first."""

    pk: int
    name: str
    code: str
    streets: list[Street] = field(default_factory=list)
    departments: list[Department] = field(default_factory=list)
    committees: list[int] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    office: list[int] = field(default_factory=list)
    chair: int = 0
    supervision: list[int] = field(default_factory=list)
    leaders: list[int] = field(default_factory=list)
    experts: list[int] = field(default_factory=list)
    residents: list[tuple[int, int]] = field(default_factory=list)
    plans: dict[int, int] = field(default_factory=dict)
    by: dict[str, Skewed[Any]] = field(default_factory=dict)

    def weigh(self) -> None:
        for name, power in (("streets", 1.0), ("departments", 1.0), ("projects", 0.9), ("members", 0.8), ("residents", 0.5),
                            ("office", 0.5)):
            self.by[name] = Skewed(getattr(self, name), power)


class World:
    """What all parts share: one chance, one clock, the rows on their way, the numbers given."""

    def __init__(self, size: Size, load: Load) -> None:
        self.size, self.load = size, load
        self.rng = random.Random(size.seed)
        self.today = calendar.today()
        self.days = [self.today - timedelta(days=back) for back in range(SPAN + 400)]
        self.names: dict[int, str] = {}
        self.districts: list[District] = []
        self.by_size: Skewed[District] = Skewed([])
        self.here: District = District(0, "", "")
        self.said = words.sentences()
        self.details = words.details()
        self.numbers: Counter[tuple[str, int]] = Counter(
            {(one.series, one.year): one.last for one in NumberSeries.objects.all()})
        self.told: defaultdict[int, int] = defaultdict(int)

    # chance and time

    def pick(self, some: Sequence[T]) -> T:
        return some[int(self.rng.random() * len(some))]

    def chance(self, part: float) -> bool:
        return self.rng.random() < part

    def uuid(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    def code(self) -> str:
        return "-".join("".join(self.pick(ALPHABET) for _one in range(SIZE)) for _group in range(GROUPS))

    def day(self, back: int) -> date:
        """The day so many days ago; days to come, when negative."""
        return self.days[back] if back >= 0 else self.today + timedelta(days=-back)

    def moment(self, back: int) -> datetime:
        """Some moment of office hours so many days ago, never later than yesterday."""
        minute = int(self.rng.random() * 480)
        return datetime.combine(self.days[max(back, 1)], time(9 + minute // 60, minute % 60, minute % 59), calendar.ZONE)

    # what every row may need

    def number(self, sign: str, series: str, day: date, width: int) -> str:
        self.numbers[series, day.year] += 1
        return f"{sign}{day.year}-{self.numbers[series, day.year]:0{width}d}"

    def event(self, verb: str, model: type[models.Model], pk: int, at: datetime, by: int | None = None, *, before: str = "",
              after: str = "", data: dict[str, Any] | None = None) -> None:
        """One line of the log, as audit.write() makes it."""
        said = {"verb": verb, "app_label": model._meta.app_label, "model": str(model._meta.model_name), "object_id": str(pk),
                "actor_id": by, "actor_label": self.names.get(by, "") if by else "", "before": before, "after": after,
                "data": data or {}, "at": at}
        self.load.add(AuditEvent, **said, digest=audit.digest(AuditEvent(**said)))

    def find(self, model: type[models.Model], pk: int, **words: Any) -> None:
        """Let an object be found by its words."""
        row = search.entry_of(model, SimpleNamespace(pk=pk, **words))
        self.load.find(row.kind, pk, row.area, row.month, row.text, row.grams)

    def supervisor(self, task: int) -> int:
        """Who reviewed a reply: somebody of the supervision office of the district that is at work."""
        return self.here.supervision[task % len(self.here.supervision)]

    def notice(self, user: int, kind: str, model: type[models.Model], pk: int, at: datetime, **params: Any) -> None:
        """A few unread ones for everybody, the others read."""
        self.told[user] += 1
        self.load.add(Notice, user_id=user, kind=kind, app_label=model._meta.app_label, model=str(model._meta.model_name),
                      object_id=str(pk), params=params, created_at=at, post_after=at, posted_at=at,
                      read_at=at if self.told[user] > 12 else None)

    def end(self) -> None:
        """The numbers that come next."""
        for (series, year), last in sorted(self.numbers.items()):
            NumberSeries.objects.update_or_create(series=series, year=year, defaults={"last": last})


Say = Callable[[str], None]
