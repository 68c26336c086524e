"""The triage desk: the queue with what waits longest on top, and beside it the opinion one reads."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import calendar, parameters
from consult.kit.sealing import mask
from consult.opinions import desk, rules
from consult.opinions.models import Opinion
from consult.opinions.states import OPEN, OpinionState
from portal.filters.opinions import ALL, OfficeOpinions
from portal.kit import addresses
from portal.kit.lists import Column, List
from portal.office import queue
from portal.office.many import MANY
from portal.office.rows import lines
from portal.rooms.opinions import OpinionPage

#: The letters that stand for the frequent acts; the others are reached with the tabulator.
KEYS = {"accept": "a", "answer": "w", "keep": "e", "decline": "d", "refer": "r", "merge": "m", "split": "s", "take_up": "t",
        "take_back": "u", "note": "n"}


class Opinions(List):
    """The queue: counts by state, filters that stay, several decided at once."""

    model = Opinion
    visible_to = rules.visible_to
    filterset = OfficeOpinions
    title = _("Opinions")
    intro = _("Every opinion gets an answer. The oldest that wait should go first.")
    empty = _("No opinion waits for triage.")
    template_name = "office/opinions.html"
    results_template = "office/queue.html"
    related = ("project", "subdistrict", "claim__by")
    reads = ("number", "text", "state", "submitted_at", "channel", "project__name", "subdistrict__name", "claim__until",
             "claim__by__name", "claim__by__username")
    start = ("opinion.enter", _("Enter an opinion"))
    columns = (Column("number", _("No.")), Column("submitted_at", _("Handed in"), order="submitted_at"))
    #: Without numbers that lead to a person: a file goes where nobody asks who opened it.
    taken = (*columns, Column("channel", _("Channel")), Column("project", _("Project")), Column("subdistrict", _("Subdistrict")),
             Column("text", _("What was said"), value=lambda opinion: mask(opinion.text)), Column("state", _("State")))

    def rows(self, user: Any) -> QuerySet[Any]:
        return self.everything

    @cached_property
    def everything(self) -> QuerySet[Any]:
        """Asked for its rows, and by the counts above them."""
        return queue.of_office(self.request.user)

    def ordering(self) -> tuple[str, str]:
        return queue.order_of(self.request.GET)

    @property
    def address(self) -> str:
        return addresses.to("office:opinions")

    def opens(self, filters: Any) -> bool:
        """The queue stands beside what one reads: it keeps its place, unless something is wrong."""
        return filters is not None and bool(filters.form.errors)

    def context(self) -> dict[str, Any]:
        made, now = super().context(), calendar.now()
        numbers = parameters.shown(*desk.LIMITS.values(), "opinion_bulk_max")
        known = desk.waiting(made["page"]["rows"], calendar.today(), numbers)
        claims = {row.pk: claim for row in made["page"]["rows"] if (claim := getattr(row, "claim", None)) and claim.until > now}
        most = numbers("opinion_bulk_max", calendar.today())
        oldest = queue.order_of(self.request.GET) == queue.OLDEST
        query = self.request.GET.urlencode()
        drawn = lines(made["page"]["rows"], known, claims, reader=self.request.user, here=self.kwargs.get("pk"), query=query)
        return {**made, "lines": drawn,
                "many": [(verb, act.label) for verb, act in MANY.items()], "most": most, "over": made["count"] > most,
                "query": query, "oldest": oldest,
                "turned": self.link(sort="-submitted_at" if oldest else "submitted_at", page=None)}

    def extra(self) -> dict[str, Any]:
        found, state = desk.counts(self.everything), self.request.GET.get("state", "")
        wait = sum(found[one] for one in OPEN)
        tabs = [("", _("Waiting"), wait, desk.CAP),
                *((one.value, one.label, found[one], desk.cap_of(one)) for one in OpinionState if found[one]),
                (ALL, _("all"), None, 0)]
        return {"tabs": [(code, label, n if n is None or n <= cap else f"{cap}+", self.link(state=code or None, page=None))
                         for code, label, n, cap in tabs], "state": state, "keys": list(keys())}


def keys() -> Any:
    """The letters with what they stand for, for the help."""
    return ((KEYS[act.verb], act.label) for act in OpinionPage.acts if act.verb in KEYS)


class Case(Opinions):
    """One opinion beside the queue it stands in; on a phone alone, with the way to its neighbours."""

    template_name = "office/case.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = queue.of_office(request.user).select_related(*OpinionPage.related).filter(pk=kwargs["pk"]).first()
        if found is None:
            raise Http404
        page = OpinionPage()
        page.setup(request, pk=found.pk)
        page.mark_read(found)
        context = {**page.context(found), **self.around(found)}
        context["keyed"] = [(one, KEYS.get(one.act.verb, "")) for one in context["acts"]]
        htmx = getattr(request, "htmx", None)
        if htmx and not htmx.history_restore_request and htmx.target == "case":
            response = render(request, "office/case_part.html", context)
            response.headers["HX-Push-Url"] = request.get_full_path()
        else:
            response = render(request, self.template_name, {**self.context(), **context})
        patch_vary_headers(response, ["HX-Request", "HX-Target", "Cookie"])
        return response

    def around(self, opinion: Opinion) -> dict[str, Any]:
        query = self.request.GET
        rows, order = queue.chosen(self.request, query), queue.order_of(query)
        return {"before": self.beside(rows, opinion, order, False), "after": self.beside(rows, opinion, order, True),
                "desk_query": query.urlencode(), "list_url": self.link()}

    def beside(self, rows: QuerySet[Any], opinion: Opinion, order: tuple[str, str], after: bool) -> str:
        found = queue.beside(rows, opinion, order, after=after)
        return case(found, self.request.GET.urlencode()) if found else ""


def case(opinion: Opinion, query: str) -> str:
    """The address of an opinion on the desk, with the filters kept."""
    url = addresses.to("office:case", opinion.pk)
    return f"{url}?{query}" if query else url


class Onward(View):
    """After a decision: the next in the queue as it was filtered, or the queue when it is empty from here on."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        done = queue.of_office(request.user).filter(pk=pk).first()
        if done is None:
            raise Http404
        query = request.GET
        rows, order = queue.chosen(request, query).exclude(pk=pk), queue.order_of(query)
        found = queue.beside(rows, done, order, after=True) or queue.beside(rows, done, order, after=False)
        words = urlencode([pair for pair in query.lists()], doseq=True)
        if found is not None:
            return redirect(case(found, words))
        return redirect(f"{addresses.to('office:opinions')}{'?' if words else ''}{words}")
