"""Waiting opinions that could be handled as one: of one place, handed in within a month, said in much the same words.

First the place and the time, then the words: of 50,000 opinions compared all with all hardly half of what belonged
together came together, and far too much besides. A group is a proposal with its reasons; a person decides.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max, Sum
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from consult.kit import calendar, jobs
from consult.opinions import similar
from consult.opinions.models import Opinion
from consult.opinions.similar import Rarity

#: How alike the members of a group are on average; measured on ``tests/data/alike.txt``.
ENOUGH = 0.28
#: What lies further apart is another matter by now.
APART = timedelta(days=31)
#: A pair that so many of a place use says nothing about a single matter: it names no two to be compared.
COMMON, FEW = 0.05, 20
#: Of one place so many are compared at once, and of a district so many at all, the oldest first: a worker needs some
#: 15 seconds for all of them in one place, and 2 in thirty places.
BLOCK, MOST = 800, 5000
#: Up to so many are grouped while somebody waits for the page.
AT_ONCE = 200
#: How long a proposal is kept, and how long one that was asked for is waited for, in seconds.
KEPT, ASKED = 7 * 24 * 3600, 600

#: Where: the project, else the subdistrict. An opinion without either stands alone.
Place = tuple[int | None, int | None]


@dataclass(frozen=True)
class Said:
    """What grouping knows of an opinion: where and when it was said, and in which words."""

    pk: int
    place: Place
    at: datetime
    signs: frozenset[str]


def place_of(opinion: Any) -> Place:
    return (opinion.project_id, None) if opinion.project_id else (None, opinion.subdistrict_id)


def read(opinions: Iterable[Any]) -> list[Said]:
    """One for each opinion, the names of its place left out of the words."""
    return [Said(one.pk, place_of(one), one.submitted_at, frozenset(similar.signs(similar.matter(one.text, one))))
            for one in opinions]


def group(said: Sequence[Said], known: Rarity) -> list[list[int]]:
    """The keys of those that belong together, two or more in each, the largest groups first."""
    found = []
    for block in blocks(said):
        for members in clusters(len(block), likeness(block, known)):
            found.append([block[n].pk for n in members])
    return sorted(found, key=lambda keys: (-len(keys), keys))


def blocks(said: Sequence[Said]) -> Iterator[list[Said]]:
    """Those of one place, the oldest first; very many are cut by time."""
    by_place = defaultdict(list)
    for one in sorted(said, key=lambda one: (one.at, one.pk)):
        if any(one.place):
            by_place[one.place].append(one)
    for block in by_place.values():
        for first in range(0, len(block), BLOCK):
            yield block[first:first + BLOCK]


def likeness(block: Sequence[Said], known: Rarity) -> dict[tuple[int, int], float]:
    """How alike two of a block are, for all that share a telling pair and lie no further apart than a month."""
    weight = {sign: known.weight(sign) for one in block for sign in one.signs}
    whole = [sum(weight[sign] for sign in one.signs) for one in block]
    users: dict[str, list[int]] = defaultdict(list)
    for n, one in enumerate(block):
        for sign in one.signs:
            if len(sign) > 1:
                users[sign].append(n)
    most = max(FEW, int(COMMON * len(block)))
    candidates = {pair for found in users.values() if len(found) <= most for pair in combinations(found, 2)}
    alike = {}
    for a, b in candidates:
        if block[b].at - block[a].at <= APART:
            shared = sum(weight[sign] for sign in block[a].signs & block[b].signs)
            alike[a, b] = (shared / (whole[a] + whole[b] - shared)) ** 0.5
    return alike


def clusters(size: int, alike: dict[tuple[int, int], float]) -> list[list[int]]:
    """The two most alike on average are joined, again and again, while they are alike enough.

    Two that were never compared count as not alike: a chain of neighbours doesn't grow into one group.
    """
    members = {n: [n] for n in range(size)}
    near: dict[int, dict[int, float]] = defaultdict(dict)
    for (a, b), score in alike.items():
        near[a][b] = near[b][a] = score
    waiting = [(-score, a, b) for (a, b), score in alike.items() if score >= ENOUGH]
    heapq.heapify(waiting)
    new = size
    while waiting:
        _score, a, b = heapq.heappop(waiting)
        if a not in members or b not in members:
            continue
        members[new] = members.pop(a) + members.pop(b)
        for other in (near[a].keys() | near[b].keys()) - {a, b}:
            if other in members:
                total = near[new][other] = near[other][new] = near[a].get(other, 0.0) + near[b].get(other, 0.0)
                mean = total / (len(members[new]) * len(members[other]))
                if mean >= ENOUGH:
                    heapq.heappush(waiting, (-mean, other, new))
        new += 1
    return [sorted(found) for found in members.values() if len(found) > 1]


def words_of(texts: Sequence[str], known: Rarity) -> tuple[str, ...]:
    """Why they are together: the words in the text most like the others that at least half of them share."""
    read = [similar.signs(text) for text in texts]
    counts = Counter(sign for one in read for sign in one)
    shared = {sign for sign, n in counts.items() if n > 1 and n * 2 >= len(texts)}
    core = max(range(len(texts)), key=lambda n: (sum(known.weight(sign) for sign in read[n] & shared), -n))
    return similar.telling(texts[core], shared, known)


# --- proposals ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Opinions that could be handled as one, the oldest first, and the words they share."""

    members: tuple[Opinion, ...]
    words: tuple[str, ...]

    @property
    def where(self) -> Any:
        """The project or subdistrict they are all about."""
        return self.members[0].project or self.members[0].subdistrict

    @property
    def spots(self) -> list[str]:
        """The places named, each once."""
        return list(dict.fromkeys(one.place for one in self.members if one.place))

    @property
    def tags(self) -> list[Any]:
        """What they are about, the most frequent first, each with how many say so."""
        return Counter(label for one in self.members for label in one.tag_labels).most_common()

    @property
    def since(self) -> datetime:
        return self.members[0].submitted_at


