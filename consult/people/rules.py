"""The predicates every room's rules are made of, and who may see and appoint people."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from consult.kit.models import AuditEvent, Job
from consult.kit.rules import Rule, Verdict, because, rule, sees
from consult.people.models import Absence, Appointment, User
from consult.people.roles import STAFF, Role, scope_of


def _only_for(*roles: str) -> str:
    names = " / ".join(str(Role(role).label) for role in roles)
    return str(_("Only these roles may do this here: %(roles)s.")) % {"roles": names}


only_for = lazy(_only_for, str)


def in_role(*roles: str) -> Rule:
    """Holds one of ``roles`` in the jurisdiction of the object (or in any, when there is no object)."""

    def ask(user: Any, obj: Any) -> Verdict:
        scope = scope_of(user)
        held = scope.jurisdictions(*roles)
        where = getattr(obj, "jurisdiction_id", None)
        return Verdict(bool(held) and (where is None or where in held), only_for(*roles))

    return Rule(ask)


is_office = in_role(Role.OFFICE)
is_chair = in_role(Role.CHAIR)
is_supervision = in_role(Role.SUPERVISION)
is_leader = in_role(Role.LEADER)
is_member = in_role(Role.MEMBER)


@because(_("Please sign in first."))
def is_signed_in(user: Any, obj: Any) -> bool:
    return bool(user is not None and user.is_authenticated and user.is_active)


def visible_to(user: Any) -> Any:
    """The accounts somebody may look at: oneself; as an administrator those of one's districts and the unappointed."""
    scope = scope_of(user)
    districts = scope.jurisdictions(Role.SYS_ADMIN, Role.SEC_ADMIN)
    if not districts:
        return User.objects.filter(pk=scope.user_id or 0)
    # Subqueries, not joins: somebody with three appointments is still one row.
    here = Appointment.objects.filter(jurisdiction__in=districts).values("user_id")
    unappointed = ~Exists(Appointment.objects.filter(user=OuterRef("pk")))
    return User.objects.filter(Q(pk=scope.user_id or 0) | Q(pk__in=here) | unappointed)


def appointments_visible_to(user: Any) -> Any:
    """One's own appointments; as an administrator those of one's districts."""
    scope = scope_of(user)
    return Appointment.objects.filter(
        Q(user=scope.user_id or 0) | Q(jurisdiction__in=scope.jurisdictions(Role.SYS_ADMIN, Role.SEC_ADMIN)))


def people_in(roles: Iterable[str], jurisdiction: Any, today: date) -> Any:
    """The accounts that hold one of ``roles`` in a jurisdiction on a day: for notices and for choosing somebody."""
    posts = Appointment.objects.in_force(today).filter(role__in=[*roles], jurisdiction=jurisdiction)
    return User.objects.filter(pk__in=posts.values("user_id"), is_active=True)


@because(_("This account belongs to another district."))
def in_my_districts(user: Any, obj: Any) -> bool:
    return obj is None or visible_to(user).filter(pk=obj.pk).exists()


#: Three separate administrators (三员分立): one makes accounts, another gives rights, a third reads the log.
may_create_account = rule("people.create_account", in_role(Role.SYS_ADMIN))
may_disable_account = rule("people.disable_account", in_role(Role.SYS_ADMIN) & in_my_districts)
may_appoint = rule("people.appoint", in_role(Role.SEC_ADMIN))
may_end_appointment = rule("people.end_appointment", in_role(Role.SEC_ADMIN))
may_read_audit = rule("people.read_audit", in_role(Role.AUDIT_ADMIN))
may_run_again = rule("people.run_again", in_role(Role.SYS_ADMIN))
#: The calendar of the whole installation: whoever keeps its settings.
may_load_calendar = rule("people.load_calendar", in_role(Role.SYS_ADMIN))


def audit_visible_to(user: Any) -> Any:
    """The whole log for the audit administrator, who can do nothing else; none for anybody else."""
    return AuditEvent.objects.all() if may_read_audit(user) else AuditEvent.objects.none()


def absences_visible_to(user: Any) -> Any:
    """One's own absences, and those in which one stands in."""
    me = scope_of(user).user_id or 0
    return Absence.objects.filter(Q(user=me) | Q(deputy=me))


@because(_("Only whoever is away may do this."))
def is_away(user: Any, absence: Any) -> bool:
    return bool(absence.user_id == user.pk)


may_be_away = rule("people.be_away", in_role(*STAFF))
may_come_back = rule("people.come_back", is_away)


def jobs_visible_to(user: Any) -> Any:
    """All jobs for the system administrator, who keeps the machine running; none for anybody else."""
    return Job.objects.all() if may_run_again(user) else Job.objects.none()


sees(User, visible_to)
sees(Appointment, appointments_visible_to)
sees(AuditEvent, audit_visible_to)
sees(Job, jobs_visible_to)
sees(Absence, absences_visible_to)
