"""Who gets through the door: 404 for what one may not know of, 403 with the reason for what one may not do."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit.rules import Denied
from consult.people.roles import scope_of
from consult.people.rules import only_for
from portal.kit import menus
from portal.kit.addresses import to


def visible_or_404(queryset: Any, **lookup: Any) -> Any:
    """The object, if the queryset of what this user may see holds it; a stranger learns nothing else."""
    return get_object_or_404(queryset, **lookup)


def person(request: HttpRequest) -> Any:
    """The signed-in user, or None: what a domain verb takes as ``by=``."""
    return request.user if request.user.is_authenticated else None


def door(view: type[View], *, public: bool = False, **initkwargs: Any) -> Callable[..., Any]:
    """``as_view`` with the sign-in asked for by default (LoginRequiredMiddleware) and waived for public pages."""
    made = view.as_view(**initkwargs)
    return login_not_required(made) if public else made


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403: the reason, in the reader's language."""
    reason = getattr(exception, "reason", "") or (exception.args[0] if exception and exception.args else "")
    return render(request, "403.html", {"reason": reason}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404: says nothing about what might be there."""
    return render(request, "404.html", status=404)


class AccessMiddleware:
    """A new password first where one is due; personal pages are never kept by a cache."""

    free = ("account_change_password", "account_logout", "account_reauthenticate", "set_language", "size", "healthz", "metrics")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.must_change(request):
            return redirect("account_change_password")
        response = self.get_response(request)
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """What stands on a desk is for those who work at it: home and lists alike, without a word in each view."""
        found = request.resolver_match
        roles = menus.workers(found.namespace, found.view_name) if found else None
        if roles is not None and request.user.is_authenticated and roles.isdisjoint(scope_of(request.user).roles):
            mine = found.namespace in {desk.name for desk in menus.desks_of(scope_of(request.user))}
            raise Denied(only_for(*sorted(roles)) if mine else OTHER_DESK)

    def must_change(self, request: HttpRequest) -> bool:
        user = getattr(request, "user", None)
        return bool(user is not None and user.is_authenticated and getattr(user, "must_change_password", False)
                    and request.path not in {to(name) for name in self.free})


OTHER_DESK = _("This desk belongs to other roles. Your own desks are in the menu.")