@dataclass(frozen=True)
class Proposal:
    """The groups of a district as keys, and when they were found. ``stale``: others wait by now; ``asked``: a worker is at it."""

    keys: tuple[tuple[int, ...], ...] = ()
    at: datetime | None = None
    stale: bool = False
    asked: bool = False


def waiting(jurisdiction_id: int) -> Any:
    """The waiting opinions of a district with the names of their places, the oldest first."""
    rows = Opinion.objects.waiting().filter(jurisdiction=jurisdiction_id)
    return rows.select_related(*similar.PLACES).order_by("submitted_at", "pk")


def proposal(jurisdiction_id: int, at: datetime) -> Proposal:
    """The groups of those that wait: found at once when they are few, else what was found last."""
    known, mark = cache.get(_key(jurisdiction_id)), _mark(jurisdiction_id)
    if known is None or known[0] != mark:
        if mark[0] <= AT_ONCE:
            known = find(jurisdiction_id, at)
        else:
            found, when = known[1:] if known else ((), None)
            return Proposal(found, when, stale=True, asked=cache.get(_key(jurisdiction_id, "asked")) is not None)
    return Proposal(known[1], known[2])


def find(jurisdiction_id: int, at: datetime) -> tuple[Any, ...]:
    """Group those that wait, and keep which belong together: keys, no words."""
    mark = _mark(jurisdiction_id)
    keys = group(read(waiting(jurisdiction_id)[:MOST]), similar.rarity(jurisdiction_id))
    known = (mark, tuple(map(tuple, keys)), at)
    cache.set(_key(jurisdiction_id), known, KEPT)
    return known


def ask(jurisdiction_id: int) -> None:
    """Let a worker group them anew; asked twice it is done once."""
    if cache.add(_key(jurisdiction_id, "asked"), True, ASKED):
        find_groups.enqueue(jurisdiction_id)


@task()
def find_groups(jurisdiction_id: int) -> int:
    """The queued job; gives the number of groups. Done twice it finds the same."""
    try:
        return len(find(jurisdiction_id, calendar.now())[1])
    finally:
        cache.delete(_key(jurisdiction_id, "asked"))


def _given_up(jurisdiction_id: int, *, reason: Any, at: datetime) -> None:
    cache.delete(_key(jurisdiction_id, "asked"))


jobs.declare(find_groups, _("Group the waiting opinions"), _given_up)


def described(members: Sequence[Opinion]) -> Group:
    """A group in words."""
    texts = [similar.matter(one.text, one) for one in members]
    return Group(tuple(members), words_of(texts, similar.rarity(members[0].jurisdiction_id)))


def _mark(jurisdiction_id: int) -> tuple[int, int, int]:
    """What changes when others wait."""
    told = Opinion.objects.waiting().filter(jurisdiction=jurisdiction_id).order_by().aggregate(
        n=Count("pk"), last=Max("pk"), sum=Sum("pk"))
    return told["n"], told["last"] or 0, told["sum"] or 0


def _key(jurisdiction_id: int, what: str = "found") -> str:
    return f"opinions.groups.{jurisdiction_id}.{what}"
