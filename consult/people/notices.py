"""Who hears what of accounts and appointments: the person concerned."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar, notices
from consult.people.models import Appointment, User

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
    posts = Appointment.objects.in_force(calendar.local_date(at)).filter(role__in=roles, jurisdiction=where)
    return User.objects.filter(pk__in=posts.values("user_id"), is_active=True)
