"""The page of an object: what it is, who must act, what I may do, who sees it, where it came from, what happened."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.generic import View

from consult.journey import trail
from consult.kit import audit, calendar, grants, notices
from consult.kit.grants import GrantBase
from consult.kit.rules import Sentence, visibility
from portal.kit import access, addresses
from portal.kit.moves import Act, open_acts


class Page(View):
    """Declare ``model``, ``visible_to`` and ``acts``; override ``facts`` and ``extra``; give a template with ``content``."""

    model: type[Model]
    visible_to: Callable[[Any], QuerySet[Any]]
    seen_by: Callable[[Any], list[Sentence]] | None = None
    related: tuple[str, ...] = ()
    prefetch: tuple[Any, ...] = ()
    acts: tuple[Act, ...] = ()
    template_name = "parts/object.html"
    public = False
    http_method_names = ["get", "head", "options"]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """The room's functions are not methods of the page."""
        super().__init_subclass__(**kwargs)
        for name in ("visible_to", "seen_by"):
            given = cls.__dict__.get(name)
            if isinstance(given, FunctionType) and given.__code__.co_varnames[:1] != ("self",):
                setattr(cls, name, staticmethod(given))

    @classmethod
    def urls(cls, prefix: str) -> list[URLPattern]:
        """The page and its acts: ``<prefix>/<pk>/`` named as the model, ``<prefix>/<pk>/<verb>/`` as model.verb."""
        prefix = prefix.strip("/") + "/"
        name = cls.model._meta.model_name
        return [path(f"{prefix}<int:pk>/", access.door(cls, public=cls.public), name=name),
                *(act.pattern(prefix, cls) for act in cls.acts)]

    @classmethod
    def find(cls, user: Any, pk: int) -> Any:
        """The object, or 404 for whoever may not see it."""
        rows = cls.visible_to(user).select_related(*cls.related) if cls.related else cls.visible_to(user)
        return access.visible_or_404(rows.prefetch_related(*cls.prefetch), pk=pk)

    @classmethod
    def seen(cls, user: Any, obj: Any) -> bool:
        return cls.visible_to(user).filter(pk=obj.pk).exists()

    @classmethod
    def home(cls, request: HttpRequest, obj: Any) -> str:
        """Where whoever acts on the object comes from and goes back to."""
        return addresses.of(obj)

    # what a page says; override freely

    def title(self, obj: Any) -> Sentence:
        return getattr(obj, "title", "") or str(obj)

    def number(self, obj: Any) -> str:
        return str(getattr(obj, "number", "") or "")

    def due(self, obj: Any) -> Any:
        """The date the object is due, if any."""
        return getattr(obj, "due_on", None)

    def must_act(self, obj: Any) -> Sentence:
        """Who must act next."""
        return ""

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        """(label, value) pairs; empty values are left out."""
        return []

    def extra(self, obj: Any) -> dict[str, Any]:
        """More context for the content block."""
        return {}

    # the view

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.obj = self.find(request.user, pk)
        self.mark_read(self.obj)
        return render(request, self.template_name, self.context(self.obj))

    def mark_read(self, obj: Any) -> None:
        """Whoever opens the object has read the notices about it."""
        user = self.request.user
        if user.is_authenticated and notices.unread(user).filter(**audit.key_of(obj)).exists():
            notices.read_about(user, obj, at=calendar.now())

    def context(self, obj: Any) -> dict[str, Any]:
        user = self.request.user
        allowed, refused = open_acts(self.acts, obj, user)
        return {"object": obj, obj._meta.model_name: obj, "title": self.title(obj), "number": self.number(obj),
                "due": self.due(obj), "must_act": self.must_act(obj), "today": calendar.today(),
                "facts": [(label, value) for label, value in self.facts(obj) if value not in (None, "", [])],
                "acts": allowed, "refused": refused, "seen_by": self.readers(obj), "grants": self.grants(obj),
                "trail": trail.around(obj, user), "history": self.history(obj), **self.extra(obj)}  # noqa: S610

    def readers(self, obj: Any) -> list[Sentence]:
        seen_by = type(self).seen_by
        return list(seen_by(obj)) if seen_by else []

    def grants(self, obj: Any) -> list[Any]:
        """Named persons with access to this one object, and why."""
        return list(grants.holders(obj, calendar.today())) if has_grants(type(obj)) else []

    def history(self, obj: Any) -> Any:
        """What happened, oldest first, each event with its words; None hides the list."""
        return [(event, audit.label(event.verb)) for event in audit.trail_of(obj)]


def linked(other: Any, user: Any) -> Any:
    """The object for whoever may open it (the page makes it a link), else its words."""
    return other if visibility(type(other), user).filter(pk=other.pk).exists() else str(other)


def has_grants(model: type[Model]) -> bool:
    """Does the model keep grants in a direct-foreign-key table?"""
    return any(field.name == "content_object" and field.related_model is model
               for made in GrantBase.__subclasses__() for field in made._meta.get_fields())
