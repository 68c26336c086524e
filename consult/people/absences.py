"""Who stands in for whom while somebody is away: a colleague of the same role and body, who then hears the same news."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar, notices
from consult.kit.rules import require
from consult.people import rules
from consult.people.models import Absence, Appointment, User

#: Whoever is away for longer needs a new appointment, not a deputy.
LONGEST = timedelta(days=184)

audit.names("people", {"be_away": _("absence entered"), "come_back": _("absence ended")})
notices.kinds("people", {
    "deputy": _("You stand in for %(name)s from %(since)s to %(until)s: you hear what they hear."),
    "deputy_over": _("%(name)s is back: you no longer stand in."),
})


def colleagues(user: Any, today: date) -> Any:
    """Who could stand in: the accounts that hold every post of ``user`` of that day, too (role, district and body)."""
    found = User.objects.filter(is_active=True).exclude(pk=user.pk)
    posts = list(user.appointments.in_force(today))
    for post in posts:
        same = Appointment.objects.in_force(today).filter(
            role=post.role, jurisdiction=post.jurisdiction_id, department=post.department_id, subdistrict=post.subdistrict_id)
        found = found.filter(pk__in=same.values("user_id"))
    return found.order_by("name", "pk") if posts else found.none()


def be_away(*, deputy: User, since: date, until: date, by: User, at: datetime) -> Absence:
    """``by`` is away from ``since`` to ``until``, both included; ``deputy`` hears of everything ``by`` hears of meanwhile."""
    require(rules.may_be_away, by)
    today = calendar.local_date(at)
    wrong: dict[str, Any] = {}
    if since < today:
        wrong["since"] = _("This day is over: choose today or a later day.")
    if until < since:
        wrong["until"] = _("The last day comes before the first.")
    elif until - since > LONGEST:
        wrong["until"] = _("Half a year is the longest. Whoever is away for longer needs a new appointment.")
    if not colleagues(by, today).filter(pk=deputy.pk).exists():
        wrong["deputy"] = _("Choose a colleague with the same post in the same unit.")
    elif not wrong and Absence.objects.filter(user=deputy, since__lte=until, until__gte=since).exists():
        wrong["deputy"] = _("%(name)s is away then, too: choose somebody else.") % {"name": deputy}
    if not wrong and Absence.objects.filter(user=by, since__lte=until, until__gte=since).exists():
        wrong["since"] = _("You have entered an absence in these days already.")
    if wrong:
        raise ValidationError(wrong)
    with transaction.atomic():
        made = Absence.objects.create(user=by, deputy=deputy, since=since, until=until, at=at)
        audit.write("people.be_away", made, by=by, at=at, data={"deputy": deputy.pk, "since": since, "until": until})
        notices.queue("people.deputy", [deputy], made, at=at, name=by.name, since=since, until=until)
    return made


def come_back(absence: Absence, *, by: User, at: datetime) -> None:
    """Back earlier, or not away after all: what lies before today stays on record, the rest is over."""
    require(rules.may_come_back, by, absence)
    today = calendar.local_date(at)
    with transaction.atomic():
        audit.write("people.come_back", absence, by=by, at=at, data={"until": absence.until})
        notices.queue("people.deputy_over", [absence.deputy], absence, at=at, name=absence.user.name)
        if absence.since < today:
            absence.until = today - timedelta(days=1)
            absence.save(update_fields=["until"])
        else:
            absence.delete()


def with_deputies(users: Iterable[Any], today: date) -> list[Any]:
    """These people, and whoever stands in for one of them on that day. Nobody is told twice."""
    people = {user.pk: user for user in users if user is not None}
    standing = Absence.objects.on(today).filter(user__in=people).select_related("deputy")
    return list({**people, **{one.deputy_id: one.deputy for one in standing}}.values())


def standing_in(user: Any, today: date) -> list[Absence]:
    """For whom ``user`` stands in on that day, and until when."""
    return list(Absence.objects.on(today).filter(deputy=user.pk).select_related("user"))
