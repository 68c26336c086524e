"""Who hears what of a look-back: the member who goes, the office, and, when it is over, those who answer for it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.followups.models import Bulletin, Difficulty, DistrictBulletin, LookBack
from consult.kit import calendar, notices
from consult.people.notices import holders
from consult.people.roles import Role
from consult.tasks.notices import clerks

notices.kinds("followups", {
    "planned": _("You lead look-back %(number)s on %(on)s: %(place)s."),
    "visited": _("Look-back %(number)s was made and waits to be confirmed."),
    "asked": _("Task %(number)s was looked back on. Please say, as your department sees it, whether what was promised was kept."),
    "spoken": _("%(department)s gave its voice on look-back %(number)s."),
    "reopened": _("After look-back %(number)s the task is handled a second time."),
    "confirmed": _("Look-back %(number)s is confirmed. You can read what was found."),
    "sent_back": _("Look-back %(number)s was sent back: %(note)s"),
    "cancelled": _("Look-back %(number)s is cancelled."),
    "difficulty": _("A difficulty was found in look-back %(number)s."),
    "escalated": _("A difficulty found in look-back %(number)s was passed up to %(to)s."),
    "solved": _("A difficulty found in look-back %(number)s is solved."),
    "bulletin": _("Progress bulletin %(number)s is issued."),
    "district_drafted": _("District bulletin “%(title)s” is drafted and waits to be issued."),
    "district_issued": _("District bulletin %(number)s is issued."),
})


def _staff(jurisdiction_id: int, at: datetime, *roles: str) -> list[Any]:
    return list(holders(*roles, where=jurisdiction_id, at=at))


def _departments(task: Any, at: datetime) -> list[Any]:
    return clerks([part.department for part in task.parts], calendar.local_date(at))


def _tell(kind: str, obj: models.Model, users: Iterable[Any], *, at: datetime, **params: Any) -> None:
    notices.queue(f"followups.{kind}", users, obj, at=at, **params)


def to_lead(kind: str, look_back: LookBack, *, at: datetime, **params: Any) -> None:
    _tell(kind, look_back, [look_back.lead.user], at=at, number=look_back.number, **params)


def to_office(kind: str, look_back: LookBack, *, at: datetime, **params: Any) -> None:
    _tell(kind, look_back, _staff(look_back.jurisdiction_id, at, Role.OFFICE), at=at, number=look_back.number, **params)


def ask_departments(look_back: LookBack, *, at: datetime) -> None:
    """After the visit: they are told of their task, for they do not see the look-back before it is confirmed."""
    _tell("asked", look_back.task, _departments(look_back.task, at), at=at, number=look_back.task.number)


def reopened(look_back: LookBack, *, at: datetime) -> None:
    """The office, the member who led it, the leader; the departments have been told by the task itself."""
    users = [*_staff(look_back.jurisdiction_id, at, Role.OFFICE), look_back.lead.user, look_back.task.instruction.leader]
    _tell("reopened", look_back, users, at=at, number=look_back.number)


def confirmed(look_back: LookBack, *, at: datetime) -> None:
    """Now the departments may read it; the supervision office and the lead hear of it, too."""
    users = [*_departments(look_back.task, at), *_staff(look_back.jurisdiction_id, at, Role.SUPERVISION),
             look_back.lead.user]
    _tell("confirmed", look_back, users, at=at, number=look_back.number)


def escalated(difficulty: Difficulty, *, at: datetime) -> None:
    """The supervision office and the leader of the instruction."""
    look_back = difficulty.look_back
    users = [*_staff(look_back.jurisdiction_id, at, Role.SUPERVISION), look_back.task.instruction.leader]
    _tell("escalated", difficulty, users, at=at, number=look_back.number, to=difficulty.escalated_to)


def solved(difficulty: Difficulty, *, at: datetime) -> None:
    look_back = difficulty.look_back
    users = [*_staff(look_back.jurisdiction_id, at, Role.OFFICE, Role.SUPERVISION), look_back.lead.user]
    _tell("solved", difficulty, users, at=at, number=look_back.number)


def issued(bulletin: Bulletin, *, at: datetime) -> None:
    users = [*_departments(bulletin.task, at), bulletin.task.instruction.leader,
             *_staff(bulletin.jurisdiction_id, at, Role.SUPERVISION, Role.CHAIR)]
    _tell("bulletin", bulletin, users, at=at, number=bulletin.number)


def district_drafted(bulletin: DistrictBulletin, by: Any, at: datetime) -> None:
    colleagues = holders(Role.SUPERVISION, where=bulletin.jurisdiction_id, at=at).exclude(pk=by.pk)
    notices.queue("followups.district_drafted", colleagues, bulletin, at=at, title=bulletin.title)


def district_issued(bulletin: DistrictBulletin, at: datetime) -> None:
    staff = holders(Role.SUPERVISION, Role.OFFICE, Role.CHAIR, Role.LEADER, where=bulletin.jurisdiction_id, at=at)
    users = [*staff, *clerks(bulletin.departments.all(), calendar.local_date(at))]
    notices.queue("followups.district_issued", users, bulletin, at=at, number=bulletin.number)
