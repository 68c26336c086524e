"""Meetings and deadlines of one person, for their calendar: what they may see now, and nothing anybody said."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Consultation, Panelist
from consult.consultations.rules import readers_of
from consult.consultations.states import ConsultationState
from consult.followups.models import LookBack
from consult.followups.rules import visible_to as look_backs_visible_to
from consult.followups.states import LookBackState
from consult.journey import due
from consult.kit import calendar
from consult.kit.rules import Sentence
from consult.people.roles import Role, scope_of
from consult.topics.states import Kind

#: How far back and ahead a calendar reaches, and how much it holds.
BEFORE, AHEAD, MOST = timedelta(days=30), timedelta(days=366), 300


@dataclass(frozen=True)
class Entry:
    """One entry. ``uid`` stays the same as long as it is the same thing; ``end`` None: the whole day of ``start``."""

    uid: str
    title: Sentence
    start: date | datetime
    end: datetime | None
    place: str
    obj: Any


def of(user: Any, today: date) -> list[Entry]:
    """Everything in one person's calendar, in the order of time."""
    found = [*_meetings(user, today), *_visits(user, today), *_deadlines(user, today)]
    return sorted(found, key=lambda one: (_day(one.start), one.uid))[:MOST]


def _day(start: date | datetime) -> date:
    return calendar.local_date(start) if isinstance(start, datetime) else start


def _meetings(user: Any, today: date) -> Iterator[Entry]:
    """Where they or their department have a seat, and what the office holds. A conflict has no name in a calendar."""
    scope = scope_of(user)
    seats = Panelist.objects.filter(Q(user=scope.user_id) | Q(department__in=scope.departments())).values("consultation_id")
    held = readers_of(user).filter(Q(pk__in=seats) | Q(jurisdiction__in=scope.jurisdictions(Role.OFFICE)))
    held = held.exclude(state__in=[ConsultationState.PREPARING, ConsultationState.CANCELLED]).filter(
        starts_at__gte=calendar.midnight(today - BEFORE), starts_at__lt=calendar.midnight(today + AHEAD))
    for one in held.select_related("topic").order_by("starts_at")[:MOST]:
        yield _meeting(one)


def _meeting(one: Consultation) -> Entry:
    title = _("Consultation") if one.topic.kind == Kind.CONFLICT else _("Consultation: %(title)s") % {"title": one.title}
    return Entry(f"consultation-{one.pk}", title, one.starts_at, one.ends_at, one.venue, one)


def _visits(user: Any, today: date) -> Iterator[Entry]:
    scope = scope_of(user)
    mine = Q(lead=scope.member_id) if scope.member_id else Q(pk=None)
    planned = look_backs_visible_to(user).filter(
        mine | Q(jurisdiction__in=scope.jurisdictions(Role.OFFICE)), state=LookBackState.PLANNED,
        planned_on__gte=today - BEFORE, planned_on__lt=today + AHEAD)
    for one in planned.order_by("planned_on")[:MOST]:
        title = _("Look-back %(number)s") % {"number": one.number}
        yield Entry(f"look-back-{one.pk}", title, one.planned_on, None, one.place, one)


def _deadlines(user: Any, today: date) -> Iterator[Entry]:
    """What waits for them and has a date, by number."""
    for need in due.needs(user, today):
        if need.due is not None and not isinstance(need.obj, Consultation | LookBack):
            number = getattr(need.obj, "number", "")
            title = f"{need.label} {number}".strip() if number else need.label
            yield Entry(f"{need.kind}-{need.obj._meta.model_name}-{need.obj.pk}", title, need.due, None, "", need.obj)
