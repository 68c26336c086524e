"""Lists: a declared table with filters kept in the url, a capped count, pages, and words for emptiness."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import FunctionType
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import resolve
from django.utils import formats, timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise, cached_property
from django.utils.html import conditional_escape
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import saved
from consult.kit.branches import Order, Turn, after, in_turn
from consult.kit.rules import Sentence
from portal.kit import addresses, marks
from portal.kit.narrowing import OPENED, Filters, fed

PER_PAGE = 25
CAP, CAP_JOINED = 1000, 200
#: Desks whose lists are taken away as files.
EXPORTED = ("members", "departments", "office", "supervision", "leadership", "admins")


@dataclass(frozen=True)
class Column:
    """One column. ``value``: attribute path (default: the name) or function of the row; ``kind``: state, due or text.

    ``order``: the field to sort by when the heading is clicked. ``of``: the path to the object behind the row of which the
    column speaks (its link, its state, its value).
    """

    name: str
    label: Sentence
    link: bool = False
    value: Callable[[Any], Any] | str | None = None
    kind: str = ""
    order: str = ""
    of: str = ""

    def cell(self, obj: Any) -> dict[str, Any]:
        obj = read(obj, self.of) if self.of else obj
        kind = self.kind or KINDS.get(self.name, "text")
        found = self.value(obj) if callable(self.value) else read(obj, self.value or self.name)
        if kind == "text":
            if isinstance(found, date):
                kind, found = "date", compact(found)
            elif not isinstance(found, str):
                found = shown(found)
        return {"column": self, "kind": kind, "value": found, "object": obj,
                "url": addresses.of(obj) if self.link else "", "css": self.date_css if kind == "date" else self.usual_css}

    @cached_property
    def usual_css(self) -> str:
        return self.css(self.kind or KINDS.get(self.name, "text"))

    @cached_property
    def date_css(self) -> str:
        return self.css("date")

    def css(self, kind: str) -> str:
        """Titles take the room, numbers and dates stay on one line; simple pages go without the rest."""
        if self.name in ("title", "name", "text"):
            return "wide"
        if self.name == "focus":
            return "minor broad"
        if kind == "date" or self.name == "number":
            return "tight"
        return "" if self.link or kind != "text" else "minor"


KINDS = {"state": "state", "due_on": "due"}


@cache
def steps(path: str) -> tuple[str, ...]:
    return tuple(path.replace("__", ".").split("."))


def read(obj: Any, path: str) -> Any:
    """Follow a dotted or ``__`` path; choices give their label, methods are called."""
    for name in steps(path):
        if obj is None:
            return None
        label = marks.chosen(obj, name) if name != "state" else ""
        obj = label or getattr(obj, name)
        obj = obj() if callable(obj) and not isinstance(obj, Promise) else obj
    return obj


def compact(value: date) -> str:
    """A date or a time short enough for a table."""
    return timezone.localtime(value).isoformat(" ", "minutes")[:16] if isinstance(value, datetime) else value.isoformat()


def shown(value: Any) -> Any:
    """A value as a reader expects it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return formats.date_format(value, "DATE_FORMAT")
    return "" if value is None else value


