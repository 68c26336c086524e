"""Where an uploaded sheet waits: looked at, confirmed, brought in, gone. Encrypted, apart from what is kept, for a day at most.

Beside each sheet stands what is known of it, as JSON without anything of its cells. A job is told the token alone.
"""

import hashlib
import hmac
import io
import json
import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_tasks import task
from django_tasks_db import DatabaseBackend
from nacl.secret import SecretBox

from consult.kit import attachments, calendar, jobs, keys, sheets, store
from consult.kit.rules import Denied, require
from consult.opinions import checking, importing, rules
from consult.opinions.checking import Finding, Report
from consult.opinions.models import ImportBatch, Opinion
from consult.people.models import Jurisdiction, User

#: Larger sheets are left to a worker: nobody waits for a page that long.
SMALL_BYTES, SMALL_ROWS = 300_000, 1000
#: So many findings are kept of one sheet; their number is told in full.
MOST_FINDINGS = 5000
KEPT = timedelta(days=1)


@dataclass
class Arrival:
    """An uploaded sheet and where it stands: waiting, checked, confirmed, done or failed. The moments are ISO 8601."""

    token: str
    user: int
    jurisdiction: int
    name: str
    stage: str = "waiting"
    partial: bool = False
    confirmed_at: str = ""
    done: int = 0
    of: int = 0
    batch: int | None = None
    came: int = 0
    wrong_rows: int = 0
    errors: int = 0
    doubles: int = 0
    why: str = ""
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def found(self) -> Report:
        """The report, as far as it was kept."""
        if not self.report:
            return Report()
        found = {name: [Finding(*one) for one in self.report[name]] for name in ("errors", "duplicates")}
        columns = [tuple(one) for one in self.report["columns"]]
        return Report(**{**self.report, **found, "notes": Counter(self.report["notes"]), "columns": columns})

    def keep(self) -> None:
        """Write it down, in the place of what was known before."""
        store.put(_names(self.token)[1], json.dumps(asdict(self), ensure_ascii=False).encode(), where=store.ARRIVALS)

    def take(self, report: Report) -> None:
        """Keep what was found."""
        self.errors, self.doubles = len(report.errors), len(report.duplicates)
        self.wrong_rows = len({one.row for one in report.errors})
        wrong, double = ([[one.row, one.column, one.code] for one in found[:MOST_FINDINGS]]
                         for found in (report.errors, report.duplicates))
        self.report = {"rows": report.rows, "importable": report.importable, "errors": wrong, "duplicates": double,
                       "notes": dict(report.notes), "columns": report.columns, "unused": report.unused}


# --- the shelf ----------------------------------------------------------------------------------------------------


def _names(token: str) -> tuple[str, str]:
    """The sheet, and what is known of it."""
    name = str(uuid.UUID(token))
    return f"{name}.sheet", f"{name}.json"


def _box(token: str) -> SecretBox:
    return SecretBox(hmac.new(keys.blinding_key(), f"uploaded sheet {token}".encode(), hashlib.sha256).digest())


def _sheet(token: str) -> io.BytesIO:
    return io.BytesIO(_box(token).decrypt(store.get(_names(token)[0], where=store.ARRIVALS)))


def of(user: Any, token: Any) -> Arrival | None:
    """The arrival, for whoever uploaded it and nobody else. Raises store.Unreachable."""
    try:
        known = Arrival(**json.loads(store.get(_names(str(token))[1], where=store.ARRIVALS)))
    except (FileNotFoundError, ValueError):
        return None
    return known if user is not None and known.user == user.pk else None


def drop(arrival: Arrival) -> None:
    """Sheet and report are gone."""
    for name in _names(arrival.token):
        store.drop(name, where=store.ARRIVALS)


def sweep(before: datetime) -> int:
    """Delete what was left since ``before``; gives the number of files."""
    return store.sweep("", before, where=store.ARRIVALS)


# --- the way of a sheet -------------------------------------------------------------------------------------------


