"""A department's tasks, due first, each with its next act; the look-backs on them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.followups.rules import confirmed_for
from consult.tasks.rules import handled_by
from portal.filters.tasks import MyTaskFilters
from portal.kit.lists import CAP_JOINED, Column
from portal.rooms.followups import LookBackList
from portal.rooms.task_rows import LIGHT, NUMBER, STATE, TITLE, TaskList, my_part, next_act, tell_own


class Tasks(TaskList):
    cap = CAP_JOINED
    title = _("Our tasks")
    intro = _("Due first. The clock runs from the assignment, not from signing for it.")
    empty = _("Nothing is assigned to your department.")
    filterset = MyTaskFilters
    columns = (NUMBER, TITLE, Column("my_part", _("Our part"), value=my_part), STATE, LIGHT,
               Column("next", _("Next step"), value=next_act))

    def rows(self, user: Any) -> Any:
        return handled_by(user)

    def tell(self, rows: list[Any]) -> None:
        super().tell(rows)
        tell_own(rows, self.request.user)


class LookBacks(LookBackList):
    cap = CAP_JOINED
    title = _("Look-backs on our tasks")
    intro = _("You read a look-back once the CPPCC office has confirmed it.")

    def rows(self, user: Any) -> Any:
        return confirmed_for(user)
