"""Groups (归类) on the office's desk: waiting opinions of one place that say much the same, to be handled as one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import calendar
from consult.opinions import groups, joining, rules
from consult.opinions.groups import Group
from consult.opinions.models import Opinion
from consult.people.roles import Role, scope_of
from consult.topics.models import Topic
from consult.topics.rules import visible_to as visible_topics
from consult.topics.states import TAKES_VOICES
from portal.filters.trends import Groups as NarrowGroups
from portal.forms.groups import MergeGroup
from portal.kit import addresses
from portal.kit.moves import Start
from portal.office.trends import office_rows

PER_PAGE = 10
#: Beside a group so many topics of its project are offered, the newest first.
OFFERED = 3

MERGE = Start("merge_group", _("Merge opinions"), rules.may_merge, joining.join, form=MergeGroup,
              then=lambda request, result: done(request),
              effect=_("All ticked ones are handled together with the one you choose. Each submitter is told, and gets an "
                       "answer of their own."))


def done(request: HttpRequest) -> str:
    messages.success(request, _("The opinions are merged; everybody is told."))
    return addresses.to("office:groups")


class Shown(NamedTuple):
    """A group on the page, how long its oldest has waited, and the topics it could join."""

    group: Group
    days: int
    topics: list[tuple[Topic, str]]


class Groups(View):
    """Proposals with their reasons: the clerk decides what becomes of each."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = office_rows(request.user).waiting()
        asked = NarrowGroups(request.GET, queryset=waiting, request=request)
        good = asked.is_valid()
        found = [groups.proposal(home, calendar.now()) for home in self.homes()]
        alive = set((asked.qs if good else waiting.none()).order_by().values_list("pk", flat=True))
        keys = [left for proposal in found for one in proposal.keys if len(left := [pk for pk in one if pk in alive]) > 1]
        page = Paginator(sorted(keys, key=lambda left: -len(left)), PER_PAGE).get_page(request.GET.get("page"))
        return render(request, "office/groups.html", {
            "title": _("Groups"), "filters": asked, "page": page, "shown": self.shown(list(page.object_list)),
            "clear": request.path, "waiting": len(alive), "grouped": sum(map(len, keys)), "query": self.query(),
            "stale": any(one.stale for one in found), "asked": any(one.asked for one in found),
            "at": min((one.at for one in found if one.at), default=None), "most": groups.MOST,
            "opinions": addresses.to("office:opinions"), "open_url": addresses.to("topic.open"),
            "merge_url": addresses.to("office:merge_group")}, status=200 if good else 422)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Group them anew, by a worker."""
        for home in self.homes():
            groups.ask(home)
        return redirect("office:groups")

    def homes(self) -> list[int]:
        return sorted(scope_of(self.request.user).jurisdictions(Role.OFFICE))

    def query(self) -> str:
        """The filters, for links to other pages of the list."""
        kept = self.request.GET.copy()
        kept.pop("page", None)
        return kept.urlencode()

    def shown(self, keys: Sequence[Sequence[int]]) -> list[Shown]:
        ids = list(chain.from_iterable(keys))
        rows = Opinion.objects.filter(pk__in=ids).select_related("project", "subdistrict", "community").in_bulk()
        made = [groups.described([rows[pk] for pk in one if pk in rows]) for one in keys]
        topics, today = self.topics(group.members[0].project_id for group in made), calendar.today()
        return [Shown(group, (today - calendar.local_date(group.since)).days, topics[group.members[0].project_id])
                for group in made]

    def topics(self, projects: Iterable[int | None]) -> dict[int | None, list[tuple[Topic, str]]]:
        """By project the topics that still take voices, each with the address where they are added."""
        open_to = visible_topics(self.request.user).filter(
            project__in={one for one in projects if one}, state__in=TAKES_VOICES,
            jurisdiction__in=self.homes()).order_by("-pk")
        found: dict[int | None, list[tuple[Topic, str]]] = defaultdict(list)
        for topic in open_to:
            if len(found[topic.project_id]) < OFFERED:
                found[topic.project_id].append((topic, addresses.to("topic.add_opinion", topic.pk)))
        return found
