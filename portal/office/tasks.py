"""The ledger of tasks, look-backs and their samples, difficulties and bulletins, as the CPPCC office follows them."""

from django.utils.translation import gettext_lazy as _

from portal.filters.tasks import AllTaskFilters
from portal.rooms.circulars import DistrictBulletinList
from portal.rooms.followups import BulletinList, DifficultyList, LookBackList
from portal.rooms.samples import SampleList
from portal.rooms.task_lists import ResponsibilityList, ResultList
from portal.rooms.task_rows import TaskList


class Tasks(TaskList):
    title = _("Ledger of tasks")
    intro = _("The supervision office assigns and decides; the CPPCC office follows, looks back and asks for ratings.")
    filterset = AllTaskFilters


class Responsibilities(ResponsibilityList):
    pass


class Results(ResultList):
    pass


class LookBacks(LookBackList):
    intro = _("A look-back is planned from the page of an answered task.")


class Samples(SampleList):
    """Without a filter: a district draws a few a year."""


class Difficulties(DifficultyList):
    intro = _("What a department cannot move by itself is passed up from here.")


class Bulletins(BulletinList):
    intro = _("A bulletin is drafted from the page of a task.")


class DistrictBulletins(DistrictBulletinList):
    pass
