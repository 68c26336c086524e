"""Who hears what of an opinion: the office of a new one, the bearer and the resident of what became of it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.kit import notices
from consult.opinions.models import ImportBatch, Opinion
from consult.people.notices import holders
from consult.people.roles import Role

notices.kinds("opinions", {
    "submitted": _("A new opinion waits for triage: %(number)s."),
    "brought_in": _("%(n)s opinions came in with a sheet and wait for triage."),
    "fact_added": _("The submitter of opinion %(number)s added a fact."),
    "message": _("There is a message about opinion %(number)s."),
    "accept": _("Opinion %(number)s was accepted."),
    "adopt": _("Opinion %(number)s is now part of a topic."),
    "release": _("Opinion %(number)s was taken out of a topic again."),
    "merge": _("Opinion %(number)s is now handled together with others that say the same."),
    "refer": _("Opinion %(number)s was passed on to another body."),
    "answer": _("Opinion %(number)s was answered."),
    "keep": _("Opinion %(number)s is kept on record."),
    "decline": _("Opinion %(number)s was not accepted; the reason is with it."),
    "take_back": _("What was decided about opinion %(number)s was taken back; it is being looked at again."),
    "split": _("Opinion %(number)s speaks of two matters; the second has a number of its own now."),
    "respond": _("The result for opinion %(number)s is there."),
})


def office_of(opinion: Opinion, at: datetime) -> Any:
    """The office staff of the opinion's district on that day."""
    return holders(Role.OFFICE, where=opinion.jurisdiction_id, at=at)


def submitted(opinion: Opinion, at: datetime) -> None:
    """The office hears of each opinion; a sheet brought in at once was brought in by the office itself."""
    if opinion.batch_id is None:
        notices.queue("opinions.submitted", office_of(opinion, at), opinion, at=at, number=opinion.number)


def admitted(opinion: Opinion, at: datetime, by: Any) -> None:
    """The colleagues of whoever let it through hear of it like of a new one."""
    notices.queue("opinions.submitted", office_of(opinion, at).exclude(pk=by.pk), opinion, at=at, number=opinion.number)


def brought_in(batch: ImportBatch, district: int) -> None:
    """The colleagues of whoever brought in a sheet hear of it once, however many rows it had."""
    at = batch.imported_at
    others = holders(Role.OFFICE, where=district, at=at).exclude(pk=batch.imported_by_id or 0)
    notices.queue("opinions.brought_in", others, batch, at=at, n=batch.rows)


def fact_added(opinion: Opinion, at: datetime) -> None:
    notices.queue("opinions.fact_added", office_of(opinion, at), opinion, at=at, number=opinion.number)


def told(kind: str, opinion: Opinion, at: datetime) -> None:
    """The member who brought it, and the resident where they have an account, hear what became of it."""
    bearer, resident = opinion.bearer, opinion.resident
    people = [bearer.user if bearer else None, resident.user if resident else None]
    notices.queue(f"opinions.{kind}", [user for user in people if user], opinion, at=at, number=opinion.number)
