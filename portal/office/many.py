"""One decision for many opinions: first what will happen and in which words, then each for itself, then what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import calendar, parameters
from consult.kit.rules import Denied, Rule, Sentence, require
from consult.kit.states import can
from consult.opinions import actions, desk, rules, undoing
from consult.opinions.models import Opinion
from consult.topics import actions as topics
from consult.topics import rules as topic_rules
from portal.forms import desk as forms
from portal.forms import topics as topic_forms
from portal.forms import triage
from portal.kit import addresses
from portal.kit.moves import blame, refused
from portal.office import queue

RESULT = "desk_result"
#: So many of the chosen are named on the page that asks; the rest are counted.
NAMED = 20


@dataclass(frozen=True)
class Many:
    """What can be done with several at once: the form, the verb for one, and the state move each must stand."""

    label: Sentence
    effect: Sentence
    form: type[django_forms.Form]
    act: Callable[..., Any]
    move: str
    rule: Rule
    prepare: Callable[..., dict[str, Any]] | None = None


def merge(opinion: Opinion, *, into: Opinion, **said: Any) -> Opinion:
    if opinion.pk == into.pk:
        raise ValidationError(_("This is the leading one; the others were merged into it."))
    return actions.merge(opinion, into=into, **said)


def take_in(opinion: Opinion, *, topic: Any, by: Any, at: Any, message: str) -> Any:
    return topics.add_opinion(topic, opinions=[opinion], message=message, by=by, at=at)


def open_topic(*, message: str, by: Any, at: Any, **facts: Any) -> dict[str, Any]:
    """The topic first; then each is taken in for itself."""
    return {"topic": topics.open_topic(by=by, at=at, **facts), "message": message}


MANY: dict[str, Many] = {
    "accept": Many(_("Accept"), _("Each submitter is told that it arrived and is being handled."), triage.Accept,
                   actions.accept, "accept", rules.may_accept),
    "keep": Many(_("Keep on record"), _("Each is kept and can be taken into a topic later; each submitter is told."),
                 triage.Keep, actions.keep, "keep", rules.may_keep),
    "decline": Many(_("Do not accept"), _("Each submitter is told the reason. Receipts and opinions stay on record."),
                    triage.Decline, actions.decline, "decline", rules.may_decline),
    "refer": Many(_("Pass on"), _("Each matter goes to another body, without the submitter's name, and each submitter is told."),
                  triage.Refer, actions.refer, "refer", rules.may_refer),
    "answer": Many(_("Answer directly"), _("Each submitter reads this answer; the opinions count as answered."), triage.Answer,
                   actions.answer, "answer", rules.may_answer),
    "merge": Many(_("Merge into one"), _("Each is handled together with the leading opinion; each submitter is told, and gets "
                                         "an answer of their own."), forms.MergeMany, merge, "merge", rules.may_merge),
    "topic": Many(_("Open a topic"), _("A topic is opened, and each is taken into it; each submitter is told."), forms.OpenWith,
                  take_in, "adopt", topic_rules.may_open, open_topic),
    "into_topic": Many(_("Add to a topic"), _("Each is taken into the topic; each submitter is told."), forms.IntoTopic, take_in,
                       "adopt", topic_rules.may_add_opinion),
    "take_back": Many(_("Take the decision back"), _("Each stands where it stood before its last decision; whoever was told is "
                                                     "told again. What was merged comes back whole."), triage.TakeBack,
                      undoing.take_back, "take_back", rules.may_decide_many),
}
#: What can be taken back from the page that says what came of it.
UNDONE = frozenset({"accept", "keep", "decline", "refer", "merge"})


def back_to(query: str) -> str:
    """The queue as it was filtered."""
    url = addresses.to("office:opinions")
    return f"{url}?{query}" if query else url


class Decide(View):
    """Asks with everything shown (GET), and does it (POST)."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require(rules.may_decide_many, request.user)
        told = request.POST if request.method == "POST" else request.GET
        self.query = QueryDict(told.get("back", "")).urlencode()
        self.verb = told.get("verb", "")
        self.many = MANY.get(self.verb)
        self.opinions = self.chosen(told)
        if self.many is None or not self.opinions:
            messages.warning(request, _("Choose what is to be done, and at least one opinion."))
            return redirect(back_to(self.query))
        require(self.many.rule, request.user)
        return super().dispatch(request, *args, **kwargs)

    @property
    def most(self) -> int:
        return parameters.value("opinion_bulk_max", on=calendar.today())

    def chosen(self, told: QueryDict) -> list[Opinion]:
        """The ticked ones, or the first of all that match the filters; never more than the limit."""
        if told.get("all") and self.request.method != "POST":
            found: QuerySet[Any] = queue.chosen(self.request, QueryDict(self.query))
        else:
            ids = [pk for one in told.getlist("opinion") for pk in one.split(",") if pk.isdecimal() and len(pk) < 19]
            found = queue.of_office(self.request.user).filter(pk__in=ids[:self.most + 1]).order_by("submitted_at", "id")
        return list(found[:self.most])

    def form(self, data: Any = None) -> Any:
        many: Any = self.many
        return many.form(data, initial=self.initial(), obj=None, user=self.request.user)

    def initial(self) -> dict[str, Any]:
        if self.verb == "topic":
            return topic_forms.filled(self.request.user, [opinion.pk for opinion in self.opinions])
        return {"into": self.opinions[0].number}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        if "ask" in request.POST:  # as many as an address has no room for
            return self.show(self.form())
        form, many = self.form(request.POST), self.many
        if not form.is_valid() or many is None:
            refused(form, request.user)
            return self.show(form, 422)
        said: dict[str, Any] = {"by": request.user, "at": calendar.now()}
        try:
            values = many.prepare(**form.values(), **said) if many.prepare else form.values()
            done = desk.decide_many(self.opinions, many.act, **said, **values)
        except Denied as wrong:
            form.add_error(None, ValidationError(str(wrong.reason)))
        except ValidationError as wrong:
            blame(form, wrong)
        else:
            self.remember(done)
            return redirect("office:many_done")
        return self.show(form, 422)

    def remember(self, done: list[desk.Done]) -> None:
        """What came of it, for the page that says so; it may be read again until the next time."""
        many: Any = self.many
        self.request.session[RESULT] = {
            "label": str(many.label), "back": self.query, "undone": self.verb in UNDONE,
            "done": [(one.opinion.pk, one.opinion.number) for one in done if not one.reason],
            "refused": [(one.opinion.pk, one.opinion.number, str(one.reason)) for one in done if one.reason]}

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        many: Any = self.many
        closed = [one for one in self.opinions if not can(one, many.move)]
        return render(self.request, "office/many.html", {
            "title": many.label, "act": many, "form": form, "opinions": self.opinions[:NAMED], "n": len(self.opinions),
            "more": max(0, len(self.opinions) - NAMED), "closed": closed, "open": len(self.opinions) - len(closed),
            "verb": self.verb, "query": self.query,
            "ids": ",".join(str(one.pk) for one in self.opinions), "back": back_to(self.query),
            "limited": len(self.opinions) == self.most}, status=status)


class Result(View):
    """What came of it, one by one."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        told = request.session.get(RESULT)
        if not told:
            return redirect("office:opinions")
        return render(request, "office/many_done.html", {
            **told, "title": told["label"], "back": back_to(told["back"]), "query": told["back"],
            "ids": ",".join(str(pk) for pk, _number in told["done"])})
