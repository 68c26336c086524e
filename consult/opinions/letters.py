"""The office's own usual words for each outcome: begun with those of the product, changed by whoever writes to people."""

import re
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, secrecy
from consult.kit.rules import require
from consult.opinions import rules, wording
from consult.opinions.models import TriageTemplate
from consult.opinions.states import Letter, Outcome, Reason
from consult.people.models import Jurisdiction

#: What stands in braces is filled in for each opinion.
GAPS: dict[str, tuple[str, ...]] = {Letter.MERGE: ("number",), Letter.ADOPT: ("title",), Letter.DECLINE: ("reason",)}
GAP = re.compile(r"{(\w*)}")


def of(jurisdiction_id: int | None, outcome: str, reason: str = "") -> list[TriageTemplate]:
    """The words in use for an outcome, the first being the usual ones."""
    return list(TriageTemplate.objects.filter(jurisdiction=jurisdiction_id, outcome=outcome, reason=reason, active=True))


def book(jurisdiction_id: int | None) -> dict[tuple[str, str], str]:
    """(outcome, reason) -> the usual words, all read at once."""
    rows = TriageTemplate.objects.filter(jurisdiction=jurisdiction_id, active=True).order_by("-order", "-id")
    return {(outcome, reason): text for outcome, reason, text in rows.values_list("outcome", "reason", "text")}


def usual(jurisdiction_id: int | None, outcome: str, reason: str = "", **names: Any) -> str:
    """The words a form begins with: the office's own, else those of the product. ``names``: title, number."""
    return from_book(book(jurisdiction_id), outcome, reason, **names)


def from_book(known: dict[tuple[str, str], str], outcome: str, reason: str = "", **names: Any) -> str:
    text = known.get((outcome, reason)) or known.get((outcome, ""))
    if text is None:
        return product(outcome, reason, **names)
    with translation.override(wording.LETTERS_IN):
        return filled(text, **({"reason": str(Reason(reason).label)} if reason else {}), **names)


def filled(text: str, **names: Any) -> str:
    return GAP.sub(lambda gap: str(names.get(gap[1], "……")), text)


def product(outcome: str, reason: str = "", **names: Any) -> str:
    """The words that come with the product."""
    return wording.plain(wording.ACCEPTED) if outcome == Letter.ACCEPT else wording.letter(outcome, reason, **names)


def begin(jurisdiction: Jurisdiction, *, by: Any, at: datetime) -> int:
    """Take the product's words over for every outcome and reason that has none yet; gives how many were written."""
    require(rules.may_word, by, TriageTemplate(jurisdiction=jurisdiction))
    known = set(TriageTemplate.objects.filter(jurisdiction=jurisdiction).values_list("outcome", "reason"))
    kinds = [(code, "") for code in Letter.values if code != Outcome.DECLINE]
    kinds += [(Outcome.DECLINE.value, code) for code in Reason.values]
    with transaction.atomic(), translation.override(wording.LETTERS_IN):
        made = [_write(jurisdiction, outcome, reason, by, at) for outcome, reason in kinds if (outcome, reason) not in known]
    return len(made)


def _write(jurisdiction: Jurisdiction, outcome: str, reason: str, by: Any, at: datetime) -> TriageTemplate:
    gaps = {name: f"{{{name}}}" for name in GAPS.get(outcome, ()) if name != "reason"}
    name = str(Reason(reason).label if reason else Letter(outcome).label)
    row = TriageTemplate.objects.create(
        jurisdiction=jurisdiction, outcome=outcome, reason=reason, name=name[:60], changed_by=by, changed_at=at,
        text=product(outcome, reason, **gaps))
    audit.write("opinions.word", row, by=by, at=at)
    return row


def write(*, jurisdiction: Jurisdiction, outcome: str, reason: str = "", name: str, text: str, order: int = 0,
          active: bool = True, by: Any, at: datetime) -> TriageTemplate:
    """New words for an outcome, beside those there are."""
    row = TriageTemplate(jurisdiction=jurisdiction, outcome=outcome, reason=reason, name=name.strip(), text=_plain(text),
                         order=order, active=active, changed_by=by, changed_at=at)
    require(rules.may_word, by, row)
    return _keep(row, "word", by, at, {})


def change(row: TriageTemplate, *, outcome: str, reason: str = "", name: str, text: str, order: int = 0,
           active: bool = True, by: Any, at: datetime) -> TriageTemplate:
    """Other words, another name, or out of use. What was sent before stays as it was sent."""
    require(rules.may_word, by, row)
    before = row.text
    row.outcome, row.reason, row.name, row.text = outcome, reason, name.strip(), _plain(text)
    row.order, row.active, row.changed_by, row.changed_at = order, active, by, at
    return _keep(row, "reword", by, at, {"before": before} if before != row.text else {})


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _keep(row: TriageTemplate, verb: str, by: Any, at: datetime, data: dict[str, Any]) -> TriageTemplate:
    _check(row)
    try:
        with transaction.atomic():
            row.save()
            audit.write(f"opinions.{verb}", row, by=by, at=at, data={"name": row.name, "active": row.active, **data})
    except IntegrityError as wrong:
        raise ValidationError({"name": _("There are words of this name for it already: choose another name.")}) from wrong
    return row


def _check(row: TriageTemplate) -> None:
    wrong: dict[str, Any] = {}
    if row.outcome not in Letter.values:
        wrong["outcome"] = _("Choose what the words are for.")
    if row.reason and row.outcome != Outcome.DECLINE:
        wrong["reason"] = _("A reason belongs to words for not accepting only.")
    wrong.update({name: _("Fill this in.") for name in ("name", "text") if not getattr(row, name)})
    unknown = sorted(set(GAP.findall(row.text)) - set(GAPS.get(row.outcome, ())))
    if unknown:
        wrong["text"] = _("Nothing is known to fill {%(name)s} with: take it out.") % {"name": unknown[0]}
    wrong.update({name: secrecy.REFUSED for name in ("name", "text") if secrecy.marked(getattr(row, name))})
    if wrong:
        raise ValidationError(wrong)
