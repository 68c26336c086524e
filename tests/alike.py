"""The labelled set of ``tests/data/alike.txt``, what is counted on it, and opinions made in any number from its sentences."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from consult.opinions import groups, similar

FILE = Path(__file__).parent / "data" / "alike.txt"
CLAUSE = re.compile("[，。？、；！]")
#: The same in other words; a medium edit says it so.
OTHERWISE = {"希望": "盼", "没有": "未", "什么时候": "哪天", "老人": "老年人", "孩子": "小孩", "请": "麻烦", "建议": "能否",
             "一直": "始终", "小区": "院里", "到底": "究竟", "晚上": "夜间", "住户": "居民", "太": "特别", "解决": "处理"}


@dataclass(frozen=True)
class Line:
    """One sentence; ``theme`` begins with @ when it is a place; ``words``: without the name of the place."""

    matter: int
    theme: str
    text: str

    @property
    def words(self) -> str:
        return similar.matter(self.text, _Somewhere(self.theme[1:])) if self.theme.startswith("@") else self.text


class _Somewhere:
    """An opinion of a community, as far as its names go."""

    project = subdistrict = None

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def community(self) -> "_Somewhere":
        return self


@dataclass(frozen=True)
class Figures:
    """What was found among pairs of which some belong together."""

    found: int
    wrong: int
    alike: int

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.alike

    @property
    def f1(self) -> float:
        return 2 * self.found / (self.found + self.wrong + self.alike)


def lines() -> list[Line]:
    made, matter, theme = [], 0, ""
    for line in (line.strip() for line in FILE.read_text("utf-8").splitlines()):
        if line.startswith("## "):
            theme = line[3:]
        elif line and not line.startswith("#"):
            made.append(Line(matter, theme, line))
        elif not line:
            matter += 1
    return made


def of_themes(line: Line) -> bool:
    """The part on which method and threshold were chosen."""
    return not line.theme.startswith("@")


def of_places(line: Line) -> bool:
    """The part they had not seen."""
    return line.theme.startswith("@")


def scores(found: Sequence[Line]) -> Iterator[tuple[Line, Line, float]]:
    """How alike any two are, by what is common in the whole file."""
    known = similar.counted(line.words for line in lines())
    read = [similar.signs(line.words) for line in found]
    for a, b in combinations(range(len(found)), 2):
        yield found[a], found[b], similar.alike(read[a], read[b], known)


def count(pairs: Sequence[tuple[Line, Line, float]], enough: float, *, hard: bool) -> Figures:
    """Pairs at a threshold; ``hard``: the negatives are only those of the same theme or place."""
    right = sum(score >= enough for a, b, score in pairs if a.matter == b.matter)
    wrong = sum(score >= enough for a, b, score in pairs if a.matter != b.matter and (not hard or a.theme == b.theme))
    return Figures(right, wrong, sum(a.matter == b.matter for a, b, _score in pairs))


def grouped(found: Sequence[Line], *, apart: bool) -> Figures:
    """The groups found in one block of all, or with ``apart`` in one of each theme or place; counted in pairs."""
    themes = sorted({line.theme for line in found})
    at = datetime(2026, 11, 2, tzinfo=UTC)
    said = [groups.Said(n, (themes.index(line.theme) + 1 if apart else 1, None), at, frozenset(similar.signs(line.words)))
            for n, line in enumerate(found)]
    together = [pair for keys in groups.group(said, similar.counted(line.words for line in lines()))
                for pair in combinations(keys, 2)]
    right = sum(found[a].matter == found[b].matter for a, b in together)
    return Figures(right, len(together) - right,
                   sum(a.matter == b.matter for a, b in combinations(found, 2)))


# --- in any number ------------------------------------------------------------------------------------------------


class Maker:
    """Opinions from clauses of the labelled set, of places without number, and words that say nothing; repeatable."""

    def __init__(self, seed: int = 4) -> None:
        self.dice = random.Random(seed)
        self.by_theme: dict[str, list[str]] = {}
        for line in lines():
            self.by_theme.setdefault(line.theme, []).extend(part for part in CLAUSE.split(line.text) if len(part) > 3)
        clauses = [part for found in self.by_theme.values() for part in found]
        self.words = sorted({part[at:at + n] for part in clauses for n in (2, 3) for at in range(len(part) - n + 1)})
        self.dice.shuffle(self.words)
        self.weights = [1 / (n + 3) for n in range(len(self.words))]  # a few words are said by everybody, most by hardly anyone

    def place(self) -> str:
        first, second = (self.dice.choice("东西南北上下前后大小金石水柳杨白青龙凤庙") for _n in range(2))
        return f"{first}{second}{self.dice.choice('家桥沟庄湾坡店营')}{self.dice.randint(1, 40)}号"

    def chatter(self, n: int) -> str:
        return "".join(self.dice.choices(self.words, self.weights, k=n))

    def opinion(self) -> str:
        """What everybody says: two or three clauses of one theme, at some place, and words of one's own."""
        theme = self.dice.choice(sorted(self.by_theme))
        parts = [f"{self.place()}{self.dice.choice(self.by_theme[theme])}", *self.dice.sample(self.by_theme[theme], 2),
                 self.chatter(self.dice.randint(4, 24)), self.chatter(self.dice.randint(4, 16))]
        return "，".join(parts) + "。"

    def light(self, text: str) -> str:
        """Five characters in a hundred mistyped, left out or doubled."""
        return self._typed(text, 0.05)

    def medium(self, text: str) -> str:
        """The clauses in another order, some words said otherwise, eight characters in a hundred changed."""
        parts = [part for part in CLAUSE.split(text) if part]
        self.dice.shuffle(parts)
        told = "，".join(parts) + "。"
        for said, other in OTHERWISE.items():
            told = told.replace(said, other)
        return self._typed(told, 0.08)

    def heavy(self, text: str) -> str:
        """A third of the clauses left out, something else said instead, twelve characters in a hundred changed."""
        parts = [part for part in CLAUSE.split(text) if part]
        kept = self.dice.sample(parts, max(1, len(parts) * 2 // 3))
        return self._typed("，".join([*kept, self.chatter(8)]) + "。", 0.12)

    def _typed(self, text: str, share: float) -> str:
        told = []
        for sign in text:
            chance = self.dice.random()
            if chance > share:
                told.append(sign)
            elif chance < share / 3:
                told.append(self.dice.choice(self.dice.choice(self.words)))
            elif chance < share * 2 / 3:
                told.append(sign * 2)
        return "".join(told)

    @property
    def edits(self) -> dict[str, Callable[[str], str]]:
        return {"light": self.light, "medium": self.medium, "heavy": self.heavy}
