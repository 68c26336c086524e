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
#: It is the same matter when so much of what a title says is in the text, or a word of at least three characters
#: (过渡费, 安置房) that weighs so much by itself.
ENOUGH, WORD, WEIGHT = 0.3, 3, 2.5
#: Pairs of questions; together they would make a word of nothing.
ASKING = frozenset(("么时", "时候", "多久", "多长", "长时", "时间", "么办", "办理", "何时", "多少", "问题", "政府", "区的",
                    "我家", "家里"))
COMPARED, SHOWN, COUNTED = 40, 3, 100


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
    mine, known = pairs(text) - ASKING, rarity(district)
    rare = similar.rarest(mine, known)
    topics = _topics(rare, mine, known, district)
    named = {one.obj.pk for one in topics}
    talks = [one for one in _consultations(rare, mine, known, district) if one.obj.topic_id not in named]
    found = [*topics, *talks, *_cases(rare, mine, known, district)]
    return Known(sorted(found, key=lambda one: -one.score)[:SHOWN], _others(text, district, at))


def _others(text: str, district: int, at: datetime) -> int | None:
    probe = Opinion(jurisdiction_id=district, submitted_at=at)
    count = len(similar.like(text, probe, limit=COUNTED))
    return count if count >= FEWEST else None


def _near(public: QuerySet[Any], rare: list[str], district: int) -> list[Any]:
    """Public objects that share the rarest pairs; rooms after the opinions are indexed without area and month."""
    ids = search.nearest(public.model, rare, area=None, months=[None], limit=COMPARED)
    return list(public.filter(pk__in=ids, jurisdiction=district))


def _score(title: str, more: str, mine: set[str], known: Rarity) -> float:
    """What title and further words share with the text, rare pairs counting most; 0 when it is another matter."""
    theirs = pairs(title)
    both = mine & (theirs | pairs(more))
    every = sum(map(known.weight, theirs))
    much = len(both) > 1 and sum(map(known.weight, mine & theirs)) >= ENOUGH * every
    return sum(map(known.weight, both)) if much or any(_weighs(run, known) for run in _runs(f"{title}\n{more}", both)) else 0.0


def _runs(words: str, both: set[str]) -> list[str]:
    return [run for run in similar.longest(words, both) if len(run) >= WORD]


def _weighs(run: str, known: Rarity) -> bool:
    return sum(known.weight(run[n:n + 2]) for n in range(len(run) - 1)) >= WEIGHT


def _topics(rare: list[str], mine: set[str], known: Rarity, district: int) -> list[Matter]:
    rows = _near(Topic.objects.open_to_public(), rare, district)
    return [Matter(_("Topic"), row, row.title, row.focus, score, row if takes(row) else None)
            for row in rows if (score := _score(row.title, row.focus, mine, known))]


def _consultations(rare: list[str], mine: set[str], known: Rarity, district: int) -> list[Matter]:
    rows = _near(Consultation.objects.open_to_public().select_related("topic"), rare, district)
    return [Matter(_("Consultation"), row, row.title, row.topic.focus, score)
            for row in rows if (score := _score(row.title, "", mine, known))]


def _cases(rare: list[str], mine: set[str], known: Rarity, district: int) -> list[Matter]:
    rows = _near(Case.objects.filter(state=CaseState.PUBLISHED), rare, district)
    return [Matter(_("Public case"), row, row.title, "", score) for row in rows
            if (score := _score(row.title, "", mine, known))]
