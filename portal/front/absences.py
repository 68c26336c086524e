"""I am away: since when, until when, and who stands in; also for whom I stand in."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import calendar
from consult.kit.rules import require
from consult.people import absences, rules
from consult.people.models import User
from portal.kit import access
from portal.kit.forms import ActForm
from portal.kit.moves import blame

#: How long an absence that is over still stands on the page.
SHOWN = timedelta(days=90)


class Away(ActForm):
    since = forms.DateField(label=_("First day away"))
    until = forms.DateField(label=_("Last day away"))
    deputy = forms.ModelChoiceField(label=_("Deputy"), queryset=User.objects.none(),
                                    help_text=_("A colleague with the same post in the same unit."))

    def prepare(self) -> None:
        field: Any = self.fields["deputy"]
        field.queryset = absences.colleagues(self.user, calendar.today())


class Absences(View):
    """One page: what is entered, and one more."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require(rules.may_be_away, request.user)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(Away(user=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = Away(request.POST, user=request.user)
        if form.is_valid():
            try:
                absences.be_away(**form.values(), by=access.person(request), at=calendar.now())
            except ValidationError as wrong:
                blame(form, wrong)
            else:
                messages.success(request, _("Entered. Your deputy was told."))
                return redirect("absences")
        return self.show(form, 422)

    def show(self, form: Away, status: int = 200) -> HttpResponse:
        today = calendar.today()
        rows = rules.absences_visible_to(self.request.user).filter(until__gte=today - SHOWN).select_related("user", "deputy")
        return render(self.request, "front/absences.html", {
            "title": _("Away, and who stands in"), "form": form, "rows": rows, "today": today,
            "colleagues": absences.colleagues(self.request.user, today).exists()}, status=status)


class ComeBack(View):
    """Back earlier, or not away after all."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        absence = access.visible_or_404(rules.absences_visible_to(request.user).select_related("user", "deputy"), pk=pk)
        absences.come_back(absence, by=access.person(request), at=calendar.now())
        messages.success(request, _("Done. Your deputy was told."))
        return redirect("absences")
