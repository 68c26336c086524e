"""The verbs of annexes: texts bound behind a draft, in the plain marks of Markdown."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from consult.briefings import rules
from consult.briefings.checks import check_annex
from consult.briefings.models import Annex, Briefing
from consult.briefings.sending import drafted
from consult.kit import audit

#: More would not be bound behind one paper.
MOST = 10


def add_annex(briefing: Briefing, *, title: str, text: str, by: Any, at: datetime) -> Annex:
    """Bind one more text behind a draft. Raises ValidationError by field; errors in the marks name the line."""
    with transaction.atomic():
        fresh = drafted(briefing, rules.may_edit, by)
        if fresh.annexes.count() >= MOST:
            raise ValidationError(_("A paper has %(limit)s annexes at most.") % {"limit": MOST})
        last = fresh.annexes.aggregate(last=Max("order"))["last"] or 0
        made = Annex(briefing=fresh, order=last + 1, title=title.strip(), text=text.strip())
        check_annex(made)
        made.save()
        audit.write("briefings.add_annex", fresh, by=by, at=at, data={"title": made.title})
    return made


def edit_annex(briefing: Briefing, *, annex: Annex, title: str, text: str, by: Any, at: datetime) -> Annex:
    """Change the words of an annex of a draft."""
    with transaction.atomic():
        fresh = drafted(briefing, rules.may_edit, by)
        found = _own(fresh, annex)
        found.title, found.text = title.strip(), text.strip()
        check_annex(found)
        found.save()
        audit.write("briefings.edit_annex", fresh, by=by, at=at, data={"title": found.title})
    return found


def drop_annex(briefing: Briefing, *, annex: Annex, by: Any, at: datetime) -> Briefing:
    """Take an annex away from a draft."""
    with transaction.atomic():
        fresh = drafted(briefing, rules.may_edit, by)
        found = _own(fresh, annex)
        audit.write("briefings.drop_annex", fresh, by=by, at=at, data={"title": found.title})
        found.delete()
    return briefing


def move_annex(briefing: Briefing, *, annex: Annex, place: int, by: Any, at: datetime) -> Briefing:
    """Put an annex at a place: 1 comes first, beyond the last is last."""
    with transaction.atomic():
        fresh = drafted(briefing, rules.may_edit, by)
        found = _own(fresh, annex)
        row = [one for one in fresh.annexes.all() if one.pk != found.pk]
        row.insert(max(place - 1, 0), found)
        for number, one in enumerate(row, 1):
            one.order = number
        Annex.objects.bulk_update(row, ["order"])
        audit.write("briefings.move_annex", fresh, by=by, at=at, data={"title": found.title, "place": row.index(found) + 1})
    return briefing


def _own(briefing: Briefing, annex: Annex) -> Annex:
    found = briefing.annexes.filter(pk=annex.pk).first()
    if found is None:
        raise ValidationError({"annex": _("The list has changed in the meantime. Please look at it again.")})
    return found
