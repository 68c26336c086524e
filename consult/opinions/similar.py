"""Which opinions say the same: shared pairs of characters, the project and the tags; every hit can say why."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from consult.opinions.models import Opinion
from consult.opinions.states import OpinionState

#: How many of the newest opinions are looked at, and from which score on a hit is worth showing.
LOOKED_AT = 400
ENOUGH = 0.22
#: Pairs that say nothing: they stand in every letter.
EMPTY_PAIRS = frozenset((
    "我们", "你们", "他们", "这个", "那个", "没有", "不是", "就是", "可以", "什么", "怎么",
    "现在", "已经", "希望", "能不", "不能", "请问", "因为", "所以", "但是", "还是", "一个",
))
AWAY = (OpinionState.MERGED, OpinionState.DECLINED, OpinionState.ARCHIVED)


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
    """The pairs of neighbouring characters of a text, without punctuation, empty words and figures (telephones)."""
    runs = re.findall(r"[^\W\d]+", unicodedata.normalize("NFKC", text).casefold())
    return {run[n:n + 2] for run in runs for n in range(len(run) - 1)} - EMPTY_PAIRS


def compare(opinion: Opinion, other: Opinion) -> Match:
    """How alike two opinions are. Shared pairs count against the shorter text; project and tags add a little."""
    mine, theirs = pairs(opinion.text), pairs(other.text)
    shared = mine & theirs
    alike = len(shared) / max(min(len(mine), len(theirs)), 1)
    tags = tuple(tag for tag in opinion.tags if tag in other.tags)
    same_project = opinion.project_id is not None and opinion.project_id == other.project_id
    score = min(0.8 * alike + 0.1 * same_project + 0.05 * min(len(tags), 2), 1.0)
    return Match(other, score, tuple(longest(opinion.text, shared)), same_project, tags)


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


def similar(opinion: Opinion, limit: int = 5) -> list[Match]:
    """The opinions of the same district that are most alike, the best first."""
    others = (Opinion.objects.filter(jurisdiction=opinion.jurisdiction_id).exclude(pk=opinion.pk)
              .exclude(state__in=AWAY).order_by("-submitted_at", "-id"))
    near = list(others.filter(project=opinion.project_id)[:LOOKED_AT]) if opinion.project_id else []
    far = [other for other in others[:LOOKED_AT] if other.project_id != opinion.project_id or not opinion.project_id]
    found = [compare(opinion, other) for other in (*near, *far)]
    hits = [match for match in found if match.score >= ENOUGH and match.words]
    return sorted(hits, key=lambda match: (-match.score, -match.opinion.pk))[:limit]
