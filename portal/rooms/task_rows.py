"""How lists of tasks show the light, the reader's own part and the next act."""

from typing import Any

from django.db.models import F, Prefetch
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from consult.kit.branches import Turn
from consult.people.roles import scope_of
from consult.tasks import clock, rules
from consult.tasks.models import Assignment, Countersign, Task
from consult.tasks.states import OPEN, OVER, OWED, AskState, Light, Part, TaskState
from portal.kit import addresses
from portal.kit.lists import Column, List
from portal.kit.marks import Mark

S = TaskState
TONES = {Light.GREEN: ("far", "■"), Light.BLUE: ("new", "◆"), Light.YELLOW: ("near", "▲"), Light.RED: ("late", "●"),
         Light.STOPPED: ("quiet", "❚❚")}


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
    ours = Assignment.objects.in_force().filter(department__in=scope_of(user).departments()).order_by("-pk")
    mine = {part.task_id: part for part in ours.filter(task__in=[task.pk for task in tasks]).only("task", "part", "signed_at")}
    signed = Countersign.objects.filter(assignment__in=[part.pk for part in mine.values()], submission=F("reply__submission"))
    rounds = set(signed.order_by().values_list("assignment_id", "reply__round"))
    for task in tasks:
        part = mine.get(task.pk)
        task.my_part, task.my_sign = (part.part, part.signed_at) if part else ("", None)
        task.my_countersign = part is not None and (part.pk, task.round) in rounds


def departments(task: Task) -> Any:
    """Who handles it, one a line, the answering departments first."""
    names = [(str(part.department),) for part in sorted(task.parts, key=lambda part: (not part.answers, part.pk))]
    return format_html_join("", '<span class="d-block tight">{}</span>', names) or gettext("not assigned yet")


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
    """Who asks for what; the rows are prefetched."""
    asked: list[Any] = [_("more time until %(date)s") % {"date": one.asked_until} for one in task.extensions.all()
                        if one.state == AskState.ASKED]
    asked += [_("%(name)s: return") % {"name": part.department} for part in task.parts for one in part.returns.all()
              if one.state == AskState.ASKED]
    return "；".join(str(one) for one in asked)


NUMBER = Column("number", _("No."), link=True, order="number")
TITLE = Column("title", _("Task"), link=True)
STATE = Column("state", _("State"), order="state")
LIGHT = Column("due_on", _("Due on"), value=lambda task: mark(task), kind="due", order="due_on")
BY_DEPARTMENT = Column("departments", _("Departments"), value=lambda task: departments(task))
#: Dated tasks first, the earliest on top; then those not assigned yet.
ORDER = (F("due_on").asc(nulls_last=True), "-pk")
#: What is over, the newest on top.
PAST = ("-proposed_at", "-pk")


def parts(*more: str) -> Prefetch:
    """The parts in force with their departments, in one query; ``more``: what is read with them."""
    rows = Assignment.objects.in_force().select_related("department").only("task", "part", "ended_at", "department__name")
    rows = rows.prefetch_related(*more)
    return Prefetch("assignments", rows, to_attr="parts_listed")


class TaskList(List):
    """What every desk's list of tasks has in common."""

    model = Task
    visible_to = rules.visible_to
    columns = (NUMBER, TITLE, BY_DEPARTMENT, STATE, LIGHT)
    prefetch = (parts(),)
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


def next_verb(task: Any) -> str:
    if task.state not in OWED or not task.my_part:
        return ""
    if task.my_sign is None:
        return "sign_for"
    if task.my_part == Part.CO:
        asked = task.state == S.COSIGNING and not task.my_countersign
        return "countersign" if asked else "give_opinion" if task.state == S.HANDLING else ""
    return "draft_reply" if task.state == S.HANDLING else ""
