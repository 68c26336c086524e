"""The verbs of a survey on paper: number the sheets, enter them one after another, take one out that was entered wrongly."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar
from consult.kit.rules import require
from consult.kit.states import WrongState, lock
from consult.surveys import rules, serials
from consult.surveys.actions import Given, keep, rows_of
from consult.surveys.models import Response, Survey
from consult.surveys.states import Channel, SurveyState

#: Sheets numbered at a time, and those in one file: what is set on paper in a few seconds.
AT_ONCE, IN_A_FILE = 500, 20


def number_sheets(survey: Survey, *, number: int, by: Any, at: datetime) -> tuple[Survey, int, int]:
    """Give ``number`` new sheets their numbers, first to last, so that each can be entered once."""
    if not 1 <= number <= AT_ONCE:
        raise ValidationError({"number": _("From 1 to %(most)s sheets at a time.") % {"most": AT_ONCE}})
    with transaction.atomic():
        fresh = _opened(survey, by)
        first, last = fresh.sheets + 1, _numbered(fresh, number)
        audit.write("surveys.number_sheets", fresh, by=by, at=at, data={"first": first, "last": last})
    survey.sheets = fresh.sheets
    return survey, first, last


def files(survey: Survey) -> list[tuple[int, int]]:
    """First and last sheet of each file to print, in the order they were numbered."""
    runs = [event.data for event in audit.trail_of(survey).filter(verb="surveys.number_sheets")]
    return [(start, min(start + IN_A_FILE - 1, run["last"]))
            for run in runs for start in range(run["first"], run["last"] + 1, IN_A_FILE)]


def enter(survey: Survey, *, serial: str, answers: Mapping[int, Given], key: UUID, by: Any, at: datetime) -> Response:
    """Copy one sheet by hand. It counts once by its number; without one (photocopied, torn off) it gets the next free one.

    Sheets come in after the last day for answers, too: they are taken until the survey is closed.
    """
    known = Response.objects.filter(survey=survey, key=key)
    if made := known.first():
        return made
    with transaction.atomic():
        fresh = _opened(survey, by)
        if made := known.all().first():  # sent twice at the same moment
            return made
        sheet = _sheet(fresh, serial) if serial.strip() else _numbered(fresh, 1)
        made = keep(Response(survey=fresh, key=key, answered_on=calendar.local_date(at), channel=Channel.PAPER, serial=sheet,
                             entered_by=by), rows_of(fresh, answers))
        audit.write("surveys.enter", made, by=by, at=at, data={"sheet": serials.written(fresh.pk, sheet)})
    return made


def void(survey: Survey, *, serial: str, reason: str, by: Any, at: datetime) -> Response:
    """Take out a sheet that was entered wrongly; it may then be entered anew. The wrong one stays on record, uncounted."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say what was entered wrongly.")})
    with transaction.atomic():
        fresh = _opened(survey, by)
        sheet = _read(fresh, serial)
        found = fresh.responses.counted().select_for_update(of=("self",)).filter(serial=sheet).first()
        if found is None:
            raise ValidationError({"serial": _("No sheet with this number is entered.")})
        found.survey = fresh
        require(rules.may_void, by, found)
        found.voided_at, found.voided_by, found.void_reason = at, by, reason.strip()[:300]
        found.save(update_fields=["voided_at", "voided_by", "void_reason"])
        for about in (found, fresh):
            audit.write("surveys.void", about, by=by, at=at,
                        data={"sheet": serials.written(fresh.pk, sheet), "reason": found.void_reason})
    return found


def _opened(survey: Survey, by: Any) -> Survey:
    """The locked row, if sheets may still be numbered, entered and taken out, by this person."""
    fresh = lock(survey)
    require(rules.may_enter, by, fresh)
    if fresh.state != SurveyState.OPENED:
        raise WrongState(_("This survey is not open for answers."))
    return fresh


def _numbered(fresh: Survey, number: int) -> int:
    if fresh.sheets + number > serials.MOST:
        raise ValidationError(_("A survey has at most %(most)s sheets.") % {"most": serials.MOST})
    fresh.sheets += number
    fresh.save(update_fields=["sheets"])
    return fresh.sheets


def _read(fresh: Survey, serial: str) -> int:
    try:
        return serials.read(fresh.pk, serial)
    except ValidationError as wrong:
        raise ValidationError({"serial": wrong}) from wrong


def _sheet(fresh: Survey, serial: str) -> int:
    """The number of a sheet that was printed and is not entered yet."""
    sheet = _read(fresh, serial)
    if not 1 <= sheet <= fresh.sheets:
        raise ValidationError({"serial": _("No sheet with this number was printed yet: the last one is %(last)s.") % {
            "last": serials.written(fresh.pk, fresh.sheets)}})
    if known := fresh.responses.counted().filter(serial=sheet).select_related("entered_by").first():
        raise ValidationError({"serial": _("This sheet was entered already, on %(day)s by %(who)s: it is counted once. If that "
                                           "entry is wrong, take it out first; if this is a photocopy, tick that it has no "
                                           "number of its own.") % {"day": known.answered_on, "who": known.entered_by}})
    return sheet