class List(View):
    """Declare ``model``, ``visible_to``, ``columns``, ``title``; narrow in ``rows``."""

    model: type[Model]
    visible_to: Callable[[Any], QuerySet[Any]]
    filterset: type[Filters] | None = None
    columns: tuple[Column, ...] = ()
    #: The columns of the list as a file, where the page shows its rows another way.
    taken: tuple[Column, ...] = ()
    title: Sentence = ""
    intro: Sentence = ""
    empty: Sentence = _("Nothing here yet.")
    related: tuple[str, ...] = ()
    prefetch: tuple[Any, ...] = ()
    #: The columns of the database that the lines of a page show (all, when none are named): rows are wide, lines are not.
    reads: tuple[str, ...] = ()
    order: str | tuple[Order, ...] = "-pk"
    #: Are the reasons to see a row asked for one by one (see ``consult.kit.branches``)?
    split = True
    start: tuple[str, Sentence] | None = None
    #: The name under which rows are ticked for the form "picks" of the results template; "": they are not.
    pick = ""
    per_page = PER_PAGE
    #: Counted no further than this ("1,000+"). Rows that only a join finds are counted less far: CAP_JOINED.
    cap = CAP
    template_name = "parts/list.html"
    results_template = "parts/list_results.html"
    public = False
    http_method_names = ["get", "head", "options"]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """The room's functions are not methods of the list."""
        super().__init_subclass__(**kwargs)
        given = cls.__dict__.get("visible_to")
        if isinstance(given, FunctionType) and given.__code__.co_varnames[:1] != ("self",):
            cls.visible_to = staticmethod(given)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Whether the panel stands open is no part of what the list shows: links and files do not carry it on."""
        super().setup(request, *args, **kwargs)
        self.unfolded = OPENED in request.GET
        if self.unfolded:
            request.GET = request.GET.copy()
            del request.GET[OPENED]

    def rows(self, user: Any) -> QuerySet[Any]:
        """What the list is about; narrow ``super().rows(user)`` further where needed."""
        return type(self).visible_to(user)

    def extra(self) -> dict[str, Any]:
        """More context, for a template of its own."""
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        htmx = getattr(request, "htmx", None)
        if htmx is None or not htmx or htmx.history_restore_request:
            response = render(request, self.template_name, self.context())
        elif htmx.target == OPENED and self.filterset:
            response = render(request, "parts/filters.html", {"panel": self.panel()})
        else:
            response = render(request, self.results_template, self.context())
        patch_vary_headers(response, ["HX-Request", "HX-Target", "Cookie"])
        return response

    # assembling

    def context(self) -> dict[str, Any]:
        filters, chosen = self.narrowed()
        chips = self.chips(filters.form) if filters else []
        drawn = self.filterset and (self.unfolded or self.opens(filters))
        page = self.page(chosen)
        count = page.pop("count")
        return {"title": self.title, "intro": self.intro, "filters": filters, "chips": chips, "page": page,
                "panel": self.panel() if drawn else None, "unfold": self.link(**{OPENED: "1"}) if self.filterset else "",
                "count": count, "cap": self.cap, "capped": count > self.cap, "headings": self.headings(), "empty": self.empty,
                "rows": [[column.cell(row) for column in self.columns] for row in page["rows"]],
                "labels": [conditional_escape(column.label) for column in self.columns],
                "start": self.starter(), "clear": self.address, "results": self.results_template, "view": self,
                "export": self.export(), "saved": self.saved(filters), **self.extra()}

    def narrowed(self) -> tuple[Any, QuerySet[Any]]:
        """The filters that are asked, if there are any, and what they leave."""
        rows, query = self.rows(self.request.user), self.request.GET
        if not self.filterset:
            return None, rows
        if not (asked := self.filterset.asked(query)):
            return None, self.filterset.unasked(rows)
        filters = self.filterset(query, rows, request=self.request, only=asked)
        return filters, filters.qs

    def opens(self, filters: Any) -> bool:
        """Does the panel stand open? A closed one is drawn when somebody opens it: most pages are left without."""
        return filters is not None

    def panel(self) -> Any:
        """All the filters, to be drawn."""
        return self.filterset and self.filterset(self.request.GET, self.model._default_manager.none(), request=self.request)

    def keys(self) -> Iterator[Any]:
        """The keys of all the rows the list shows, narrowed and in order, on all its pages."""
        for rows, order in self.turns(self.narrowed()[1]):
            yield from rows.order_by(*order).values_list("pk", flat=True)

    def shown(self, keys: list[Any], *, whole: bool = False) -> list[Any]:
        """The rows with these keys, as their lines need them; ``whole``: with all their columns, for a file or a form."""
        rows = self.dressed(self.model._default_manager.all())
        found = (rows.only(*self.reads) if self.reads and not whole else rows).in_bulk(keys)
        made = [found[key] for key in keys if key in found]
        if made:
            self.tell(made)
        return made

    def tell(self, rows: list[Any]) -> None:
        """Give rows what their lines show beside them, in a query for all."""

    def export(self) -> str:
        """The name under which this list is taken away as a file (see portal.kit.exports); "" for those of public pages."""
        here = self.request.resolver_match
        return here.view_name if here and here.namespace in EXPORTED else ""

    def saved(self, filters: Any) -> dict[str, Any] | None:
        """What the reader keeps for this list, and the filters in force when they can be kept; None on public pages."""
        url, user = addresses.to("filter.save"), self.request.user
        if self.filterset is None or self.public or not url or not user.is_authenticated:
            return None
        now, kept = known(filters.form, self.request.GET) if filters else "", saved.kept(user, self.address)
        rows = [{"name": one.name, "url": f"{one.page}?{one.query}", "forget": addresses.to("filter.forget", one.pk),
                 "current": one.query == now} for one in kept]
        return {"rows": rows, "url": url, "page": self.address, "here": self.link(), "most": saved.MOST, "longest": saved.NAME,
                "full": len(kept) >= saved.MOST, "query": "" if any(one["current"] for one in rows) else now}

    def starter(self) -> dict[str, Any] | None:
        """The button that begins a new one, for whoever may."""
        url = addresses.to(self.start[0]) if self.start else ""
        if not self.start or not url:
            return None
        act = getattr(resolve(url).func, "view_initkwargs", {}).get("act")
        return {"url": url, "label": self.start[1]} if act is None or act.rule(self.request.user, None) else None

    def ordering(self) -> tuple[Order, ...]:
        order = (self.order,) if isinstance(self.order, str) else self.order
        wanted = self.request.GET.get("sort", "")
        return (wanted, *order) if wanted.lstrip("-") in {column.order for column in self.columns if column.order} else order

    def turns(self, rows: QuerySet[Any]) -> Iterable[Turn]:
        """What comes before all the rest, and in which order, then the rest; no row twice."""
        return [(rows, self.ordering())]

    def dressed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows with all that their lines show. What ``rows`` and the filters ask for is not needed here, and this not there."""
        rows = rows.select_related(*self.related) if self.related else rows
        return rows.prefetch_related(*self.prefetch)

    def page(self, rows: QuerySet[Any]) -> dict[str, Any]:
        """One page: first the keys, as many as are counted, from their index alone; then these rows."""
        asked = self.request.GET.get("page", "")
        number = max(int(asked), 1) if asked.isdecimal() and len(asked) < 6 else 1
        first = (number - 1) * self.per_page
        turns, start = list(self.turns(rows)), first
        if number > 1 and (last := self.request.GET.get("after", "")).isdecimal() and len(last) < 19:
            further = after(turns, int(last))
            turns, start = (turns, first) if further is None else (further, 0)
        found = in_turn(turns, start, max(self.per_page, self.cap - first) + 1, split=self.split)
        return {"rows": self.shown(found[:self.per_page]), "number": number, "first": first + 1,
                "count": first + len(found) if found else 0,
                "previous": self.link(page=number - 1 if number > 2 else None) if number > 1 else "",
                "next": self.link(page=number + 1, after=self.last(found, number)) if len(found) > self.per_page else ""}

    def last(self, found: list[Any], number: int) -> Any:
        """Beyond what is counted a page begins after the last row of the one before: it need not be counted up to."""
        return found[self.per_page - 1] if number * self.per_page >= self.cap and isinstance(found[0], int) else None

    def headings(self) -> list[dict[str, Any]]:
        now = self.request.GET.get("sort", "")
        return [{"column": column,
                 "sort": self.link(sort=("-" if now == column.order else "") + column.order, page=None)
                 if column.order else "",
                 "aria": {column.order: "ascending", f"-{column.order}": "descending"}.get(now, "")
                 if column.order else ""} for column in self.columns]

    def chips(self, form: Any) -> list[dict[str, Any]]:
        """The filters in force, each with the address of the list without it."""
        form.is_valid()
        made = []
        for name, field in form.fields.items():
            value = form.cleaned_data.get(name)
            if value in (None, "", []) or (hasattr(value, "exists") and not value):
                continue
            keys = [key for key in self.request.GET if key == name or (fed(key, name) and key not in form.fields)]
            made.append({"label": field.label, "value": spoken(field, value),
                         "url": self.link(page=None, **{key: None for key in keys})})
        return made

    def link(self, **changes: Any) -> str:
        """This list's address with some parameters changed (None: left out)."""
        changes = {"after": None, **changes} if "page" in changes else changes
        kept = {name: values for name, values in self.request.GET.lists() if any(values) and name not in changes}
        query = urlencode({**kept, **{name: str(value) for name, value in changes.items() if value is not None}}, doseq=True)
        return f"{self.address}?{query}" if query else self.address

    @property
    def address(self) -> str:
        """Where this list stands."""
        return self.request.path


