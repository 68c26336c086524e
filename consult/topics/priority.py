"""How urgent a topic seems: points for voices, matters, stage and age, each with its reason; people decide."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consult.kit import calendar
from consult.opinions.models import Opinion
from consult.opinions.states import Tag
from consult.renewal.models import RenewalProject
from consult.renewal.states import Stage
from consult.topics.models import Topic
from consult.topics.states import Priority

#: (from this many voices, points); the first that fits counts.
VOICES = ((10, 3), (5, 2), (2, 1))
#: (from this many days since the oldest voice, points).
AGE = ((90, 2), (30, 1))
HIGH_FROM, NORMAL_FROM = 4, 2
SIGNING_SOON = 30
#: What touches a household's money, home or safety directly.
PRESSING = frozenset({Tag.COMPENSATION, Tag.OWNERSHIP, Tag.HOUSING, Tag.TRANSITION_FEE, Tag.SIGNING, Tag.SITE})
#: Stages in which rights are being decided: what is talked over later comes too late.
DECIDING = frozenset({Stage.PLAN, Stage.DECISION, Stage.VALUATION, Stage.SIGNING, Stage.MOVING, Stage.ALLOTMENT})


@dataclass(frozen=True)
class Reason:
    """One reason: the sentence, and the points it gives."""

    sentence: str
    points: int


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


def suggest(topic: Topic, today: date) -> Suggestion:
    """The suggestion for an open topic."""
    return weigh(opinions_of(topic), topic.project, topic.stage, today)


def weigh(opinions: list[Opinion], project: RenewalProject, stage: str, today: date) -> Suggestion:
    """The suggestion for voices about a project in a stage, on a day."""
    found = (_voices(opinions), _matter(opinions), _stage(stage), _signing(project, today), _age(opinions, today))
    reasons = tuple(reason for reason in found if reason)
    points = sum(reason.points for reason in reasons)
    priority = Priority.HIGH if points >= HIGH_FROM else Priority.NORMAL if points >= NORMAL_FROM else Priority.LOW
    return Suggestion(priority, reasons)


def _points(number: int, table: tuple[tuple[int, int], ...]) -> int:
    return next((points for least, points in table if number >= least), 0)


def _voices(opinions: list[Opinion]) -> Reason | None:
    n = len(opinions)
    if not n:
        return None
    return Reason(ngettext("%(n)d person spoke of it", "%(n)d people spoke of it", n) % {"n": n}, _points(n, VOICES))


def _matter(opinions: list[Opinion]) -> Reason | None:
    pressing = [str(Tag(tag).label) for tag in Tag.values if tag in PRESSING and any(tag in o.tags for o in opinions)]
    if not pressing:
        return None
    return Reason(_("it touches homes, money or safety: %(tags)s") % {"tags": _(", ").join(pressing[:3])}, 1)


def _stage(stage: str) -> Reason | None:
    if stage not in DECIDING:
        return None
    return Reason(_("in the stage “%(stage)s” rights are being decided") % {"stage": Stage(stage).label}, 1)


def _signing(project: RenewalProject, today: date) -> Reason | None:
    left = (project.signing_until - today).days if project.signing_until else -1
    if not 0 <= left <= SIGNING_SOON:
        return None
    return Reason(ngettext("signing closes in %(n)d day", "signing closes in %(n)d days", left) % {"n": left}, 1)


def _age(opinions: list[Opinion], today: date) -> Reason | None:
    if not opinions:
        return None
    days = (today - min(calendar.local_date(opinion.submitted_at) for opinion in opinions)).days
    points = _points(days, AGE)
    if not points:
        return None
    return Reason(ngettext("the oldest opinion has waited %(n)d day", "the oldest opinion has waited %(n)d days", days)
                  % {"n": days}, points)
