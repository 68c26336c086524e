"""Who hears what of accounts and appointments: the person concerned."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar, notices
from consult.people.models import Appointment, User
from consult.people.rules import people_in

notices.kinds("people", {
    "appointed": _("You have a new appointment. It begins on %(since)s."),
    "appointment_ended": _("One of your appointments ends on %(until)s."),
})


def appointed(appointment: Appointment, *, at: datetime) -> None:
    notices.queue("people.appointed", [appointment.user], appointment, at=at, since=appointment.since)


def appointment_ended(appointment: Appointment, *, at: datetime) -> None:
    notices.queue("people.appointment_ended", [appointment.user], appointment, at=at, until=appointment.until)


def holders(*roles: str, where: int, at: datetime) -> QuerySet[User]:
    """The active people who hold one of ``roles`` in the jurisdiction ``where`` on that day."""
    return people_in(roles, where, calendar.local_date(at))