def receive(*, upload: Any, jurisdiction: Jurisdiction, by: Any, at: datetime) -> Arrival:
    """Take an uploaded sheet and look at it: at once when it is small, else by a worker. Raises ValidationError."""
    require(rules.may_import, by, Opinion(jurisdiction=jurisdiction))
    if (upload.size or 0) > sheets.MOST_BYTES:
        raise ValidationError({"upload": _("The file is larger than %(most)s MB. Please divide it.") % {
            "most": sheets.MOST_BYTES // sheets.MIB}})
    content = upload.read()
    try:
        with sheets.opened(io.BytesIO(content)):
            pass  # what it is, is refused at once
    except sheets.Unreadable as wrong:
        raise ValidationError({"upload": wrong.messages}) from wrong
    arrival = Arrival(token=str(uuid.uuid4()), user=by.pk, jurisdiction=jurisdiction.pk,
                      name=attachments.safe_name(upload.name or "")[:120])
    try:
        sweep(at - KEPT)
        store.put(_names(arrival.token)[0], _box(arrival.token).encrypt(content), where=store.ARRIVALS)
        arrival.keep()
    except store.Unreachable as away:
        raise ValidationError({"upload": store.AWAY}) from away
    return _go_on(arrival, at, now=len(content) <= SMALL_BYTES)


def confirm(arrival: Arrival, *, by: Any, at: datetime, partial: bool = False) -> Arrival:
    """Bring it in: at once when it is short, else by a worker. Pressed twice it is brought in once."""
    require(rules.may_import, by, Opinion(jurisdiction_id=arrival.jurisdiction))
    if arrival.stage != "checked":
        return arrival
    if not arrival.report["importable"] or (arrival.errors and not partial):
        raise ValidationError(_("There are wrong rows. Mend them and upload the sheet again, or bring in the good rows only."))
    arrival.stage, arrival.partial, arrival.confirmed_at = "confirmed", partial, at.isoformat()
    arrival.keep()
    return _go_on(arrival, at, now=arrival.report["importable"] <= SMALL_ROWS)


def _go_on(arrival: Arrival, at: datetime, now: bool) -> Arrival:
    queued = isinstance(queue_of(handle_sheet), DatabaseBackend)
    if now or not queued:
        try:
            return proceed(arrival, at)
        except store.Unreachable:  # a worker goes on when it is there again
            if not queued:
                raise
    handle_sheet.enqueue(arrival.user, arrival.token)
    return arrival


def queue_of(job: Any) -> Any:
    """Where the job waits: in tests it doesn't."""
    return job.get_backend()


@task()
def handle_sheet(user: int, token: str) -> str:
    """The queued job: whatever comes next for the sheet."""
    arrival = of(User.objects.filter(pk=user).first(), token)
    return proceed(arrival, calendar.now()).stage if arrival else "gone"


def _given_up(user: int, token: str, *, reason: Any, at: datetime) -> None:
    arrival = of(User(pk=user), token)
    if arrival and arrival.stage in ("waiting", "confirmed"):
        _fail(arrival, str(reason))


jobs.declare(handle_sheet, _("Bring in a sheet of opinions"), _given_up)


def proceed(arrival: Arrival, at: datetime) -> Arrival:
    """Look at a sheet that waits, bring in one that was confirmed. Done twice, the second time changes nothing."""
    home = Jurisdiction.objects.get(pk=arrival.jurisdiction)
    try:
        if arrival.stage == "waiting":
            report, _rows = checking.check(_sheet(arrival.token), home, at=at)
            arrival.take(report)
            arrival.stage = "checked"
            arrival.keep()
        elif arrival.stage == "confirmed":
            _bring_in(arrival, home)
    except Denied as wrong:
        _fail(arrival, str(wrong.reason))
    except ValidationError as wrong:
        _fail(arrival, " ".join(wrong.messages))
    except store.Unreachable:  # nothing is wrong with the sheet
        raise
    except Exception:
        _fail(arrival, str(_("The sheet could not be brought in. Nothing of it is there. Please upload it again.")))
        raise
    return arrival


def _bring_in(arrival: Arrival, home: Jurisdiction) -> None:
    at, by = datetime.fromisoformat(arrival.confirmed_at), User.objects.get(pk=arrival.user)
    sheet = _sheet(arrival.token)
    # A worker that was killed after the last step has left its batch: by whom and at which moment tells which.
    batch = ImportBatch.objects.filter(imported_by=by, imported_at=at, sha256=importing.fingerprint(sheet)).first()
    if batch is None:
        told = importing.bring_in(sheet, name=arrival.name, jurisdiction=home, by=by, at=at, partial=arrival.partial,
                                  progress=lambda done, of: _show(arrival, done, of))
        arrival.take(told.report)
        batch = told.batch
    arrival.stage, arrival.batch, arrival.came = "done", batch.pk if batch else None, batch.rows if batch else 0
    arrival.keep()
    _drop_sheet(arrival)


def _show(arrival: Arrival, done: int, of: int) -> None:
    arrival.done, arrival.of = done, of
    with suppress(store.Unreachable):  # how far it is, is not worth the sheet
        arrival.keep()


def _fail(arrival: Arrival, why: str) -> None:
    arrival.stage, arrival.why = "failed", why
    arrival.keep()
    _drop_sheet(arrival)


def _drop_sheet(arrival: Arrival) -> None:
    with suppress(store.Unreachable):  # then it is swept
        store.drop(_names(arrival.token)[0], where=store.ARRIVALS)
