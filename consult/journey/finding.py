"""What somebody looks for, over everything they may see: each room's own sight, one index."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery

from consult.briefings.models import Briefing
from consult.consultations.models import Consultation
from consult.followups.models import Bulletin, Difficulty, LookBack
from consult.kit import search
from consult.kit.models import SearchText
from consult.kit.rules import Sentence, visibility
from consult.opinions.models import Opinion
from consult.recommendations.models import Recommendation
from consult.renewal.models import RenewalProject
from consult.showcases.models import Case
from consult.surveys.models import Survey
from consult.tasks.models import Task
from consult.topics.models import Topic

#: Along the loop; within a kind the newest come first.
KINDS: dict[str, type[models.Model]] = {model._meta.label_lower.rpartition(".")[2]: model for model in (
    Opinion, Survey, Topic, Consultation, Recommendation, Briefing, Task, LookBack, Difficulty, Bulletin, Case, RenewalProject)}
NEWEST: dict[type[models.Model], tuple[str, ...]] = {Opinion: ("-submitted_at", "-id")}
#: Characters of a line that are shown around the first word found in it, and how many such lines.
WIDTH, LINES = 90, 2


@dataclass(frozen=True)
class Hit:
    """One object, and the lines of it that hold the words: masked, as they are kept for searching."""

    object: Any
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """The newest hits of one kind; ``more``: there are others."""

    kind: str
    label: Sentence
    hits: list[Hit]
    more: bool


def find(user: Any, text: str, *, limit: int, kind: str = "", offset: int = 0) -> list[Group]:
    """The objects the user may see that hold every word of ``text``, by kind, at most ``limit`` of each; none for no words."""
    asked = search.words(text)
    chosen = {kind: KINDS[kind]} if kind else KINDS
    groups = [_group(name, model, user, text, asked, limit, offset) for name, model in chosen.items()] if asked else []
    return [group for group in groups if group.hits]


def _group(kind: str, model: Any, user: Any, text: str, asked: list[str], limit: int, offset: int) -> Group:
    seen = visibility(model, user)
    rows = [] if seen.query.is_empty() else list(
        search.narrow(seen, text).order_by(*NEWEST.get(model, ("-pk",)))
        .annotate(found_in=Subquery(SearchText.objects.filter(
            kind=model._meta.label_lower, object_id=OuterRef("pk")).values("text")))[offset:offset + limit + 1])
    hits = [Hit(row, lines(row.found_in, asked, str(getattr(row, "title", "") or row))) for row in rows[:limit]]
    return Group(kind, model._meta.verbose_name_plural, hits, len(rows) > limit)


def lines(text: str, asked: list[str], title: str = "") -> tuple[str, ...]:
    """The lines of a text in which words occur, cut around the first of them; without what the title says already."""
    found = []
    for line in text.splitlines():
        places = [place for word in asked if (place := line.casefold().find(word.casefold())) >= 0]
        if places and line != title:
            start = max(min(places) - WIDTH // 3, 0) if len(line) > WIDTH else 0
            cut = line[start:start + WIDTH]
            found.append(("…" if start else "") + cut + ("…" if start + WIDTH < len(line) else ""))
    return tuple(found[:LINES])
