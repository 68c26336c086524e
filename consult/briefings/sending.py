"""The verbs of sending and reading: to named recipients with numbered copies, to named readers, and away as a file."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from consult.briefings import notices, press, rules
from consult.briefings.models import Briefing, Issue, Recipient
from consult.briefings.states import BriefingState
from consult.kit import audit, grants
from consult.kit.calendar import local_date
from consult.kit.rules import Rule, require
from consult.kit.states import WrongState, can, lock, move, state_label
from consult.people.models import User
from consult.people.rules import people_in


def dispatch(briefing: Briefing, *, recipients: Iterable[User], by: Any, at: datetime) -> list[Recipient]:
    """Send the paper to named recipients, each with a copy number. Who has it already is left out."""
    people = list(recipients)
    with transaction.atomic():
        made = _address(ready(briefing, "dispatch", rules.may_dispatch, by), people, at)
        move(briefing, "dispatch", by=by, at=at, rule=rules.may_dispatch, data={"to": [one.user_id for one in made]})
        notices.dispatched(briefing, [one.user for one in made], at)
        press.enqueue_copies(briefing.paper)
    return made


def _address(briefing: Briefing, people: list[User], at: datetime) -> list[Recipient]:
    desks = people_in(rules.ADDRESSEES, briefing.jurisdiction_id, local_date(at))
    known = set(desks.filter(pk__in=[one.pk for one in people]).values_list("pk", flat=True))
    if any(one.pk not in known for one in people):
        raise ValidationError(
            {
                "recipients": _("Send it to leaders, the chair and the offices of this district. "
                                "Anybody else can be let in by name.")
            }
        )
    issue = briefing.paper
    had = set(issue.recipients.values_list("user_id", flat=True))
    new = [one for one in people if one.pk not in had]
    if not new:
        raise ValidationError({"recipients": _("Choose somebody who doesn't have it yet.")})
    last = issue.recipients.aggregate(last=Max("serial"))["last"] or 0
    return [Recipient.objects.create(issue=issue, briefing=briefing, user=one, serial=last + n, sent_at=at)
            for n, one in enumerate(new, 1)]


def let_read(briefing: Briefing, *, reader: User, until: date, reason: str, by: Any, at: datetime) -> Briefing:
    """Open a signed briefing to one more person, by name, until a date."""
    require(rules.may_let_read, by, briefing)
    if briefing.issue_or_none is None:
        raise ValidationError(_("A draft is shown to nobody outside. Sign it off first."))
    if until < local_date(at):
        raise ValidationError({"until": _("Choose today or a later day.")})
    with transaction.atomic():
        grants.give(reader, "view", briefing, by=by, at=at, reason=reason.strip(), until=until)
        notices.opened_to(briefing, reader, at)
    return briefing


def open_issue(issue: Issue, *, by: Any, at: datetime) -> bool:
    """Somebody opened the paper: the first time a recipient does, it is the read receipt. True for that first time."""
    require(rules.may_open, by, issue)
    with transaction.atomic():
        copy = issue.recipients.select_for_update(of=("self",)).filter(user=by, read_at=None).first()
        if copy is None:
            return False
        copy.read_at = at
        copy.save(update_fields=["read_at"])
        audit.write("briefings.read", issue.briefing, by=by, at=at, data={"copy": copy.serial})
    return True


def download(issue: Issue, *, by: Any, at: datetime) -> bytes:
    """What somebody takes away, a recipient the own marked copy: always on record, and a read receipt besides.

    Raises Denied, and Damaged when the stored file is not the one that was frozen.
    """
    require(rules.may_open, by, issue)
    content = press.paper_for(by, issue, at=at)
    open_issue(issue, by=by, at=at)
    serial = issue.recipients.filter(user=by).values_list("serial", flat=True).first()
    audit.write("briefings.download", issue.briefing, by=by, at=at,
                data={"sha256": hashlib.sha256(content).hexdigest(), **({"copy": serial} if serial else {})})
    return content


# --- what all verbs of briefings share --------------------------------------------------------------------------


def said(note: str) -> dict[str, Any]:
    return {"note": note.strip()} if note.strip() else {}


def closed(fresh: Briefing) -> WrongState:
    return WrongState(_("This step is no longer open: the state is now “%(state)s”.") % {"state": state_label(fresh)})


def ready(briefing: Briefing, verb: str, rule: Rule, by: Any) -> Briefing:
    """The locked row, if rule and state allow the move: asked before anything else is checked."""
    fresh = lock(briefing)
    require(rule, by, fresh)
    if not can(fresh, verb):
        raise closed(fresh)
    return fresh


def drafted(briefing: Briefing, rule: Rule, by: Any) -> Briefing:
    """The locked row of a draft; for verbs that change no state."""
    fresh = lock(briefing)
    require(rule, by, fresh)
    if fresh.state != BriefingState.DRAFTED:
        raise closed(fresh)
    return fresh
