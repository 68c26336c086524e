"""Act and Start: one page that says what will happen, one form, one domain call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import audit, calendar
from consult.kit.rules import Denied, Rule, Sentence, require
from consult.kit.states import WrongState, can
from consult.people.models import Jurisdiction
from portal.kit import access, addresses, limits
from portal.kit.forms import ActForm

Then = Callable[[HttpRequest, Any], HttpResponse | str | None]


class Open(NamedTuple):
    """One act as the object's page shows it to one person: a button, or the reason why there is none."""

    act: "Act"
    url: str
    reason: Sentence = ""


@dataclass(frozen=True)
class Act:
    """Something a person may do with an object. ``moves``: the state moves it needs (default: the one named like it).

    ``then(request, result)`` may give another answer or address than the object's page; ``initial(obj, user)`` fills
    the form; ``beside(obj, user)`` is more for the act's own template; ``danger`` marks what cannot be undone; ``quiet`` keeps
    it out of "Not open to you"; ``limit`` names how often people without an account may do it from one network (see
    portal.kit.limits).
    """

    verb: str
    label: Sentence
    rule: Rule
    action: Callable[..., Any]
    form: type[forms.Form] | None = None
    effect: Sentence = ""
    moves: tuple[str, ...] | None = None
    done: Sentence = ""
    danger: bool = False
    quiet: bool = False
    public: bool = False
    limit: str = ""
    initial: Callable[[Any, Any], dict[str, Any]] | None = None
    beside: Callable[[Any, Any], dict[str, Any]] | None = None
    then: Then | None = None
    template_name: str = "parts/act.html"

    def stands(self, obj: Any) -> bool:
        """Does the state of the object allow it?"""
        named = (self.verb,) if self.moves is None else self.moves
        moves = [name for name in named if hasattr(getattr(obj, name, None), "_django_fsm")]
        return not moves or any(can(obj, name) for name in moves)

    def url(self, obj: Any) -> str:
        return addresses.to(f"{obj._meta.model_name}.{self.verb}", obj.pk)

    def pattern(self, prefix: str, page: Any) -> URLPattern:
        view = access.door(ActView, public=self.public, act=self, page=page)
        return path(f"{prefix}<int:pk>/{self.verb.replace('_', '-')}/", view,
                    name=f"{page.model._meta.model_name}.{self.verb}")


@dataclass(frozen=True)
class Staged(Act):
    """An act open in some ``states`` (none named: as any act), and only while ``ready`` finds something to act upon."""

    states: tuple[str, ...] = ()
    ready: Callable[[Any], bool] | None = None

    def stands(self, obj: Any) -> bool:
        here = obj.state in self.states if self.states else super().stands(obj)
        return here and (self.ready is None or self.ready(obj))


@dataclass(frozen=True)
class Start:
    """The beginning of an object: like an Act, without an object. The action returns the new one."""

    verb: str
    label: Sentence
    rule: Rule
    action: Callable[..., Any]
    form: type[forms.Form] | None = None
    effect: Sentence = ""
    done: Sentence = ""
    public: bool = False
    initial: Callable[[HttpRequest], dict[str, Any]] | None = None
    then: Then | None = None
    danger: bool = False
    template_name: str = "parts/act.html"

    def url(self, route: str, name: str) -> URLPattern:
        return path(route, access.door(StartView, public=self.public, act=self), name=name)


def open_acts(acts: Any, obj: Any, user: Any) -> tuple[list[Open], list[Open]]:
    """The acts the state allows now: those open to the user, and those refused with the reason."""
    allowed, refused = [], []
    for act in acts:
        url = act.url(obj) if act.stands(obj) else ""
        if not url:
            continue
        verdict = act.rule(user, obj)
        if verdict:
            allowed.append(Open(act, url))
        elif not act.quiet:
            refused.append(Open(act, url, verdict.reason))
    return allowed, refused


