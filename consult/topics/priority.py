"""How urgent a topic seems: what is so, times the weight of it, each with its reason; people decide."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consult.kit import calendar
from consult.kit.rules import Sentence
from consult.opinions.models import Opinion
from consult.opinions.states import Tag
from consult.people.models import Jurisdiction
from consult.renewal.models import RenewalProject
from consult.renewal.states import Stage
from consult.topics.models import Topic, TopicOpinion, Weighting
from consult.topics.states import BEFORE_TALKS, Factor, Priority

#: (from this many voices, steps); the first that fits counts.
VOICES = ((10, 3), (5, 2), (2, 1))
#: (from this many days since the oldest voice, steps).
AGE = ((90, 2), (30, 1))
SIGNING_SOON = 30
#: What touches a household's money, home or safety directly.
PRESSING = frozenset({Tag.COMPENSATION, Tag.OWNERSHIP, Tag.HOUSING, Tag.TRANSITION_FEE, Tag.SIGNING, Tag.SITE})
#: Stages in which rights are being decided: what is talked over later comes too late.
DECIDING = frozenset({Stage.PLAN, Stage.DECISION, Stage.VALUATION, Stage.SIGNING, Stage.MOVING, Stage.ALLOTMENT})
#: What one point of weight counts for, factor by factor.
MEANING: dict[str, Sentence] = {
    Factor.VOICES: gettext_lazy("From 2 people 1 step, from 5 people 2, from 10 people 3; merged opinions count."),
    Factor.MATTER: gettext_lazy("1 step when somebody speaks of compensation, ownership, housing, the temporary-housing fee, "
                                "signing or the building site."),
    Factor.STAGE: gettext_lazy("1 step in the stages plan notice, decision, valuation, signing, moving and choosing homes."),
    Factor.SIGNING: gettext_lazy("1 step when signing closes within 30 days."),
    Factor.AGE: gettext_lazy("1 step after 30 days, 2 steps after 90 days."),
}
#: So many waiting topics are put in order at once.
MOST = 200


class Weights(NamedTuple):
    """A weight for each factor, and the points from which a priority is normal or high."""

    voices: int = 1
    matter: int = 1
    stage: int = 1
    signing: int = 1
    age: int = 1
    normal_from: int = 2
    high_from: int = 4

    def of(self, factor: str) -> int:
        return int(getattr(self, factor))

    def priority(self, points: int) -> Priority:
        return Priority.HIGH if points >= self.high_from else Priority.NORMAL if points >= self.normal_from else Priority.LOW


#: What holds where nobody set anything else.
DEFAULT = Weights()


@dataclass(frozen=True)
class Fact:
    """Something that is so, in words, and how many steps it is."""

    factor: Factor
    sentence: str
    steps: int


@dataclass(frozen=True)
class Reason:
    """One reason: the fact, and the weight it has."""

    fact: Fact
    weight: int

    @property
    def sentence(self) -> str:
        return self.fact.sentence

    @property
    def points(self) -> int:
        return self.fact.steps * self.weight

    @property
    def sum(self) -> str:
        """How the points come about: 3 steps × weight 2 = 6 points."""
        steps = ngettext("%(n)d step", "%(n)d steps", self.fact.steps) % {"n": self.fact.steps}
        points = ngettext("%(n)d point", "%(n)d points", self.points) % {"n": self.points}
        return _("%(steps)s × weight %(weight)d = %(points)s") % {"steps": steps, "weight": self.weight, "points": points}


@dataclass(frozen=True)
class Suggestion:
    """A suggested priority with the reasons behind it."""

    priority: Priority
    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int:
        return sum(reason.points for reason in self.reasons)

    @property
    def sentence(self) -> str:
        """The reasons in one line, as a first wording of the reason for the priority."""
        return _("; ").join(reason.sentence for reason in self.reasons)[:200]


def opinions_of(topic: Topic) -> list[Opinion]:
    """The voices of a topic, and the opinions merged into them."""
    ids = list(topic.voices.values_list("opinion_id", flat=True))
    return list(Opinion.objects.filter(pk__in=ids)) + list(Opinion.objects.filter(merged_into__in=ids))


def tags_of(opinions: Iterable[Opinion]) -> list[tuple[str, int]]:
    """What the voices are about: (label, how many), the most frequent first."""
    counted = Counter(tag for opinion in opinions for tag in opinion.tags if tag in Tag.values)
    return [(str(Tag(tag).label), n) for tag, n in counted.most_common()]


# --- weights --------------------------------------------------------------------------------------------------------


def in_force(jurisdiction: Jurisdiction | int, on: date) -> Weighting | None:
    """The row that holds in a district on a day: the one that began last."""
    return Weighting.objects.filter(jurisdiction=jurisdiction, valid_from__lte=on).order_by("valid_from").last()


def weights(jurisdiction: Jurisdiction | int, on: date) -> Weights:
    row = in_force(jurisdiction, on)
    return weights_of(row) if row else DEFAULT


def weights_of(row: Weighting) -> Weights:
    return Weights(*(getattr(row, name) for name in Weights._fields))


# --- one topic ------------------------------------------------------------------------------------------------------


def suggest(topic: Topic, today: date) -> Suggestion:
    """The suggestion for an open topic."""
    return weigh(opinions_of(topic), topic.project, topic.stage, today)


def weigh(opinions: list[Opinion], project: RenewalProject, stage: str, today: date,
          by: Weights | None = None) -> Suggestion:
    """The suggestion for voices about a project in a stage, on a day; by the weights of the district unless others are given."""
    said = [Said(opinion.tags, opinion.submitted_at) for opinion in opinions]
    return judged(facts(said, project, stage, today), by or weights(project.jurisdiction_id, today))


def judged(facts: Iterable[Fact], by: Weights) -> Suggestion:
    """The facts times their weights; what has no weight is no reason."""
    reasons = tuple(Reason(fact, by.of(fact.factor)) for fact in facts if by.of(fact.factor))
    return Suggestion(by.priority(sum(reason.points for reason in reasons)), reasons)


# --- all that wait --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """A waiting topic in the order of its points, by the weights that hold and by others: places count from 1."""

    topic: Topic
    now: Suggestion
    then: Suggestion
    place_now: int
    place_then: int

    @property
    def up(self) -> int:
        """By how many places it goes up; negative: down."""
        return self.place_now - self.place_then


def order(topics: Any, now: Weights, then: Weights, today: date) -> list[Placed]:
    """The waiting ones of ``topics``, as they would stand by ``then``. Four queries, however many they are."""
    waiting = list(topics.filter(state__in=BEFORE_TALKS).select_related("project").order_by("planned_on", "pk")[:MOST])
    said = said_of(waiting)
    found = [(topic, facts(said[topic.pk], topic.project, topic.stage, today)) for topic in waiting]
    judgements = {topic.pk: (judged(known, now), judged(known, then)) for topic, known in found}
    places = [_places(waiting, {pk: both[n].points for pk, both in judgements.items()}) for n in (0, 1)]
    rows = [Placed(topic, *judgements[topic.pk], places[0][topic.pk], places[1][topic.pk]) for topic in waiting]
    return sorted(rows, key=lambda row: row.place_then)


def _places(waiting: list[Topic], points: Mapping[int, int]) -> dict[int, int]:
    """Most points first; of equals, what is planned earlier."""
    return {topic.pk: n for n, topic in enumerate(sorted(waiting, key=lambda topic: -points[topic.pk]), 1)}


class Said(NamedTuple):
    """Of one opinion, what the score asks: what it is about, and since when it waits."""

    tags: list[str]
    at: datetime


def said_of(topics: list[Topic]) -> dict[int, list[Said]]:
    """For each topic its voices and those merged into them."""
    found: dict[int, list[Said]] = defaultdict(list)
    voices = TopicOpinion.objects.filter(topic__in=topics).values_list("opinion_id", "topic_id")
    home = dict(voices)
    for mine, into, tags, at in Opinion.objects.filter(Q(pk__in=home) | Q(merged_into__in=home)).values_list(
            "pk", F("merged_into"), "tags", "submitted_at"):
        found[home.get(mine) or home[into]].append(Said(tags, at))
    return found


# --- facts ----------------------------------------------------------------------------------------------------------


def facts(said: list[Said], project: RenewalProject, stage: str, today: date) -> tuple[Fact, ...]:
    """What speaks for urgency, in the order of the factors."""
    found = (_voices(said), _matter(said), _stage(stage), _signing(project, today), _age(said, today))
    return tuple(fact for fact in found if fact)


def _steps(number: int, table: tuple[tuple[int, int], ...]) -> int:
    return next((steps for least, steps in table if number >= least), 0)


def _voices(said: list[Said]) -> Fact | None:
    n = len(said)
    if not n:
        return None
    return Fact(Factor.VOICES, ngettext("%(n)d person spoke of it", "%(n)d people spoke of it", n) % {"n": n}, _steps(n, VOICES))


def _matter(said: list[Said]) -> Fact | None:
    pressing = [str(Tag(tag).label) for tag in Tag.values if tag in PRESSING and any(tag in one.tags for one in said)]
    if not pressing:
        return None
    told = _("it touches homes, money or safety: %(tags)s") % {"tags": _(", ").join(pressing[:3])}
    return Fact(Factor.MATTER, told, 1)


def _stage(stage: str) -> Fact | None:
    if stage not in DECIDING:
        return None
    return Fact(Factor.STAGE, _("in the stage “%(stage)s” rights are being decided") % {"stage": Stage(stage).label}, 1)


def _signing(project: RenewalProject, today: date) -> Fact | None:
    left = (project.signing_until - today).days if project.signing_until else -1
    if not 0 <= left <= SIGNING_SOON:
        return None
    return Fact(Factor.SIGNING, ngettext("signing closes in %(n)d day", "signing closes in %(n)d days", left) % {"n": left}, 1)


def _age(said: list[Said], today: date) -> Fact | None:
    if not said:
        return None
    days = (today - min(calendar.local_date(one.at) for one in said)).days
    steps = _steps(days, AGE)
    if not steps:
        return None
    return Fact(Factor.AGE, ngettext("the oldest opinion has waited %(n)d day", "the oldest opinion has waited %(n)d days", days)
                % {"n": days}, steps)
