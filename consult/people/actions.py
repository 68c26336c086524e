"""The verbs about people: accounts are made by one administrator, rights given by another (三员分立).

``by=None`` is the installation itself. It may make accounts until there is a system administrator, and appoint
in a district until that district has a security administrator; from then on only they may.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, jobs
from consult.kit.calendar import local_date
from consult.kit.models import Job
from consult.kit.rules import Denied, Rule, require
from consult.people import notices, rules
from consult.people.models import Appointment, Department, Jurisdiction, Subdistrict, User
from consult.people.roles import BODY, EXCLUSIVE, STAFF, Role

audit.names("people", {
    "create_account": _("account made"),
    "disable_account": _("account disabled"),
    "enable_account": _("account enabled again"),
    "reset_password": _("one-time password set"),
    "appoint": _("appointed"),
    "end_appointment": _("appointment ended"),
})

NOT_ONESELF = _("Nobody may do this to their own account. Please ask another administrator.")
INSTALLED = _("The installation is finished. Only an administrator may do this now.")


def create_account(*, username: str, name: str, password: str, by: User | None, at: datetime, email: str = "") -> User:
    """A new account without any right; the password is for one use and must be changed at the first sign-in."""
    _ask(rules.may_create_account, by, None, installed=Appointment.objects.filter(role=Role.SYS_ADMIN).exists)
    user = User(username=User.normalize_username(username.strip()), name=name.strip(), email=email,
                must_change_password=True, date_joined=at)
    _one_time(user, password)
    user.full_clean()
    with transaction.atomic():
        user.save()
        audit.write("people.create_account", user, by=by, at=at, data={"username": user.username})
    return user


def disable_account(user: User, *, by: User, at: datetime, reason: str = "") -> User:
    """Nobody signs in with this account from the next request on. What it did stays on record."""
    return _set_active(user, False, "disable_account", by=by, at=at, reason=reason)


def enable_account(user: User, *, by: User, at: datetime, reason: str = "") -> User:
    """A disabled account may be used again; its appointments are those still in force."""
    return _set_active(user, True, "enable_account", by=by, at=at, reason=reason)


def reset_password(user: User, *, password: str, by: User, at: datetime) -> User:
    """A new password for one use; every session of the account ends."""
    with transaction.atomic():
        fresh = _lock(user)
        _ask(rules.may_disable_account, by, fresh)
        fresh.must_change_password = True
        _one_time(fresh, password)
        fresh.save(update_fields=["password", "must_change_password"])
        audit.write("people.reset_password", fresh, by=by, at=at)
    return fresh


def appoint(user: User, *, role: str, jurisdiction: Jurisdiction, since: date, by: User | None, at: datetime,
            department: Department | None = None, subdistrict: Subdistrict | None = None, post: str = "",
            until: date | None = None) -> Appointment:
    """Give a role from ``since`` to ``until`` (both counted). Raises ValidationError when it can't stand beside others."""
    made = Appointment(user=user, role=role, jurisdiction=jurisdiction, department=department, subdistrict=subdistrict,
                       post=post.strip(), since=since, until=until)
    admins = Appointment.objects.filter(role=Role.SEC_ADMIN, jurisdiction=jurisdiction)
    with transaction.atomic():
        # Two appointments of one person at once must see each other.
        made.user = _lock(user)
        _ask(rules.may_appoint, by, made, installed=admins.exists)
        made.clean_fields()
        _check_body(made)
        made.full_clean()
        _check_exclusive(made)
        made.save()
        audit.write("people.appoint", made, by=by, at=at, data=_facts(made))
        notices.appointed(made, at=at)
    return made


def end_appointment(appointment: Appointment, *, by: User, at: datetime, until: date | None = None) -> Appointment:
    """Let an appointment end on ``until``; without a date at once. One that began today ends with the day.

    The past is not rewritten: ``until`` is yesterday at the earliest, and never later than it was.
    """
    with transaction.atomic():
        fresh = Appointment.objects.select_for_update(of=("self",)).select_related("user").get(pk=appointment.pk)
        _ask(rules.may_end_appointment, by, fresh)
        earliest = max(fresh.since, local_date(at) - timedelta(days=1))
        ends = until or earliest
        if ends < earliest or (fresh.until and ends > fresh.until):
            raise ValidationError({"until": _("Choose a day from %(first)s to the end of the appointment.")
                                   % {"first": earliest}})
        before, fresh.until = fresh.until, ends
        fresh.save(update_fields=["until"])
        audit.write("people.end_appointment", fresh, by=by, at=at, data={**_facts(fresh), "before": before})
        notices.appointment_ended(fresh, at=at)
    appointment.until = ends
    return fresh


# --- what they are made of ------------------------------------------------------------------------------------


def _ask(rule: Rule, by: User | None, obj: Any, *, installed: Any = None) -> None:
    """The rule for a person; for the installation, whether it is still going on; never about oneself."""
    if by is None and installed is not None:
        if installed():
            raise Denied(INSTALLED)
        return
    require(rule, by, obj)
    if by is not None and by.pk in (getattr(obj, "user_id", None), obj.pk if isinstance(obj, User) else None):
        raise Denied(NOT_ONESELF)


def _lock(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)


def _one_time(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise ValidationError({"password": weak.messages}) from weak
    user.set_password(password)


def _set_active(user: User, active: bool, verb: str, *, by: User, at: datetime, reason: str) -> User:
    with transaction.atomic():
        fresh = _lock(user)
        _ask(rules.may_disable_account, by, fresh)
        fresh.is_active = active
        fresh.save(update_fields=["is_active"])
        audit.write(f"people.{verb}", fresh, by=by, at=at, data={"reason": reason})
    return fresh


def _facts(appointment: Appointment) -> dict[str, Any]:
    return {"user": appointment.user_id, "role": appointment.role, "jurisdiction": appointment.jurisdiction_id,
            "department": appointment.department_id, "subdistrict": appointment.subdistrict_id,
            "since": appointment.since, "until": appointment.until}


def run_again(job: Job, *, by: Any, at: datetime) -> Job:
    """The system administrator queues a failed job once more."""
    require(rules.may_run_again, by, job)
    return jobs.run_again(job, by=by, at=at)


def _check_body(made: Appointment) -> None:
    """The role's body is named, no other, and it belongs to the jurisdiction."""
    for field in ("department", "subdistrict"):
        body = getattr(made, field)
        needed = BODY.get(Role(made.role)) == field
        if needed and body is None:
            raise ValidationError({field: _("This role needs a body: please choose one.")})
        if body is not None and not needed:
            raise ValidationError({field: _("This role has no such body: please leave it empty.")})
        if body is not None and body.jurisdiction_id != made.jurisdiction_id:
            raise ValidationError({field: _("This body belongs to another district. Please choose one of this district.")})


def _check_exclusive(made: Appointment) -> None:
    """The evaluated and the evaluators, the asker and the asked: never one person at one time."""
    if made.role not in STAFF:
        return
    overlapping = Appointment.objects.filter(
        Q(until=None) | Q(until__gte=made.since), user=made.user, role__in=STAFF)
    if made.until:
        overlapping = overlapping.filter(since__lte=made.until)
    others = overlapping.exclude(role=made.role)
    if made.role not in EXCLUSIVE:
        others = others.filter(role__in=EXCLUSIVE)
    held = others.order_by("since").first()
    if held:
        raise ValidationError({"role": _(
            "“%(new)s” and “%(held)s” must be two different people. End the other appointment first, or choose a "
            "later day.") % {"new": Role(made.role).label, "held": Role(held.role).label}})
