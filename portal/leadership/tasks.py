"""The tasks a leader's own instructions led to; for the chair, all of the district."""

from django.utils.translation import gettext_lazy as _

from portal.filters.tasks import AllTaskFilters
from portal.rooms.task_rows import TaskList


class Tasks(TaskList):
    title = _("Tasks from instructions")
    intro = _("What your instructions led to, the most pressing first.")
    empty = _("None of your instructions has led to a task yet.")
    filterset = AllTaskFilters
