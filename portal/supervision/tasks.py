"""All tasks of the district, who answers for them, what came of them, what waits, and the difficulties passed up."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.kit import calendar, parameters
from consult.people.roles import Role, scope_of
from consult.tasks import rules
from consult.tasks.states import OPEN
from portal.filters.tasks import AllTaskFilters
from portal.kit.lists import CAP_JOINED, Column, List
from portal.rooms.followups import DifficultyList
from portal.rooms.task_lists import ResponsibilityList, ResultList
from portal.rooms.task_rows import BY_DEPARTMENT, LIGHT, NUMBER, STATE, TITLE, TaskList, open_asks, tell_asks


class Tasks(TaskList):
    """Rows are ticked here, and urged together (see ``urging``)."""

    title = _("Tasks")
    intro = _("Only the supervision office assigns tasks, grants time and takes tasks back.")
    filterset = AllTaskFilters
    pick = "task"
    template_name = "supervision/tasks.html"
    results_template = "supervision/task_results.html"

    def context(self) -> dict[str, Any]:
        made, most = super().context(), parameters.shown("task_bulk_max")("task_bulk_max", calendar.today())
        return {**made, "most": most, "over": made["count"] > most, "query": self.request.GET.urlencode()}


class Responsibilities(ResponsibilityList):
    pass


class Results(ResultList):
    pass


class Asks(TaskList):
    cap = CAP_JOINED
    title = _("Extensions and returns to decide")
    empty = _("Nobody waits for a decision.")
    columns = (NUMBER, TITLE, BY_DEPARTMENT, Column("asks", _("Asked"), value=open_asks), STATE, LIGHT)
    split = False  # few of the open ones: both reasons to wait are asked of them in one go
    turns = List.turns  # whoever waits for a decision is in no task that is over

    def rows(self, user: Any) -> Any:
        return rules.supervised_by(user).filter(state__in=OPEN).asking(scope_of(user).jurisdictions(Role.SUPERVISION))

    def tell(self, rows: list[Any]) -> None:
        super().tell(rows)
        tell_asks(rows)


class Difficulties(DifficultyList):
    intro = _("Found on the spot in look-backs. Those passed up wait for you.")
