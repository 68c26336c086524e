"""Filters one keeps for a list: saved under a name beside the list, and removed again. Nobody else's are known here."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, path, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import calendar, saved
from consult.kit.models import SavedFilter
from consult.kit.rules import Denied
from consult.people.roles import scope_of
from portal.kit import access, lists, menus
from portal.kit.forms import ActForm
from portal.kit.moves import blame, refused


class Name(ActForm):
    name = forms.CharField(label=_("Name of this filter"), max_length=saved.NAME)


def list_at(page: str, query: str, user: Any) -> lists.List:
    """The list at an address, narrowed. Http404 where none can be narrowed, Denied for the list of another's desk."""
    try:
        found = resolve(page)
    except Resolver404 as nowhere:
        raise Http404 from nowhere
    kind = getattr(found.func, "view_class", None)
    if not (isinstance(kind, type) and issubclass(kind, lists.List) and kind.filterset and not kind.public):
        raise Http404
    roles = menus.workers(found.namespace, found.view_name)
    if roles is not None and roles.isdisjoint(scope_of(user).roles):
        raise Denied(access.OTHER_DESK)
    view = lists.opened(kind, page, query, user, **found.kwargs)
    if view.address != page:
        raise Http404
    return view


class Save(View):
    """The form beside the filters; what is wrong is told on a page of its own, with everything kept."""

    http_method_names = ["post", "options"]
    words = {"label": _("Save this filter"), "effect": _("It stands above this list from now on, for you alone.")}

    def post(self, request: HttpRequest) -> HttpResponse:
        view = list_at(request.POST.get("page", ""), request.POST.get("query", ""), request.user)
        narrowed: Any = view.panel()
        form = Name(request.POST, user=request.user)
        if form.is_valid():
            try:
                saved.keep(request.user, page=view.address, query=lists.known(narrowed.form, view.request.GET),
                           name=form.cleaned_data["name"], at=calendar.now())
            except ValidationError as wrong:
                blame(form, wrong)
            else:
                messages.success(request, _("Saved."))
                return redirect(view.link())
        else:
            refused(form, request.user)
        return render(request, "rooms/saved/save.html", {
            "title": self.words["label"], "act": self.words, "form": form, "list": view.title, "back": view.link(),
            "chips": view.chips(narrowed.form), "page": view.address, "query": view.request.GET.urlencode()}, status=422)


class Forget(View):
    """The button beside a saved filter."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = SavedFilter.objects.filter(user=request.user, pk=pk).first()
        if found is None or not saved.forget(request.user, pk):
            raise Http404
        messages.success(request, _("The filter “%(name)s” is removed.") % {"name": found.name})
        return redirect(local(request.POST.get("next", "")) or found.page)


def local(url: str) -> str:
    """The address when it is a path of this site, else ""."""
    return url if url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None) else ""


urlpatterns = [
    path("filters/save/", access.door(Save), name="filter.save"),
    path("filters/<int:pk>/forget/", access.door(Forget), name="filter.forget"),
]
