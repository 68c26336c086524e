"""Which opinions say the same: the pairs of characters they share, rare ones counting most; every hit can say why."""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import cache

from consult.kit import calendar, search
from consult.kit.bigrams import grams
from consult.opinions.models import Opinion
from consult.opinions.states import OpinionState

#: How alike two texts are from which on it is worth showing; measured on ``tests/data/alike.txt``.
ENOUGH = 0.22
#: Only the same half year: what was said long before is another matter by now.
WINDOW = timedelta(days=180)
#: The index is asked for the rarest pairs, and names this many to be compared.
RAREST, COMPARED = 24, 100
#: How rare a pair is, the newest opinions of the district tell; counted again after ten minutes.
SAMPLE, KEPT = 1000, 600
#: Pairs that say nothing: they stand in every letter.
EMPTY_PAIRS = frozenset((
    "我们", "你们", "他们", "这个", "那个", "没有", "不是", "就是", "可以", "什么", "怎么",
    "现在", "已经", "希望", "能不", "不能", "请问", "因为", "所以", "但是", "还是", "一个",
))
AWAY = (OpinionState.MERGED, OpinionState.DECLINED, OpinionState.ARCHIVED)


@dataclass(frozen=True)
class Rarity:
    """In how many of ``size`` opinions a pair occurs; pairs that occur once are left out."""

    counts: Mapping[str, int]
    size: int

    def weight(self, pair: str) -> float:
        """What sharing the pair tells: much for a rare one, next to nothing for one that everybody writes."""
        return math.log((self.size + 1) / (min(self.counts.get(pair, 1), self.size) + 0.5))


@dataclass(frozen=True)
class Match:
    """Another opinion, how alike (0 to 1), and the reasons: shared words, the same project, shared tags."""

    opinion: Opinion
    score: float
    words: tuple[str, ...]
    same_project: bool
    tags: tuple[str, ...]

    @property
    def per_cent(self) -> int:
        return round(self.score * 100)


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring Chinese characters and the words of a text, without empty ones and without figures."""
    return {gram for gram in grams(text) if len(gram) > 1 and not any(sign.isdigit() for sign in gram)} - EMPTY_PAIRS


def rarity(jurisdiction_id: int) -> Rarity:
    """How rare pairs are in the district."""
    key = f"opinions.rarity.{jurisdiction_id}"
    known = cache.get(key)
    if known is None:
        texts = Opinion.objects.heard().filter(jurisdiction=jurisdiction_id).values_list("text", flat=True)[:SAMPLE]
        counts = Counter(pair for text in texts for pair in pairs(text))
        known = Rarity({pair: n for pair, n in counts.items() if n > 1}, len(texts))
        cache.set(key, known, KEPT)
    return known


def alike(mine: set[str], theirs: set[str], known: Rarity) -> float:
    """0 to 1: what the shared pairs weigh against all of both texts (Jaccard), as a root: most texts share little."""
    every = sum(map(known.weight, mine | theirs))
    return math.sqrt(sum(map(known.weight, mine & theirs)) / every) if every else 0.0


def similar(opinion: Opinion, limit: int = 5) -> list[Match]:
    """The opinions of the same district and half year that are most alike, the best first."""
    return like(opinion.text, opinion, limit=limit)


def like(text: str, opinion: Opinion, *, limit: int = 5) -> list[Match]:
    """The opinions most like a text; ``opinion`` says where, when and about what it is said, and is not its own hit."""
    mine, known, at = pairs(text), rarity(opinion.jurisdiction_id), opinion.submitted_at
    ids = search.nearest(Opinion, rarest(mine, known), area=opinion.jurisdiction_id, limit=COMPARED + 1,
                         months=months(calendar.local_date(at - WINDOW), calendar.local_date(at + WINDOW)))
    others = (Opinion.objects.heard().filter(pk__in=ids, submitted_at__range=(at - WINDOW, at + WINDOW))
              .exclude(pk=opinion.pk).exclude(state__in=AWAY))
    found = [match for other in others if (match := compare(text, mine, opinion, other, known))]
    return sorted(found, key=lambda match: (-match.score, -match.opinion.pk))[:limit]


def rarest(mine: set[str], known: Rarity) -> list[str]:
    """The pairs to ask the index for: the rarest that others are known to use, and as many nobody used lately."""
    used = sorted(mine & known.counts.keys(), key=lambda pair: (known.counts[pair], pair))
    return used[:RAREST] + sorted(mine - known.counts.keys())[:RAREST]


def months(first: date, last: date) -> list[int]:
    """The months from the one to the other day, as yyyymm."""
    return [n // 12 * 100 + n % 12 + 1 for n in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)]


def compare(text: str, mine: set[str], opinion: Opinion, other: Opinion, known: Rarity) -> Match | None:
    """The match, or None when the texts are not alike enough; project and tags only change the order."""
    theirs = pairs(other.text)
    score = alike(mine, theirs, known)
    if score < ENOUGH:
        return None
    tags = tuple(tag for tag in opinion.tags if tag in other.tags)
    same_project = opinion.project_id is not None and opinion.project_id == other.project_id
    score = min(score + 0.05 * same_project + 0.02 * min(len(tags), 2), 1.0)
    return Match(other, score, tuple(longest(text, mine & theirs)), same_project, tags)


def longest(text: str, shared: set[str], at_most: int = 4) -> Iterable[str]:
    """The longest runs of ``text`` made of shared pairs, as the words to show."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    runs, run = set(), ""
    for n in range(len(plain)):
        if plain[n:n + 2] in shared:
            run = run or plain[n]
            run += plain[n + 1]
        elif run:
            runs.add(run)
            run = ""
    return sorted(runs, key=lambda found: (-len(found), found))[:at_most]
