"""Which opinions say the same: the characters and pairs of characters they share, rare ones counting most.

Every hit can say why: the words that both use. The index is asked by pairs; what it names is compared by both. On
``tests/data/alike.txt`` (``make bench-similar``) the best F1 is .80 by pairs alone and by words that a dictionary cuts
(jieba), .87 by characters and pairs, to which jieba adds nothing, .88 as they are weighed here: the same is said in
other words, and the words share characters.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from django.core.cache import cache

from consult.kit import calendar, search
from consult.kit.bigrams import HAN, grams, plain
from consult.opinions.models import Opinion

#: How alike two texts are from which on it is worth showing; measured on ``tests/data/alike.txt``.
ENOUGH = 0.31
#: What a single character tells against a pair as rare, and how much more the rare tell than the common.
SINGLE, POWER = 2.0, 1.5
#: Only the same half year: what was said long before is another matter by now.
WINDOW = timedelta(days=180)
#: The index is asked for so many of the rarest pairs, fewer when the sample below uses them more often (at 100,000
#: opinions that halves the time and finds the same), and names so many opinions to be compared.
RAREST, LEAST_ASKED, USES, COMPARED = 24, 8, 100, 100
#: How rare a pair is, the newest opinions of the district tell; counted again after ten minutes.
SAMPLE, KEPT = 1000, 600
#: Where few have spoken yet, what they share is not common for that: rarity is that among at least so many.
LEAST = 100
#: Pairs that say nothing: they stand in every letter.
EMPTY_PAIRS = frozenset((
    "我们", "你们", "他们", "这个", "那个", "没有", "不是", "就是", "可以", "什么", "怎么",
    "现在", "已经", "希望", "能不", "不能", "请问", "因为", "所以", "但是", "还是", "一个",
))
EMPTY_SIGNS = frozenset("的了是在有我们你他她这那个不也就都还要到说和跟把被给让很太吗呢啊吧请着过去来上下里能可以没")
#: A word that is shown neither begins nor ends with these.
JOINING = "的了是我们你他她这那个也就都还和跟把被让很太吗呢啊吧"
#: What a place is called in a sentence, without the kind of place.
KIND_OF_PLACE = re.compile("(街道|社区|片区|小区|项目|村|镇)$")
_SIGN = re.compile(f"[{HAN}]")
#: What is read with an opinion, so that the names of its place need no query of their own.
PLACES = ("project", "subdistrict", "community")


@dataclass(frozen=True)
class Rarity:
    """In how many of ``size`` opinions a character or pair occurs; those that occur once are left out."""

    counts: Mapping[str, int]
    size: int

    def weight(self, sign: str) -> float:
        """What sharing it tells: much for a rare one, next to nothing for one that everybody writes."""
        rare = math.log((self.size + 1) / (min(self.counts.get(sign, 1), self.size) + 0.5))
        return (rare * (SINGLE if len(sign) == 1 else 1.0)) ** POWER


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


def signs(text: str) -> set[str]:
    """What texts are compared by: the pairs, and the characters by themselves, without those that only join words."""
    return pairs(text) | set(_SIGN.findall(plain(text))) - EMPTY_SIGNS


def matter(text: str, opinion: Any) -> str:
    """The text without the name of its place: that both live in one village doesn't make it one matter."""
    named = (str(where.name) for where in (getattr(opinion, name) for name in PLACES) if where)
    forms = {form for one in named for form in (one, KIND_OF_PLACE.sub("", one)) if len(form) > 1}
    for form in sorted(forms, key=len, reverse=True):  # the whole name before the part of it
        text = text.replace(form, " ")
    return text


def rarity(jurisdiction_id: int) -> Rarity:
    """How rare characters and pairs are in the district."""
    key = f"opinions.rarity.{jurisdiction_id}"
    known = cache.get(key)
    if known is None:
        texts = Opinion.objects.heard().filter(jurisdiction=jurisdiction_id).values_list("text", flat=True)
        known = counted(texts[:SAMPLE])
        cache.set(key, known, KEPT)
    return known