class Move(View):
    """What Act and Start share: ask the rule, show the form, call the verb once, say what happened."""

    act: Any = None
    http_method_names = ["get", "post", "head", "options"]
    obj: Any = None

    def call(self, values: dict[str, Any]) -> Any:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def initial(self) -> dict[str, Any]:
        return self.asked()

    def asked(self) -> dict[str, Any]:
        """Known fields named in the query string: a button beside one row leads to its form, filled in."""
        base = getattr(self.act.form, "base_fields", {})
        return {name: self.request.GET.getlist(name)
                if isinstance(base[name], forms.MultipleChoiceField | forms.ModelMultipleChoiceField)
                else self.request.GET[name] for name in self.request.GET if name in base}

    def form(self, data: Any = None, files: Any = None) -> forms.Form:
        kind = self.act.form or ActForm
        return kind(data, files, initial=self.initial(), obj=self.obj, user=self.request.user)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            refused(form, request.user, self.obj)
            return self.show(form, 422)
        if until := self.crowded():
            form.add_error(None, limits.wait(until))
            return limits.told(self.show(form, 429), until, calendar.now())
        try:
            result = self.call(form.values() if hasattr(form, "values") else dict(form.cleaned_data))
        except WrongState as wrong:
            form.add_error(None, ValidationError(str(wrong.reason)))
        except ValidationError as wrong:
            blame(form, wrong)
        else:
            return self.finish(result)
        return self.show(form, 422)

    def crowded(self) -> datetime | None:
        """Until when whoever has no account must wait, because too many did the same from their network."""
        kind = getattr(self.act, "limit", "")
        return limits.take(self.request, calendar.now(), kind) if kind and not self.request.user.is_authenticated else None

    def show(self, form: forms.Form | None, status: int = 200) -> HttpResponse:
        context = {"act": self.act, "form": form, "object": self.obj, "back": self.back(),
                   "title": self.act.label, **self.more()}
        return render(self.request, self.act.template_name, context, status=status)

    def more(self) -> dict[str, Any]:
        return {}

    def finish(self, result: Any) -> HttpResponse:
        answer = self.act.then(self.request, result) if self.act.then else None
        if isinstance(answer, HttpResponse):
            return answer
        messages.success(self.request, self.act.done or _("Done: %(act)s.") % {"act": self.act.label})
        return HttpResponseRedirect(answer or self.landing(result))

    def landing(self, result: Any) -> str:
        return addresses.of(result) or addresses.to("desk") or "/"


class ActView(Move):
    """The page of one Act on one object."""

    page: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.obj = self.page.find(request.user, kwargs["pk"])
        require(self.act.rule, request.user, self.obj)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return super().get(request) if self.act.stands(self.obj) else self.show(None, 409)

    def call(self, values: dict[str, Any]) -> Any:
        return self.act.action(self.obj, by=access.person(self.request), at=calendar.now(), **values)

    def initial(self) -> dict[str, Any]:
        """Known fields from the query string (a link on a page may choose for the reader), then the act's own."""
        return {**(self.act.initial(self.obj, self.request.user) if self.act.initial else {}), **self.asked()}

    def more(self) -> dict[str, Any]:
        page = self.page()
        beside = self.act.beside(self.obj, self.request.user) if self.act.beside else {}
        return {"object_title": page.title(self.obj), "object_number": page.number(self.obj), **beside}

    def back(self) -> str:
        return self.page.home(self.request, self.obj)

    def landing(self, result: Any) -> str:
        """The object's page, as long as the person may still see it."""
        return self.back() if self.page.seen(self.request.user, self.obj) else super().landing(None)


class StartView(Move):
    """The page that begins an object. Known fields may be filled from the query string."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require(self.act.rule, request.user, None)
        return super().dispatch(request, *args, **kwargs)

    def initial(self) -> dict[str, Any]:
        return {**self.asked(), **(self.act.initial(self.request) if self.act.initial else {})}

    def call(self, values: dict[str, Any]) -> Any:
        return self.act.action(by=access.person(self.request), at=calendar.now(), **values)

    def back(self) -> str:
        return addresses.to("desk") if self.request.user.is_authenticated else "/"


def refused(form: forms.Form, user: Any, obj: Any = None) -> None:
    """Keep on record that words with a secrecy mark were refused: by whom and in which fields, never the words."""
    if fields := getattr(form, "marked", None):
        by = user if user is not None and user.is_authenticated else None
        about = obj or by or Jurisdiction.objects.first()
        if about is not None:
            audit.write("kit.refuse_secret", about, by=by, at=calendar.now(), data={"fields": fields})


def blame(form: forms.Form, wrong: ValidationError) -> None:
    """Put the domain's errors beside the fields they name; those without a field go to the summary."""
    if not hasattr(wrong, "error_dict"):
        form.add_error(None, wrong)
        return
    for name, errors in wrong.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


__all__ = ["Act", "Denied", "Open", "Start", "open_acts"]