def opened(kind: type[List], path: str, query: str, user: Any, **kwargs: Any) -> List:
    """A list as this person would open it at this address, without its page. Who may open it is asked elsewhere."""
    request = HttpRequest()
    request.method, request.user, request.GET, request.path = "GET", user, QueryDict(query), path
    view = kind()
    view.setup(request, **kwargs)
    return view


def known(form: Any, query: QueryDict) -> str:
    """The parameters of a filter set that narrow something, in its own order; whatever else stands in ``query`` is left out."""
    form.is_valid()
    made = QueryDict(mutable=True)
    for name, field in form.fields.items():
        parts = [f"{name}_{end}" if end else name for end in getattr(field.widget, "suffixes", [""])]
        for part in parts if name not in form.errors else ():
            if values := [value for value in query.getlist(part) if value]:
                made.setlist(part, values)
    return made.urlencode()


def spoken(field: Any, value: Any) -> str:
    """A filter's value in words."""
    if isinstance(value, slice):
        return " – ".join(str(shown(end)) if end is not None else "…" for end in (value.start, value.stop))
    if isinstance(value, str | int | bool) and hasattr(field, "choices"):
        return str(dict(flat(field.choices)).get(str(value), value))
    if isinstance(value, bool):
        return str(shown(value))
    if isinstance(value, list) and hasattr(field, "choices"):
        words = dict(flat(field.choices))
        return ", ".join(str(words.get(str(one), one)) for one in value)
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return ", ".join(str(one) for one in value)
    return str(shown(value))


def flat(choices: Any) -> list[tuple[str, Any]]:
    """Choices without their groups, keyed by text."""
    pairs = []
    for key, label in choices:
        pairs += [(str(k), text) for k, text in label] if isinstance(label, list | tuple) else [(str(key), label)]
    return pairs
