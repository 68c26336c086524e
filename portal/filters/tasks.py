"""How lists of tasks may be narrowed."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar, search
from consult.people import absences
from consult.people.models import Department
from consult.people.roles import scope_of
from consult.tasks import clock, desk, rules
from consult.tasks.models import Assignment, Reply, Task
from consult.tasks.states import Light, Outcome, Part, Promise, Publicity, Signing, TaskState
from portal.kit.narrowing import Filters

WAITS = (
    ("assign", _("to be assigned")), ("asks", _("return or extension to decide")), ("review", _("reply to review")),
    ("overdue", _("overdue")), ("bulletin", _("overdue so long that it goes on the bulletin")),
)


def waiting(rows: Any, what: str) -> Any:
    """The tasks of a list that wait for one kind of act of the supervision office."""
    today = calendar.today()
    if what == "assign":
        return rows.filter(state=TaskState.PROPOSED)
    if what == "review":
        return rows.filter(state=TaskState.IN_REVIEW)
    if what == "asks":
        return rows.asking()
    return rows.overdue(today if what == "overdue" else clock.bulletin_before(today))


def of_my_districts(request: Any) -> Any:
    """The departments of the districts in which the reader holds a post."""
    districts = {post[1] for post in scope_of(request.user).posts} if request else set()
    return Department.objects.filter(jurisdiction__in=districts)


class TaskFilters(Filters):
    words = django_filters.CharFilter(label=_("Number or title"), method="say")
    state = django_filters.ChoiceFilter(label=_("State"), choices=TaskState.choices)
    light = django_filters.ChoiceFilter(label=_("Light"), choices=Light.choices, method="shine")

    class Meta:
        model = Task
        fields = ("words", "state", "light")

    def say(self, rows: Any, name: str, value: str) -> Any:
        return search.narrow(rows, value, "number", "title")

    def shine(self, rows: Any, name: str, value: str) -> Any:
        return clock.lit(rows, value, calendar.today())


class MyTaskFilters(TaskFilters):
    """A department asks by its own part."""

    now = django_filters.ChoiceFilter(label=_("What needs us now"), choices=[*desk.GROUPS.items()], method="group")
    part = django_filters.ChoiceFilter(label=_("Our part"), choices=Part.choices, method="mine")
    handler = django_filters.ChoiceFilter(label=_("Handler"), choices=(), method="handled")

    def group(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(desk.groups(scope_of(self.request.user).departments(), calendar.today())[value])

    def handled(self, rows: Any, name: str, value: str) -> Any:
        """By the colleague named; "none": by nobody yet; "me": by the reader, or by somebody the reader stands in for."""
        user = self.request.user
        parts = Assignment.objects.filter(department__in=scope_of(user).departments(), ended_at=None)
        if value == "none":
            return rows.filter(pk__in=parts.filter(handler=None).values("task_id"))
        away = [one.user_id for one in absences.standing_in(user, calendar.today())]
        return rows.filter(pk__in=parts.filter(handler__in=[user.pk, *away] if value == "me" else [value]).values("task_id"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "handler" not in self.filters:
            return
        user = getattr(self.request, "user", None)
        mine = scope_of(user).departments() if user else set()
        names = rules.colleagues(mine, calendar.today()).order_by("name", "pk").values_list("pk", "name") if mine else ()
        self.filters["handler"].extra["choices"] = [
            ("me", _("me, or whoever I stand in for")), ("none", _("nobody named yet")),
            *((str(pk), name) for pk, name in names)]

    def mine(self, rows: Any, name: str, value: str) -> Any:
        parts = Assignment.objects.filter(department__in=scope_of(self.request.user).departments(), part=value, ended_at=None)
        return rows.filter(pk__in=parts.values("task_id"))


class AllTaskFilters(TaskFilters):
    """Those who follow every task ask by department and by what waits."""

    waits = django_filters.ChoiceFilter(label=_("Waits for the supervision office"), choices=WAITS, method="wait")
    department = django_filters.ModelChoiceFilter(label=_("Department"), queryset=of_my_districts, method="of")
    key = django_filters.BooleanFilter(label=_("Key supervision"))

    def wait(self, rows: Any, name: str, value: str) -> Any:
        return waiting(rows, value)

    def of(self, rows: Any, name: str, value: Department) -> Any:
        return rows.in_part_of([value.pk])


class OfTask(Filters):
    """What lists of a task's parts and replies are narrowed by together."""

    words = django_filters.CharFilter(label=_("Number or title"), method="say")
    department = django_filters.ModelChoiceFilter(label=_("Department"), queryset=of_my_districts)

    def say(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(task__in=search.narrow(Task.objects.all(), value, "number", "title"))


class PartFilters(OfTask):
    """The list of responsibilities."""

    part = django_filters.ChoiceFilter(label=_("Part"), choices=Part.choices)
    state = django_filters.ChoiceFilter(label=_("State"), field_name="task__state", choices=TaskState.choices)
    signing = django_filters.ChoiceFilter(label=_("Signed for"), choices=Signing.choices, method="sign")
    overdue = django_filters.BooleanFilter(label=_("Overdue"), method="late")

    class Meta:
        model = Assignment
        fields = ("words", "department", "part", "state", "signing", "overdue")

    def sign(self, rows: Any, name: str, value: str) -> Any:
        return rows.signing(value, calendar.today())

    def late(self, rows: Any, name: str, value: bool) -> Any:
        late = Task.objects.overdue(calendar.today())
        return rows.filter(task__in=late) if value else rows.exclude(task__in=late)


class ResultFilters(OfTask):
    """The list of results."""

    outcome = django_filters.ChoiceFilter(label=_("Outcome"), choices=Outcome.choices, method="turn_out")
    promise = django_filters.ChoiceFilter(label=_("State of the promise"), choices=Promise.choices, method="promised")
    publicity = django_filters.ChoiceFilter(label=_("Publicity"), choices=Publicity.choices)
    reviewed = django_filters.DateFromToRangeFilter(field_name="reviewed_at", label=_("Reviewed on"))

    class Meta:
        model = Reply
        fields = ("words", "department", "outcome", "promise", "publicity", "reviewed")

    def turn_out(self, rows: Any, name: str, value: str) -> Any:
        return rows.resulting(value)

    def promised(self, rows: Any, name: str, value: str) -> Any:
        return rows.promising(value, calendar.today())
