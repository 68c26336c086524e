"""A sheet of opinions comes in: checked as a whole first, then all at once in one transaction, each row once for all time."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import attachments, audit, calendar, numbering, sealing, search, sheets
from consult.kit.rules import require
from consult.opinions import checking, columns, identity, notices, rules
from consult.opinions.checking import Report, Row
from consult.opinions.models import ImportBatch, Opinion, SealedIdentity
from consult.opinions.states import OpinionState
from consult.people.models import Jurisdiction, Subdistrict

#: Rows written with one statement of each kind.
CHUNK = 500
#: What stands in place of the version of our consent wording: the hotline asked, not we.
CONSENT = "hotline"
#: Sealed at most so often, if the key is changed while the rows are sealed.
TRIES = 3

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Brought:
    """What became of a sheet; ``batch`` is None when nothing came in."""

    report: Report
    batch: ImportBatch | None = None


class _Rekeyed(Exception):
    """The sealing key was changed while the rows were sealed."""


def bring_in(file: IO[bytes], *, name: str, jurisdiction: Jurisdiction, by: Any, at: datetime, partial: bool = False,
             progress: Progress = lambda done, of: None) -> Brought:
    """Bring in the good rows of a sheet: all of them or none, unless ``partial``; a row that is there stays as it is.

    ``by`` is somebody of the office, or None for who works at the machine itself. Killed at any point it leaves nothing:
    rows, numbers, identities and events are one transaction. ``progress(done, of)`` is called now and then.
    Raises sheets.Unreadable, Denied.
    """
    if by is not None:
        require(rules.may_import, by, Opinion(jurisdiction=jurisdiction))
    report, rows = checking.check(file, jurisdiction, at=at)
    if not rows or (report.errors and not partial):
        return Brought(report)
    batch = ImportBatch(name=attachments.safe_name(name)[:120], sha256=fingerprint(file), imported_by=by, imported_at=at)
    for left in reversed(range(TRIES)):
        try:
            return Brought(report, _keep(batch, rows, jurisdiction, report, progress))
        except _Rekeyed:
            if not left:
                raise ValidationError(_("The key for identities is being changed. Please try again later.")) from None
    raise AssertionError("unreachable")


def fingerprint(file: IO[bytes]) -> str:
    """SHA-256 of the whole file."""
    file.seek(0, io.SEEK_SET)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _keep(batch: ImportBatch, rows: list[Row], home: Jurisdiction, report: Report, progress: Progress) -> ImportBatch | None:
    """File the rows. Sealing takes longest and is done before, so that nobody else waits for it."""
    key_id = sealing.present_id()
    made = [_made(row, batch, home) for row in rows]
    with transaction.atomic():
        year = calendar.local_date(batch.imported_at).year
        # Whoever files an opinion waits here: from now on nobody else adds one that is among ours.
        numbering.next_numbers("opinions", year, 0)
        made = [pair for some in _chunks(made) for pair in _unknown(some, home)]
        if not made:
            return None
        batch.pk, batch.rows = None, len(made)
        batch.save(force_insert=True)
        numbers = numbering.next_numbers("opinions", year, len(made))
        for number, (opinion, _sealed) in zip(numbers, made, strict=True):
            opinion.number, opinion.batch = f"YJ{year}-{number:05d}", batch
        for done, some in enumerate(_chunks(made), 1):
            _file(some, batch)
            progress(min(done * CHUNK, len(made)), len(made))
        if any(sealed.key_id != key_id for _opinion, sealed in made if sealed) or sealing.present_id() != key_id:
            raise _Rekeyed
        audit.write("opinions.import_sheet", batch, by=batch.imported_by, at=batch.imported_at, data={
            "rows": len(made), "left_out": len(report.errors), "duplicates": len(report.duplicates), "sha256": batch.sha256})
        notices.brought_in(batch, home.pk)
    return batch


def _chunks(made: list[Any]) -> Iterator[list[Any]]:
    return (made[at:at + CHUNK] for at in range(0, len(made), CHUNK))


Pair = tuple[Opinion, SealedIdentity | None]


def _made(row: Row, batch: ImportBatch, home: Jurisdiction) -> Pair:
    """The opinion of a row, and who said it, sealed; the row forgets it."""
    handed_in = row.submitted_at or batch.imported_at
    opinion = Opinion(key=row.key, jurisdiction=home, text=row.text, external_no=row.number, submitted_at=handed_in,
                      entered_by=batch.imported_by, **row.values)
    if not row.contact:
        return opinion, None
    sealed = SealedIdentity(consent_version=CONSENT, consented_at=handed_in)
    identity.seal_into(sealed, row.contact, opinion)
    row.contact = {}
    return opinion, sealed


def _unknown(some: list[Pair], home: Jurisdiction) -> list[Pair]:
    """Those nobody brought in since they were checked."""
    known = checking.known_of(home.pk, [opinion.key for opinion, _sealed in some],
                              [opinion.external_no for opinion, _sealed in some])
    return [pair for pair in some if pair[0].key not in known and pair[0].external_no not in known]


def _file(some: list[Pair], batch: ImportBatch) -> None:
    """As actions.submit files one opinion; the office hears of all of them together."""
    opinions = Opinion.objects.bulk_create([opinion for opinion, _sealed in some])
    for opinion, sealed in some:
        if sealed:
            sealed.opinion = opinion
    SealedIdentity.objects.bulk_create([sealed for _opinion, sealed in some if sealed])
    search.put(*opinions)
    audit.write_all("opinions.submit", opinions, by=batch.imported_by, at=batch.imported_at, after=OpinionState.SUBMITTED,
                    data={"batch": batch.pk})


# --- the report, to take away -------------------------------------------------------------------------------------


def rows_of(report: Report, home: Jurisdiction, most: int | None = None) -> list[tuple[int, str, str, str]]:
    """(row, column, what is wrong, how to mend it): errors, then doubles, each in the order of the sheet."""
    names = [str(one) for one in Subdistrict.objects.filter(jurisdiction=home)]
    found = (report.errors + report.duplicates)[:most]
    return [(one.row, one.column, *checking.explained(one, names)) for one in found]


def workbook(report: Report, home: Jurisdiction) -> bytes:
    """The report as .xlsx."""
    return sheets.written(str(_("Rows")), [_("Row"), _("Column"), _("What is wrong"), _("How to mend it")],
                          rows_of(report, home), (8, 18, 48, 60))


def notes_of(report: Report) -> list[tuple[Any, int]]:
    """What was done with cells that fit nowhere, in words, and how often."""
    return [(checking.NOTES[code], report.notes[code]) for code in checking.NOTES if report.notes[code]]


def columns_of(report: Report) -> list[tuple[str, str, Any]]:
    """(letter, heading, what it is read as)."""
    return [(letter, heading, columns.FIELDS[name]) for letter, heading, name in report.columns]
