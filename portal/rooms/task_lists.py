"""Who answers for which task (责任清单) and what came of the tasks (成果清单), as more than one desk reads them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from consult.kit.rules import Sentence
from consult.tasks import clock, rules
from consult.tasks.models import Assignment, Reply
from consult.tasks.states import Outcome, Promise, Signing
from portal.filters.tasks import PartFilters, ResultFilters
from portal.kit.lists import CAP_JOINED, Column, List
from portal.kit.marks import Mark
from portal.rooms.task_rows import mark

SIGNING = {Signing.SIGNED: ("good", "✓"), Signing.WAITS: ("wait", "▲"), Signing.LATE: ("late", "●")}
PROMISES = {Promise.KEPT: ("good", "✓"), Promise.OPEN: ("wait", "▲"), Promise.BROKEN: ("late", "●")}

NUMBER = Column("number", _("No."), link=True, of="task", order="task__number")
TITLE = Column("title", _("Task"), link=True, of="task")
DEPARTMENT = Column("department", _("Department"))


def signing(part: Any) -> Mark:
    """Signed for, and when; or until when it should be."""
    how = part.signing(calendar.today())
    on = calendar.local_date(part.signed_at) if part.signed_at else part.sign_by
    return Mark(*SIGNING[how], how.label, on.isoformat())


def signed_on(part: Any) -> Any:
    return calendar.local_date(part.signed_at) if part.signed_at else None


def promise(reply: Any) -> Mark | None:
    """By when it was promised, or when it was kept, and what became of it."""
    what = reply.promise(calendar.today())
    return Mark(*PROMISES[what], what.label, (reply.fulfilled_on or reply.promise_on).isoformat()) if what else None


def promise_words(reply: Any) -> Sentence:
    what = reply.promise(calendar.today())
    return what.label if what else ""


def outcome(reply: Any) -> Sentence:
    """As it counts today: a kept promise is A."""
    return Outcome(reply.result).label


class ResponsibilityList(List):
    """One line for each part of a department in a task."""

    model = Assignment
    visible_to = rules.assignments_visible_to
    filterset = PartFilters
    title = _("List of responsibilities")
    intro = _("Which department answers for which task, in which part; whether it has signed for it, and when it is due.")
    empty = _("No task has been assigned yet.")
    related = ("task", "department")
    reads = ("part", "signed_at", "sign_by", "department__name", "task__number", "task__title", "task__state", "task__due_on",
             "task__round")
    order = ("-assigned_at", "-id")
    columns = (
        NUMBER, TITLE, DEPARTMENT, Column("part", _("Part")),
        Column("signing", _("Signed for"), value=signing, kind="due", order="sign_by"),
        Column("due_on", _("Due on"), value=lambda part: mark(part.task), order="task__due_on"),
        Column("state", _("State"), of="task", order="task__state"))
    taken = (
        *columns[:4], Column("assigned_at", _("Assigned at")), Column("sign_by", _("To be signed for by")),
        Column("signed_on", _("Signed for on"), value=signed_on), *columns[4:])

    def tell(self, rows: list[Any]) -> None:
        clock.tell([part.task for part in rows], calendar.today())


class ResultList(List):
    """One line for each approved reply; after a second handling its reply stands for the first."""

    model = Reply
    cap = CAP_JOINED
    visible_to = rules.results_visible_to
    filterset = ResultFilters
    title = _("List of results")
    intro = _("What came of the tasks, by approved replies. A kept promise counts as A; a second handling replaces the first.")
    empty = _("No reply has been approved yet.")
    related = ("task", "department")
    reads = ("outcome", "promise_on", "fulfilled_on", "publicity", "reviewed_at", "department__name", "task__number",
             "task__title")
    order = ("-reviewed_at", "-id")
    columns = (
        NUMBER, TITLE, DEPARTMENT, Column("outcome", _("Outcome"), value=outcome),
        Column("promise", _("Promise"), value=promise, kind="due", order="promise_on"), Column("publicity", _("Publicity")),
        Column("reviewed_at", _("Reviewed on"), value=lambda reply: calendar.local_date(reply.reviewed_at), order="reviewed_at"))
    taken = (
        *columns[:3], Column("doc_no", _("Document number")), columns[3],
        Column("paper", _("Outcome in the reply"), value="outcome"),
        Column("promise_on", _("Promised by")), Column("fulfilled_on", _("Promise kept on")),
        Column("promise", _("State of the promise"), value=promise_words), *columns[5:])
