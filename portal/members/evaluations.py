"""What members are asked to judge: ratings and appraisals."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.evaluations import rules
from consult.evaluations.models import Appraisal, Rating
from consult.evaluations.states import RatingState
from consult.people.roles import scope_of
from portal.filters.evaluations import RatingFilter
from portal.kit.lists import Column, List
from portal.rooms.evaluations import subject


def until(rating: Rating) -> Any:
    """Nothing is overdue about a rating that was given."""
    return rating.due_on if rating.state == RatingState.INVITED else None


class Ratings(List):
    model = Rating
    visible_to = rules.visible_to
    filterset = RatingFilter
    title = _("Evaluations")
    intro = _("What you were asked to rate, and what you said.")
    empty = _("Nothing to rate yet. You are asked once a matter you took part in has been answered and looked back on.")
    related = ("task",)
    reads = ("round", "result", "state", "due_on", "task__title")
    order = ("due_on", "pk")
    columns = (Column("task", _("Task"), link=True, value=lambda row: row.task.title), Column("round", _("Handling")),
               Column("state", _("State")), Column("result", _("The result")),
               Column("due_on", _("To be rated until"), value=until))

    def rows(self, user: Any) -> Any:
        return super().rows(user).filter(member=scope_of(user).member_id).exclude(member=None)


class Appraisals(List):
    model = Appraisal
    visible_to = rules.appraisals_visible_to
    title = _("Appraisals")
    intro = _("Anonymous ballots on how a task was handled, or on what a department did in a period.")
    related = ("task", "department")
    reads = ("title", "state", "opened_at", "since", "until", "task__title", "department__name")
    order = ("-opened_at", "-pk")
    columns = (Column("title", _("Title"), link=True), Column("subject", _("What is appraised"), value=subject),
               Column("state", _("State")), Column("opened_at", _("Opened")))
