"""How lists of tasks show the light, the reader's own part and the next act."""

from operator import itemgetter
from typing import Any

from django.db.models import F
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from consult.kit.branches import Turn
from consult.kit.bykey import ByKey
from consult.people.roles import scope_of
from consult.tasks import clock, rules
from consult.tasks.models import Assignment, Countersign, Extension, ReturnRequest, Task
from consult.tasks.states import ANSWERING, OPEN, OVER, OWED, AskState, Light, Part, TaskState
from portal.kit import addresses
from portal.kit.lists import Column, List
from portal.kit.marks import Mark

S = TaskState
TONES = {Light.GREEN: ("far", "■"), Light.BLUE: ("new", "◆"), Light.YELLOW: ("near", "▲"), Light.RED: ("late", "●"),
         Light.STOPPED: ("quiet", "❚❚")}


# --- asked by the keys of a page's rows ------------------------------------------------------------------------

#: Last comes the part that counts for whoever works in several departments: the first.
_OWN = ByKey(lambda tasks: Assignment.objects.in_force().filter(task__in=tasks).order_by("-pk").values_list(
    "task_id", "pk", "department_id", "part", "signed_at"))
_NAMED = ByKey(lambda tasks: Assignment.objects.in_force().filter(task__in=tasks).order_by("pk").values_list(
    "task_id", "pk", "part", "department__name"))
_SIGNED = ByKey(lambda parts: Countersign.objects.filter(assignment__in=parts, submission=F("reply__submission")).order_by(
    ).values_list("assignment_id", "reply__round"))
_LONGER = ByKey(lambda tasks: Extension.objects.filter(task__in=tasks, state=AskState.ASKED).order_by("pk").values_list(
    "task_id", "asked_until"))
_RETURNING = ByKey(lambda parts: ReturnRequest.objects.filter(assignment__in=parts, state=AskState.ASKED).order_by(
    "pk").values_list("assignment_id"))


# --- the light and the next act, also in lists -----------------------------------------------------------------

def mark(task: Any) -> Mark | None:
    """The light of a task in words, shape and colour; a list asks for all its tasks at once (``clock.tell``)."""
    today = calendar.today()
    light = clock.light(task, today)
    if light == Light.DONE:
        return None
    tone, shape = TONES[light]
    words = str(light.label) if light == Light.STOPPED else str(clock.left(task, today))
    return Mark(tone, shape, words, task.due_on.isoformat())


def tell_own(tasks: list[Any], user: Any) -> None:
    """Give tasks the part of the reader's department, and what it has done: ``my_part``, ``my_sign``, ``my_countersign``."""
    ours = scope_of(user).departments()
    parts = [part for part in _OWN([task.pk for task in tasks]) if part[2] in ours]
    mine, of = {key: (part, signed) for key, _pk, _unit, part, signed in parts}, {part[1]: part[0] for part in parts}
    asked = {task.pk for task in tasks if task.state == S.COSIGNING}
    rounds = {(of[pk], n) for pk, n in _SIGNED([pk for pk, key in of.items() if key in asked])}
    for task in tasks:
        task.my_part, task.my_sign = mine.get(task.pk, ("", None))
        task.my_countersign = (task.pk, task.round) in rounds


def departments(task: Task) -> Any:
    """Who handles it, one a line, the answering departments first (see ``tell_departments``)."""
    names = [(name,) for name in task.handlers]
    return format_html_join("", '<span class="d-block tight">{}</span>', names) or gettext("not assigned yet")


def tell_departments(tasks: list[Any]) -> None:
    """Give tasks the names of those who handle them: ``handlers``, and by their parts: ``handling``."""
    found: dict[int, list[tuple[bool, str, int]]] = {}
    for key, pk, part, name in _NAMED([task.pk for task in tasks]):
        found.setdefault(key, []).append((part not in ANSWERING, name, pk))
    for task in tasks:
        mine = sorted(found.get(task.pk, ()), key=itemgetter(0))
        task.handlers, task.handling = [name for _later, name, _pk in mine], {pk: name for _later, name, pk in mine}


def next_act(task: Any) -> Any:
    """The one thing the reader's department should do now, as a link; a dash while others must act."""
    verb = next_verb(task)
    if not verb:
        return "–"
    words = {"sign_for": _("Sign for"), "draft_reply": _("Answer it"), "countersign": _("Counter-sign"),
             "give_opinion": _("Give our opinion")}[verb]
    return format_html('<a class="btn btn-sm btn-outline-primary" href="{}">{}</a>', addresses.to(f"task.{verb}", task.pk), words)


def my_part(task: Any) -> str:
    return str(Part(task.my_part).label) if task.my_part else ""


def open_asks(task: Any) -> str:
    """Who asks for what (see ``tell_asks``)."""
    asked: list[Any] = [_("more time until %(date)s") % {"date": until} for until in task.longer]
    asked += [_("%(name)s: return") % {"name": name} for name in task.returning]
    return "；".join(str(one) for one in asked)


def tell_asks(tasks: list[Any]) -> None:
    """Give tasks what waits for a decision: until when more time is asked (``longer``), who wants to return (``returning``).

    Their departments are told before.
    """
    longer, returning = _LONGER([task.pk for task in tasks]), _RETURNING([pk for task in tasks for pk in task.handling])
    for task in tasks:
        task.longer = [until for key, until in longer if key == task.pk]
        task.returning = [task.handling[pk] for pk, in returning if pk in task.handling]


NUMBER = Column("number", _("No."), link=True, order="number")
TITLE = Column("title", _("Task"), link=True)
STATE = Column("state", _("State"), order="state")
LIGHT = Column("due_on", _("Due on"), value=lambda task: mark(task), kind="due", order="due_on")
BY_DEPARTMENT = Column("departments", _("Departments"), value=lambda task: departments(task))
#: Dated tasks first, the earliest on top; then those not assigned yet.
ORDER = (F("due_on").asc(nulls_last=True), "-pk")
#: What is over, the newest on top.
PAST = ("-proposed_at", "-pk")


class TaskList(List):
    """What every desk's list of tasks has in common."""

    model = Task
    visible_to = rules.visible_to
    columns = (NUMBER, TITLE, BY_DEPARTMENT, STATE, LIGHT)
    reads = ("number", "title", "state", "due_on", "round")
    order = ORDER
    empty = _("No task here yet. Tasks come from leaders' instructions on a briefing.")

    def turns(self, rows: Any) -> list[Turn]:
        """What is still to be done first: nobody looks for today's work beneath that of three years."""
        if self.ordering() != ORDER:
            return super().turns(rows)
        return [(rows.filter(state__in=OPEN), ORDER), (rows.filter(state__in=OVER), PAST)]

    def tell(self, rows: list[Any]) -> None:
        clock.tell(rows, calendar.today())
        if BY_DEPARTMENT in self.columns:
            tell_departments(rows)


def next_verb(task: Any) -> str:
    if task.state not in OWED or not task.my_part:
        return ""
    if task.my_sign is None:
        return "sign_for"
    if task.my_part == Part.CO:
        asked = task.state == S.COSIGNING and not task.my_countersign
        return "countersign" if asked else "give_opinion" if task.state == S.HANDLING else ""
    return "draft_reply" if task.state == S.HANDLING else ""
