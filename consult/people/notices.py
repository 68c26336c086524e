"""Who hears what of accounts and appointments: the person concerned."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from consult.kit import notices
from consult.people.models import Appointment

notices.kinds("people", {
    "appointed": _("You have a new appointment. It begins on %(since)s."),
    "appointment_ended": _("One of your appointments ends on %(until)s."),
})


def appointed(appointment: Appointment, *, at: datetime) -> None:
    notices.queue("people.appointed", [appointment.user], appointment, at=at, since=appointment.since)


def appointment_ended(appointment: Appointment, *, at: datetime) -> None:
    notices.queue("people.appointment_ended", [appointment.user], appointment, at=at, until=appointment.until)