def counted(texts: Iterable[str]) -> Rarity:
    """How rare characters and pairs are in some texts."""
    read = [signs(text) for text in texts]
    counts = Counter(sign for one in read for sign in one)
    return Rarity({sign: n for sign, n in counts.items() if n > 1}, max(len(read), LEAST))


def alike(mine: set[str], theirs: set[str], known: Rarity) -> float:
    """0 to 1: what the shared signs weigh against all of both texts (Jaccard), as a root: most texts share little."""
    every = sum(map(known.weight, mine | theirs))
    return math.sqrt(sum(map(known.weight, mine & theirs)) / every) if every else 0.0


def similar(opinion: Opinion, limit: int = 5) -> list[Match]:
    """The opinions of the same district and half year that are most alike, the best first."""
    return like(opinion.text, opinion, limit=limit)


def like(text: str, opinion: Opinion, *, limit: int = 5) -> list[Match]:
    """The opinions most like a text; ``opinion`` says where, when and about what it is said, and is not its own hit."""
    said, known, at = matter(text, opinion), rarity(opinion.jurisdiction_id), opinion.submitted_at
    ids = search.nearest(Opinion, rarest(pairs(said), known), area=opinion.jurisdiction_id, limit=COMPARED + 1,
                         months=months(calendar.local_date(at - WINDOW), calendar.local_date(at + WINDOW)))
    others = (Opinion.objects.standing().filter(pk__in=ids, submitted_at__range=(at - WINDOW, at + WINDOW))
              .exclude(pk=opinion.pk).select_related(*PLACES))
    mine = signs(said)
    found = [match for other in others if (match := compare(said, mine, opinion, other, known))]
    return sorted(found, key=lambda match: (-match.score, -match.opinion.pk))[:limit]


def rarest(mine: set[str], known: Rarity) -> list[str]:
    """The pairs to ask the index for: the rarest that others are known to use, and as many nobody used lately."""
    used = sorted(mine & known.counts.keys(), key=lambda pair: (known.counts[pair], pair))[:RAREST]
    together = list(accumulate(known.counts[pair] for pair in used))
    asked = max(LEAST_ASKED, sum(uses <= USES for uses in together))
    return used[:asked] + sorted(mine - known.counts.keys())[:RAREST]


def months(first: date, last: date) -> list[int]:
    """The months from the one to the other day, as yyyymm."""
    return [n // 12 * 100 + n % 12 + 1 for n in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)]


def compare(text: str, mine: set[str], opinion: Opinion, other: Opinion, known: Rarity) -> Match | None:
    """The match, or None when the texts are not alike enough; project and tags only change the order."""
    theirs = signs(matter(other.text, other))
    score = alike(mine, theirs, known)
    words = telling(text, mine & theirs, known)
    if score < ENOUGH or not words:
        return None
    tags = tuple(tag for tag in opinion.tags if tag in other.tags)
    same_project = opinion.project_id is not None and opinion.project_id == other.project_id
    score = min(score + 0.05 * same_project + 0.02 * min(len(tags), 2), 1.0)
    return Match(other, score, words, same_project, tags)


def telling(text: str, shared: set[str], known: Rarity, at_most: int = 4) -> tuple[str, ...]:
    """The words to show as the reason: the runs of ``text`` made of shared pairs that weigh most."""
    flat = unicodedata.normalize("NFKC", text).casefold()
    runs, run = {sign: known.weight(sign) for sign in shared if sign.isascii() and len(sign) > 2}, ""
    for n in range(len(flat)):
        pair = flat[n:n + 2]
        if len(pair) == 2 and pair in shared:
            run = (run or pair[0]) + pair[1]
        elif run:
            word = run.strip(JOINING)
            word, run = word if len(word) > 1 else run, ""
            runs[word] = sum(known.weight(word[at:at + 2]) for at in range(len(word) - 1))
    return tuple(sorted(runs, key=lambda found: (-runs[found], found))[:at_most])
