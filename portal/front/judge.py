"""Rating by receipt code, and raising a new matter with it: the resident's own word, without an account."""

from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from consult.evaluations import actions
from consult.evaluations.models import Rating
from consult.journey import receipt
from consult.kit import calendar
from portal.forms import evaluations as forms
from portal.front.say import Opened
from portal.kit import receipts
from portal.kit.moves import blame


class Judging(Opened):
    """What rating and raising share: the receipt was shown, and an invitation stands."""

    http_method_names = ["get", "post", "head", "options"]
    title: Any = ""
    intro: Any = ""
    button: Any = ""
    form_class: type[django_forms.Form]

    def rating(self) -> Rating | None:
        raise NotImplementedError

    def act(self, rating: Rating, values: dict[str, Any]) -> HttpResponse:
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(self.form_class()) if self.rating() else redirect("receipt.status")

    def post(self, request: HttpRequest) -> HttpResponse:
        rating, form = self.rating(), self.form_class(request.POST)
        if rating is None:
            return redirect("receipt.status")
        if form.is_valid():
            try:
                return self.act(rating, form.cleaned_data)
            except ValidationError as wrong:
                blame(form, wrong)
        return self.show(form, 422)

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        context = {"form": form, "title": self.title, "intro": self.intro, "button": self.button, "opinion": self.opinion}
        return receipts.private(render(self.request, "front/judge.html", context, status=status))


class Rate(Judging):
    title = _("Was it worth it?")
    intro = _("Only you can give this rating. The handling department learns totals only, never your own answer.")
    button = _("Send my rating")
    form_class = forms.Give

    def rating(self) -> Rating | None:
        return receipt.open_rating(self.opinion, calendar.today())

    def act(self, rating: Rating, values: dict[str, Any]) -> HttpResponse:
        actions.give(rating, holder=self.opinion, at=calendar.now(), **values)
        return redirect("receipt.status")


class Raise(Judging):
    title = _("Raise a new matter")
    intro = _("It becomes a new opinion with a receipt of its own.")
    button = _("Hand it in")
    form_class = forms.Raise

    def rating(self) -> Rating | None:
        return Rating.objects.filter(opinion=self.opinion).order_by("-round").first()

    def act(self, rating: Rating, values: dict[str, Any]) -> HttpResponse:
        opinion, _code = actions.raise_opinion(rating, holder=self.opinion, at=calendar.now(), **values)
        receipts.hand_over(self.request, opinion)
        return redirect("opinion.receipt")
