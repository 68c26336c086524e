"""All tasks of the district, what waits for a decision, and the difficulties passed up."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.filters.tasks import AllTaskFilters, waiting
from portal.kit.lists import Column
from portal.rooms.followups import DifficultyList
from portal.rooms.task_rows import BY_DEPARTMENT, LIGHT, NUMBER, STATE, TITLE, TaskList, open_asks


class Tasks(TaskList):
    title = _("Tasks")
    intro = _("Only the supervision office assigns tasks, grants time and takes tasks back.")
    filterset = AllTaskFilters


class Asks(TaskList):
    title = _("Extensions and returns to decide")
    empty = _("Nobody waits for a decision.")
    columns = (NUMBER, TITLE, BY_DEPARTMENT, Column("asks", _("Asked"), value=open_asks), STATE, LIGHT)
    prefetch = (*TaskList.prefetch, "extensions", "assignments__returns")

    def rows(self, user: Any) -> Any:
        return waiting(super().rows(user), "asks")


class Difficulties(DifficultyList):
    intro = _("Found on the spot in look-backs. Those passed up wait for you.")
