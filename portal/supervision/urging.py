"""Several tasks urged at once: first which ones and which cannot be, then the words, then what came of each."""

from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import calendar, parameters
from consult.tasks import actions, urging
from consult.tasks.models import Task
from portal.forms.tasks import Urge as UrgeForm
from portal.kit import addresses, lists
from portal.kit.moves import blame, refused
from portal.supervision.tasks import Tasks

RESULT = "urge_result"


def back_to(query: str) -> str:
    """The list with the very same filters, page and order."""
    url = addresses.to("supervision:tasks")
    return f"{url}?{query}" if query else url


class Urge(View):
    """Asks with everything shown (GET), and does it (POST)."""

    http_method_names = ["get", "post", "head", "options"]
    words = {"label": _("Urge"), "effect": _("Every department that has a part is told.")}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        told = request.POST if request.method == "POST" else request.GET
        self.query = QueryDict(told.get("back", "")).urlencode()
        self.most = parameters.value("task_bulk_max", on=calendar.today())
        self.tasks = self.chosen(told)
        if not self.tasks:
            messages.warning(request, _("Choose at least one task."))
            return redirect(back_to(self.query))
        return super().dispatch(request, *args, **kwargs)

    def chosen(self, told: QueryDict) -> list[Task]:
        """The ticked ones, all on the page, or the first of all that the filter finds; never more than the limit."""
        view = lists.opened(Tasks, addresses.to("supervision:tasks"), self.query, self.request.user)
        if self.request.method != "POST" and told.get("all"):
            return view.shown(list(islice(view.keys(), self.most)), whole=True)
        if self.request.method != "POST" and told.get("here"):
            return view.shown([row.pk for row in view.page(view.narrowed()[1])["rows"]], whole=True)
        ids = [pk for one in told.getlist("task") for pk in one.split(",") if pk.isdecimal() and len(pk) < 19]
        ticked = view.rows(self.request.user).filter(pk__in=ids[:self.most + 1])
        keys = ticked.order_by(*view.ordering()).values_list("pk", flat=True)
        return view.shown(list(keys[:self.most]), whole=True)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(UrgeForm(user=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UrgeForm(request.POST, user=request.user)
        if not form.is_valid():
            refused(form, request.user)
            return self.show(form, 422)
        try:
            done = actions.urge_many(self.tasks, **form.values(), by=request.user, at=calendar.now())
        except ValidationError as wrong:
            blame(form, wrong)
            return self.show(form, 422)
        self.remember(done)
        return redirect("supervision:urged")

    def remember(self, done: list[urging.Urged]) -> None:
        """What came of it, for the page that says so; it may be read again until the next time."""
        self.request.session[RESULT] = {
            "back": self.query, "done": [(one.task.pk, one.task.number, one.task.title) for one in done if not one.reason],
            "refused": [(one.task.pk, one.task.number, str(one.reason)) for one in done if one.reason]}

    def show(self, form: UrgeForm, status: int = 200) -> HttpResponse:
        told = [(task, urging.hindrance(task, self.request.user)) for task in self.tasks]
        willing = [task for task, reason in told if not reason]
        return render(self.request, "supervision/urge.html", {
            "title": _("Urge"), "act": self.words, "form": form if willing else None, "willing": willing,
            "closed": [(task, reason) for task, reason in told if reason], "n": len(self.tasks),
            "ids": ",".join(str(task.pk) for task in self.tasks), "query": self.query, "back": back_to(self.query),
            "limited": len(self.tasks) == self.most}, status=status)


class Urged(View):
    """What came of it, one by one."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        told = request.session.get(RESULT)
        if not told:
            return redirect("supervision:tasks")
        return render(request, "supervision/urged.html", {**told, "title": _("Urge"), "back": back_to(told["back"])})
