"""Who hears what of a consultation: the panel of the invitation, its chair of the minutes, everybody of the result."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Consultation
from consult.consultations.states import Duty
from consult.kit import calendar, notices
from consult.people.models import Appointment, User
from consult.people.notices import holders
from consult.people.roles import Role
from consult.topics.states import Kind

notices.kinds("consultations", {
    "notify": _("You are invited to consultation %(number)s on %(day)s."),
    "cancel": _("Consultation %(number)s was cancelled; the note says why."),
    "submit_minutes": _("The minutes of consultation %(number)s wait for your confirmation."),
    "return_minutes": _("The minutes of consultation %(number)s were sent back; the note says what to mend."),
    "confirm": _("The minutes of consultation %(number)s were confirmed."),
    "reply_later": _("An answer promised in consultation %(number)s has come in."),
})


def _tell(kind: str, people: Any, consultation: Consultation, at: datetime) -> None:
    notices.queue(f"consultations.{kind}", people, consultation, at=at, number=consultation.number,
                  day=calendar.local_date(consultation.starts_at).isoformat())


def panel_of(consultation: Consultation, at: datetime) -> Any:
    """Panelists with an account, and the clerks of the departments at the table (not in a conflict)."""
    seats = consultation.panel.all()
    who = Q(pk__in=seats.exclude(user=None).values("user_id"))
    if consultation.topic.kind != Kind.CONFLICT:
        clerks = Appointment.objects.in_force(calendar.local_date(at)).filter(
            role=Role.CLERK, department__in=seats.exclude(department=None).values("department_id"))
        who |= Q(pk__in=clerks.values("user_id"))
    return User.objects.filter(who, is_active=True)


def with_duty(consultation: Consultation, *duties: str) -> Any:
    seats = consultation.panel.filter(duty__in=duties).exclude(user=None)
    return User.objects.filter(pk__in=seats.values("user_id"), is_active=True)


def to_panel(kind: str, consultation: Consultation, at: datetime) -> None:
    _tell(kind, panel_of(consultation, at), consultation, at)


def to_chair(kind: str, consultation: Consultation, at: datetime) -> None:
    """The chair of the consultation: only they can confirm its minutes."""
    _tell(kind, with_duty(consultation, Duty.CHAIR), consultation, at)


def to_writers(kind: str, consultation: Consultation, at: datetime) -> None:
    _tell(kind, with_duty(consultation, Duty.RECORDER, Duty.CONVENOR) | User.objects.filter(
        pk=consultation.minutes.written_by_id, is_active=True), consultation, at)


def to_office(kind: str, consultation: Consultation, at: datetime) -> None:
    _tell(kind, holders(Role.OFFICE, where=consultation.jurisdiction_id, at=at), consultation, at)
