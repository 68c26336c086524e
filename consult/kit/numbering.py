"""Numbers that run without a gap in each series and year; a voided number stays on record."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit
from consult.kit.models import NumberSeries


def next_number(series: str, year: int) -> int:
    """The next number, held under a row lock until the caller's transaction ends; rolled back, it is given again."""
    return next_numbers(series, year, 1)[0]


def next_numbers(series: str, year: int, count: int) -> range:
    """The next ``count`` numbers at once, as next_number() gives one."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("next_number() must be called in the transaction that uses it")
    row = _locked(series, year)
    row.last += count
    row.save(update_fields=["last"])
    return range(row.last - count + 1, row.last + 1)


def _locked(series: str, year: int) -> NumberSeries:
    NumberSeries.objects.get_or_create(series=series, year=year)
    return NumberSeries.objects.select_for_update().get(series=series, year=year)


def void(series: str, year: int, number: int, *, by: Any, at: datetime, reason: str) -> None:
    """Keep a given number on record as void; it is never given again. Voiding twice is refused."""
    with transaction.atomic():
        row = _locked(series, year)
        if not 1 <= number <= row.last:
            raise ValidationError(_("Number %(number)s was never given.") % {"number": number})
        if any(entry["number"] == number for entry in row.voided):
            raise ValidationError(_("Number %(number)s is void already.") % {"number": number})
        row.voided.append({"number": number, "at": at.isoformat(), "by": str(by or ""), "reason": reason})
        row.save(update_fields=["voided"])
        audit.write("kit.void_number", row, by=by, at=at,
                    data={"series": series, "year": year, "number": number, "reason": reason})


def voided(series: str, year: int) -> list[int]:
    """The void numbers of a series and year, in order."""
    rows = NumberSeries.objects.filter(series=series, year=year).values_list("voided", flat=True)
    return sorted(entry["number"] for row in rows for entry in row)
