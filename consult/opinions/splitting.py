"""One opinion that holds two matters becomes two: the words of the second are taken from the first, which stays as it was."""

import re
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar, numbering, search
from consult.kit.states import move
from consult.opinions import claims, notices, rules
from consult.opinions.models import Opinion
from consult.opinions.states import OpinionState, Tag
from consult.opinions.telling import tell

SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*[”’」』）)]*")
CLAUSE = re.compile(r"[^。！？!?；;\n，,]+[。！？!?；;，,]*[”’」』）)]*")
#: What both have from the one who spoke.
SAME = ("jurisdiction_id", "subdistrict_id", "community_id", "project_id", "place", "channel", "identity_mode", "resident_id",
        "bearer_id", "entered_by_id", "submitted_at", "deidentified_at")


def pieces(text: str) -> list[str]:
    """The sentences of a text; of a text of one sentence its clauses."""
    found = [piece.strip() for piece in SENTENCE.findall(text) if piece.strip()]
    return found if len(found) > 1 else [piece.strip() for piece in CLAUSE.findall(text) if piece.strip()]


def first_of(opinion: Opinion) -> Opinion:
    """The opinion as it was handed in: the one with the receipt."""
    return opinion.split_from or opinion


def others(opinion: Opinion) -> QuerySet[Opinion]:
    """The other matters of what was handed in at once."""
    first = opinion.split_from_id or opinion.pk
    return Opinion.objects.filter(Q(pk=first) | Q(split_from=first)).exclude(pk=opinion.pk).order_by("id")


def split(opinion: Opinion, *, chosen: Iterable[int], tags: Iterable[str] = (), message: str, by: Any,
          at: datetime) -> Opinion:
    """Split a second matter off; gives the new opinion. ``chosen``: the places of its sentences in ``pieces``.

    It has its own number and its own age (that of the first), is reached with the first one's receipt, and shares its
    sealed identity, which stays with the first.
    """
    claims.unheld(opinion, by, at)
    parts, places = pieces(opinion.text), sorted(set(chosen))
    if not places or not set(places) < set(range(len(parts))):
        raise ValidationError({"chosen": _("Choose the sentences of the second matter: at least one, and not all of them.")})
    if not set(tags := list(tags)) <= set(Tag.values):
        raise ValidationError({"tags": _("Choose from the list.")})
    year = calendar.local_date(at).year
    with transaction.atomic():
        made = Opinion(key=uuid.uuid4(), text="".join(parts[n] for n in places), tags=tags or opinion.tags,
                       split_from=first_of(opinion), **{name: getattr(opinion, name) for name in SAME})
        made.number = f"YJ{year}-{numbering.next_number('opinions', year):05d}"
        move(opinion, "split", by=by, at=at, rule=rules.may_split, data={"into": made.number})
        made.save(force_insert=True)
        search.put(made)
        audit.write("opinions.split_off", made, by=by, at=at, after=made.state, data={"from": opinion.number})
        if opinion.state == OpinionState.ACCEPTED:
            move(made, "accept", by=by, at=at, rule=rules.may_accept, accepted_at=opinion.accepted_at)
        tell(opinion, message.replace("{number}", made.number), by, at)
        notices.told("split", opinion, at)
    return made
