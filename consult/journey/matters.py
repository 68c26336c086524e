"""What is already being said and done about a matter, as far as everybody may know: topics, consultations and cases, and

how many opinions say something similar. No word of any resident is part of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Consultation
from consult.kit import search
from consult.kit.rules import Sentence
from consult.opinions import similar
from consult.opinions.models import Opinion
from consult.opinions.similar import Rarity, pairs, rarity
from consult.showcases.models import Case
from consult.showcases.states import CaseState
from consult.topics.joining import takes
from consult.topics.models import Topic

#: Shorter texts say too little to be compared.
SHORTEST = 8
#: Fewer similar opinions than these are not counted aloud: somebody could know who spoke.
FEWEST = 5
#: How much of what a title says must be in the text, and how many pairs of characters at least.
ENOUGH, SHARED = 0.3, 2
COMPARED, SHOWN, COUNTED = 40, 4, 100


@dataclass(frozen=True)
class Matter:
    """Something public about the same; ``joins``: the topic one more voice can be added to."""

    kind: Sentence
    obj: Any
    title: str
    words: str
    score: float
    joins: Topic | None = None


@dataclass(frozen=True)
class Known:
    """What there is already; ``others`` is None for so few that they are not counted aloud."""

    matters: list[Matter]
    others: int | None = None


def about(text: str, district: int, at: datetime) -> Known:
    """The public matters most like a text, and how many similar opinions came in within half a year; a fixed number of
    queries, whatever there is."""
    if len(text.strip()) < SHORTEST:
        return Known([])
    mine, known = pairs(text), rarity(district)
    rare = similar.rarest(mine, known)
    found = [*_topics(rare, mine, known, district), *_consultations(rare, mine, known, district),
             *_cases(rare, mine, known, district)]
    return Known(sorted(found, key=lambda one: -one.score)[:SHOWN], _others(text, district, at))


def _others(text: str, district: int, at: datetime) -> int | None:
    probe = Opinion(jurisdiction_id=district, submitted_at=at)
    count = len(similar.like(text, probe, limit=COUNTED))
    return count if count >= FEWEST else None


def _near(public: QuerySet[Any], rare: list[str], district: int) -> list[Any]:
    """Public objects that share the rarest pairs; rooms after the opinions are indexed without area and month."""
    ids = search.nearest(public.model, rare, area=None, months=[None], limit=COMPARED)
    return list(public.filter(pk__in=ids, jurisdiction=district))


def _share(words: str, mine: set[str], known: Rarity) -> float:
    """How much of what the words say is in the text, rare pairs counting most; 0 when it is too little."""
    theirs = pairs(words)
    both = mine & theirs
    every = sum(map(known.weight, theirs))
    share = sum(map(known.weight, both)) / every if every else 0.0
    return share if len(both) >= SHARED and share >= ENOUGH else 0.0


def _topics(rare: list[str], mine: set[str], known: Rarity, district: int) -> list[Matter]:
    rows = _near(Topic.objects.open_to_public(), rare, district)
    scored = [(max(_share(row.title, mine, known), _share(row.focus, mine, known)), row) for row in rows]
    return [Matter(_("Topic"), row, row.title, row.focus, score, row if takes(row) else None) for score, row in scored if score]


def _consultations(rare: list[str], mine: set[str], known: Rarity, district: int) -> list[Matter]:
    rows = _near(Consultation.objects.open_to_public().select_related("topic"), rare, district)
    return [Matter(_("Consultation"), row, row.title, row.topic.focus, score)
            for row in rows if (score := _share(row.title, mine, known))]


def _cases(rare: list[str], mine: set[str], known: Rarity, district: int) -> list[Matter]:
    rows = _near(Case.objects.filter(state=CaseState.PUBLISHED), rare, district)
    return [Matter(_("Public case"), row, row.title, "", score) for row in rows if (score := _share(row.title, mine, known))]
