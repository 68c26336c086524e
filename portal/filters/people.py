"""How accounts, appointments and the audit log may be narrowed."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.kit.models import AuditEvent
from consult.people.models import Appointment, User
from consult.people.roles import Role
from portal.kit.narrowing import Filters


class UserFilter(Filters):
    name = django_filters.CharFilter(label=_("Name or user name"), method="named")
    is_active = django_filters.BooleanFilter(label=_("May sign in"))

    class Meta:
        model = User
        fields = ("name", "is_active")

    def named(self, users: Any, name: str, value: str) -> Any:
        return users.filter(Q(name__icontains=value) | Q(username__icontains=value))


class AppointmentFilter(Filters):
    role = django_filters.ChoiceFilter(label=_("Role"), choices=Role.choices)
    name = django_filters.CharFilter(label=_("Name"), field_name="user__name", lookup_expr="icontains")

    class Meta:
        model = Appointment
        fields = ("role", "name")


class AuditFilter(Filters):
    verb = django_filters.CharFilter(label=_("Act"), lookup_expr="istartswith")
    actor_label = django_filters.CharFilter(label=_("By"), lookup_expr="icontains")
    object_id = django_filters.CharFilter(label=_("Object number in the database"))
    day = django_filters.DateFilter(label=_("Day"), field_name="at", lookup_expr="date")

    class Meta:
        model = AuditEvent
        fields = ("verb", "actor_label", "object_id", "day")
