"""The desk of the three administrators: accounts, appointments, the log, dated settings, the calendar.

Which of the three may open which page is written in ``menus.ONLY``.
"""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar, jobs, parameters
from consult.kit.models import AuditEvent, CalendarDay
from consult.people import rules
from consult.people.models import Appointment, User
from portal.filters.people import AppointmentFilter, AuditFilter, UserFilter
from portal.kit import addresses, homes
from portal.kit.lists import Column, List


class Home(homes.Home):
    desk = "admins"
    intro = _("Three administrators: one makes accounts, another gives rights, a third reads the log.")

    def tiles(self) -> list[homes.Tile]:
        user = self.request.user
        posts = rules.appointments_visible_to(user).in_force(self.today)
        tiles = [homes.Tile(_("accounts"), rules.visible_to(user).count()),
                 homes.Tile(_("appointments in force"), posts.count())]
        if rules.may_run_again(user):
            failed = jobs.failed().count()
            tiles.append(homes.Tile(_("failed jobs"), failed, addresses.to("admins:jobs"), "late" if failed else ""))
        return tiles


class Users(List):
    model = User
    visible_to = rules.visible_to
    filterset = UserFilter
    title = _("Accounts")
    order = ("name", "pk")
    start = ("user.create_account", _("Make an account"))
    columns = (Column("name", _("Person"), link=True), Column("username", _("User name")), Column("is_active", _("May sign in")),
               Column("last_login", _("Last sign-in")))


class Appointments(List):
    model = Appointment
    visible_to = rules.appointments_visible_to
    filterset = AppointmentFilter
    title = _("Appointments")
    related = ("user", "jurisdiction", "department", "subdistrict")
    order = ("-since", "-pk")
    columns = (Column("user", _("Person"), link=True), Column("role", _("Role")),
               Column("body", _("Body"), value=lambda a: a.body.name),
               Column("since", _("In office since")), Column("until", _("Until")))


def thing(event: AuditEvent) -> str:
    """What the act was about, in the reader's language."""
    model = _model(event)
    return f"{model._meta.verbose_name if model else event.model} {event.object_id}"


def course(event: AuditEvent) -> str:
    """From which state to which, where the act moved one."""
    states = dict(getattr(_state(event), "flatchoices", ()))
    steps = [str(states.get(code, code)) for code in (event.before, event.after) if code]
    return " → ".join(steps) if event.before != event.after else ""


def _model(event: AuditEvent) -> Any:
    try:
        return apps.get_model(event.app_label, event.model)
    except LookupError:
        return None  # an event may outlive its model


def _state(event: AuditEvent) -> Any:
    return next((field for field in _model(event)._meta.fields if field.name == "state"), None) if _model(event) else None


class Audit(List):
    model = AuditEvent
    visible_to = rules.audit_visible_to
    filterset = AuditFilter
    title = _("Audit log")
    intro = _("Every act, in order. Nothing here can be changed or removed.")
    columns = (Column("at", _("Time")), Column("verb", _("Act"), value=lambda e: f"{audit.label(e.verb)} ({e.verb})"),
               Column("actor_label", _("By")), Column("object", _("Object"), value=thing),
               Column("after", _("State"), value=course))


class Calendar(List):
    model = CalendarDay
    visible_to = lambda user: CalendarDay.objects.all()  # noqa: E731
    title = _("Calendar")
    intro = _("Holidays on weekdays and make-up working days. A year without data makes due dates provisional.")
    order = "-date"
    start = ("admins:load_calendar", _("Load a year's holidays"))
    columns = (Column("date", _("Day")), Column("is_workday", _("Working day")), Column("name", _("Name")),
               Column("source", _("Source")))


class Parameters(List):
    """Defaults with their basis, and what holds today."""

    title = _("Parameters")
    template_name = "admins/parameters.html"

    def context(self) -> dict[str, Any]:
        today = calendar.today()
        rows = [(key, default, parameters.value(key, on=today)) for key, default in parameters.defaults.items()]
        return {"title": self.title, "rows": rows}
