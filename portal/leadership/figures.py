"""Few figures for leadership, each with what it is out of; charts with their numbers beside them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.journey import figures
from consult.kit import calendar
from consult.kit.charts import ChartSpec
from consult.kit.recall import recall
from consult.kit.rules import Denied
from consult.opinions.models import Opinion
from consult.opinions.states import OpinionState
from consult.people.roles import Role, scope_of
from consult.people.rules import only_for
from consult.tasks.models import Task
from consult.tasks.states import TaskState
from consult.topics.models import Topic
from consult.topics.states import TopicState
from portal.kit import homes

READERS = (Role.CHAIR, Role.LEADER, Role.OFFICE, Role.SUPERVISION)


class Figures(View):
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        mine = scope_of(request.user).jurisdictions(*READERS)
        if not mine:
            raise Denied(only_for(*READERS))
        context: dict[str, Any] = {
            "title": _("Figures"), "figures": homes.loop(mine, calendar.today()), "today": calendar.today(),
            "charts": recall(("charts", request.user.pk, scope_of(request.user), get_language()), lambda: charts(request.user))}
        return render(request, "leadership/figures.html", context)


def charts(user: Any) -> list[ChartSpec]:
    drawn = (figures.by_state(Opinion, user, OpinionState, _("Opinions by state")),
             figures.by_state(Topic, user, TopicState, _("Topics by state")),
             figures.by_state(Task, user, TaskState, _("Tasks by state")))
    return [chart for chart in drawn if not chart.is_empty]
