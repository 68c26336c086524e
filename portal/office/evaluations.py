"""The office's lists of ratings, appraisals and public cases."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.evaluations import rules as evaluations
from consult.evaluations.models import Appraisal, Rating
from consult.showcases import rules as showcases
from consult.showcases.models import Case
from portal.filters.evaluations import RatingFilter
from portal.filters.showcases import OfficeCaseFilter, order_of
from portal.kit.lists import Column, List
from portal.rooms.evaluations import subject


class Ratings(List):
    model = Rating
    visible_to = evaluations.visible_to
    filterset = RatingFilter
    title = _("Evaluations")
    intro = _("Everybody asked, whether they rated or not. Whoever did not rate is never counted as satisfied.")
    related = ("task",)
    reads = ("round", "rater", "work", "result", "state", "due_on", "task__title")
    order = ("-invited_at", "-pk")
    columns = (Column("task", _("Task"), link=True, value=lambda row: row.task.title), Column("round", _("Handling")),
               Column("rater", _("Rater")), Column("work", _("The work done")), Column("result", _("The result")),
               Column("state", _("State")), Column("until", _("To be rated until"), value="due_on"))


class Appraisals(List):
    model = Appraisal
    visible_to = evaluations.appraisals_visible_to
    title = _("Appraisals")
    intro = _("Of a task from its own page; of a department over a period from here.")
    related = ("task", "department")
    reads = ("title", "state", "opened_at", "since", "until", "task__title", "department__name")
    order = ("-opened_at", "-pk")
    start = ("appraisal.open", _("Appraise a department"))
    columns = (Column("title", _("Title"), link=True), Column("subject", _("What is appraised"), value=subject),
               Column("state", _("State")),
               Column("opened_at", _("Opened")))


class Cases(List):
    model = Case
    visible_to = showcases.visible_to
    filterset = OfficeCaseFilter
    title = _("Cases")
    related = ("subdistrict", "topic")
    reads = ("title", "told_on", "state", "subdistrict__name", "topic__kind")
    start = ("case.write", _("Tell a case"))
    columns = (Column("title", _("Title"), link=True), Column("told_on", _("Date")), Column("subdistrict", _("Place")),
               Column("kind", _("Kind"), value="topic.kind"), Column("state", _("State")))

    def ordering(self) -> Any:
        return order_of(self.request.GET)
