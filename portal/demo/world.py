"""The time of the demonstration: stories told side by side, each verb at its own moment of the last months."""

import heapq
import random
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from consult.kit import calendar
from consult.opinions.models import Opinion
from consult.people.models import CommitteeMember, Department, User
from consult.topics.models import Topic
from portal.demo.district import District

#: Where `--until` may stop, in the order of the loop.
STAGES = ("opinions", "topics", "consultations", "recommendations", "briefings", "instructions", "tasks", "replies",
          "look-backs", "evaluations", "cases")
(OPINIONS, TOPICS, CONSULTATIONS, RECOMMENDATIONS, BRIEFINGS, INSTRUCTIONS, TASKS, REPLIES, LOOK_BACKS, EVALUATIONS,
 CASES) = STAGES

#: So many working days ago everything begins: about eleven months.
BEGINNING = 212
#: Further back the days are spread a little, differently for each seed.
EXACT = 90
AHEAD = 60

#: What a story yields: the stage that comes next, how many working days ago, and the hour where it matters.
Step = tuple[str, int] | tuple[str, int, time]
Story = Generator[Step, None, Any]


@dataclass
class World:
    """The district, the clock of the step in progress, and what the stories have made so far."""

    seed: int
    now: datetime
    days: dict[int, date] = field(default_factory=dict)
    district: District = field(init=False)
    at: datetime = field(init=False)
    voices: dict[str, list[Opinion]] = field(default_factory=dict)
    said: dict[tuple[str, int], Opinion] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.days = _days(self.now, self.rng)
        self.at = self.moment(BEGINNING, time(9, 0))

    @property
    def today(self) -> date:
        return calendar.local_date(self.at)

    def who(self, username: str) -> User:
        return self.district.users[username]

    def member(self, username: str) -> CommitteeMember:
        return self.district.members[username]

    def body(self, key: str) -> Department:
        return self.district.departments[key]

    def day(self, back: int) -> date:
        """The working day so many working days ago; ahead, when negative."""
        return self.days[back]

    def moment(self, back: int, hour: time) -> datetime:
        return datetime.combine(self.day(back), hour, calendar.ZONE)

    def tick(self, least: int = 2, most: int = 8) -> datetime:
        """A few minutes later on the same day."""
        self.at = min(self.at + timedelta(minutes=self.rng.randint(least, most)), self.now)
        return self.at


def _days(now: datetime, rng: random.Random) -> dict[int, date]:
    """Day 0 is the last working day with a morning behind it; far days drift apart by chance."""
    local = now.astimezone(calendar.ZONE)
    present = calendar.is_workday(local.date()) and local.time() >= time(10, 30)
    day = local.date() if present else calendar.add_workdays(local.date(), -1)
    found = {-n: calendar.add_workdays(day, n) for n in range(AHEAD)}
    for back in range(1, BEGINNING + 10):
        step = 2 if back > EXACT and rng.random() < 0.05 else 1
        found[back] = day = calendar.add_workdays(day, -step)
    return found


def play(world: World, stories: Iterable[Story], until: str) -> None:
    """Tell all stories in the order of time, each as far as ``until``."""
    waiting: list[tuple[datetime, int, Story]] = []
    for order, story in enumerate(stories):
        _wait(world, waiting, order, story, until)
    while waiting:
        world.at, order, story = heapq.heappop(waiting)
        _wait(world, waiting, order, story, until)


def _wait(world: World, waiting: list[tuple[datetime, int, Story]], order: int, story: Story, until: str) -> None:
    """Let a story go on to its next step, and queue that, unless it has ended or has come to a later stage."""
    try:
        stage, *when = next(story)
    except StopIteration:
        return
    if STAGES.index(stage) > STAGES.index(until):
        story.close()
        return
    heapq.heappush(waiting, (_at(world, *when), order, story))  # type: ignore[arg-type]


def _at(world: World, back: int, hour: time | None = None) -> datetime:
    """The moment of a step: in office hours, after what the story did before, never in the future."""
    if hour is None:
        minute = world.rng.randrange(4 * 60)
        hour = time(9 + minute // 60, minute % 60) if minute < 120 else time(13 + (minute - 120) // 60, minute % 60)
    wanted = world.moment(back, hour)
    if wanted <= world.at:
        wanted = world.at + timedelta(minutes=world.rng.randint(3, 15))
    return min(wanted, world.now - timedelta(minutes=1))
