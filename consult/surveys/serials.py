"""The number of a sheet of paper: 12-0037-4 is sheet 37 of survey 12, with a check digit against slips of the hand."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.kit import digits

#: Sheets of one survey; more are not printed.
MOST = 9999


def written(survey: int, sheet: int) -> str:
    """As it stands on the sheet."""
    return f"{survey}-{sheet:04d}-{_check(survey, sheet)}"


def read(survey: int, text: str) -> int:
    """The sheet's place among those of ``survey``, from the number as it was typed: whole, or without the survey's own.

    Raises ValidationError with a sentence that says what is wrong with it.
    """
    parts = re.findall(r"[0-9]+", unicodedata.normalize("NFKC", text)[:40])
    if len(parts) == 1 and len(parts[0]) > 1:
        run = parts[0].removeprefix(str(survey)) if len(parts[0]) == len(str(survey)) + 5 else parts[0]
        parts = [run[:-1], run[-1]]
    if len(parts) not in (2, 3) or len(parts[-1]) != 1 or len(parts[-2]) > 6:
        raise ValidationError(_("This is no number of a sheet: it looks like %(like)s.") % {"like": written(survey, 37)})
    if len(parts) == 3 and int(parts[0]) != survey:
        raise ValidationError(_("This sheet belongs to another survey (No. %(other)s).") % {"other": parts[0]})
    sheet = int(parts[-2])
    if int(parts[-1]) != _check(survey, sheet):
        raise ValidationError(_("The last digit does not fit: please compare the number with the sheet, digit by digit."))
    return sheet


def _check(survey: int, sheet: int) -> int:
    return digits.luhn(f"{survey}{sheet:04d}")
