"""Which roles there are, which of them exclude each other, and what a user holds today."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar


class Role(models.TextChoices):
    RESIDENT = "resident", _("resident")
    MEMBER = "committee_member", _("committee member")
    CADRE = "subdistrict_cadre", _("subdistrict cadre")
    EXPERT = "expert", _("expert")
    CLERK = "department_clerk", _("department clerk")
    OFFICE = "cppcc_office", _("CPPCC office")
    CHAIR = "cppcc_leader", _("CPPCC chair")
    SUPERVISION = "supervision_office", _("supervision office")
    LEADER = "party_gov_leader", _("district leader")
    SYS_ADMIN = "sys_admin", _("system administrator")
    SEC_ADMIN = "sec_admin", _("security administrator")
    AUDIT_ADMIN = "audit_admin", _("audit administrator")


ADMINS = frozenset({Role.SYS_ADMIN, Role.SEC_ADMIN, Role.AUDIT_ADMIN})
#: The evaluated and the evaluators, the asker and the asked: never one person at one time.
EXCLUSIVE = ADMINS | {Role.CLERK, Role.SUPERVISION}
STAFF = frozenset(Role) - {Role.RESIDENT}

#: Which body an appointment to a role must name, beside its jurisdiction.
BODY = {Role.CLERK: "department", Role.CADRE: "subdistrict"}


@dataclass(frozen=True)
class Scope:
    """What a user holds on one day: (role, jurisdiction, department, subdistrict) tuples, the member and the resident behind it.

    ``place``: what the jurisdiction of the first post is called, in Chinese and in English.
    """

    user_id: int | None = None
    posts: tuple[tuple[str, int, int | None, int | None], ...] = ()
    member_id: int | None = None
    resident_id: int | None = None
    place: tuple[str, str] = ("", "")
    roles: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", frozenset(post[0] for post in self.posts))

    def holds(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    def jurisdictions(self, *roles: str) -> set[int]:
        """Ids of the jurisdictions in which one of ``roles`` is held."""
        return {post[1] for post in self.posts if post[0] in roles}

    def departments(self) -> set[int]:
        """Ids of the departments the user is clerk of."""
        return {post[2] for post in self.posts if post[0] == Role.CLERK and post[2]}

    def subdistricts(self) -> set[int]:
        """Ids of the subdistricts the user is cadre of."""
        return {post[3] for post in self.posts if post[0] == Role.CADRE and post[3]}


NOBODY = Scope()


def scope_of(user: Any, today: date | None = None) -> Scope:
    """The user's scope, read once per user object (that is, once per request); nobody's for strangers.

    Rights are those of the present day, so this is the one place of the rules that asks the clock.
    """
    if user is None or not user.is_authenticated or not user.is_active:
        return NOBODY
    if today is not None:
        return _read(user, today)
    if getattr(user, "_scope", None) is None:
        user._scope = _read(user, calendar.today())
    return user._scope


def _read(user: Any, today: date) -> Scope:
    rows = [*user.appointments.in_force(today).values_list(
        "role", "jurisdiction_id", "department_id", "subdistrict_id", "user__membership__id", "user__residency__id",
        "jurisdiction__name", "jurisdiction__name_en")]
    if rows:
        return assembled(user.pk, rows)
    # Whoever holds nothing still reads what they said themselves.
    of_user = user._meta.default_manager.filter(pk=user.pk)
    return assembled(user.pk, [], of_user.values_list("residency__id", flat=True).first())


def assembled(user_id: int, rows: list[tuple[Any, ...]], resident_id: int | None = None) -> Scope:
    """``rows``: for each post role, jurisdiction, department, subdistrict, then member, resident and the place's two names."""
    rows = sorted(rows, key=str)
    if not rows:
        return Scope(user_id, resident_id=resident_id)
    member_id, resident_id, *place = rows[0][4:]
    return Scope(user_id, tuple(dict.fromkeys(row[:4] for row in rows)), member_id, resident_id, (place[0], place[1]))
