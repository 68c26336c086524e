"""The weights of the priority on the office's desk: what each means, what a change would do to the order, and since when."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import calendar
from consult.kit.rules import Sentence, require
from consult.topics import actions, priority, rules
from consult.topics.models import Weighting
from consult.topics.priority import Weights
from consult.topics.states import Factor
from portal.forms import plans as forms
from portal.kit.moves import blame, refused

#: So many changes stand on the page; the audit log has them all.
SHOWN = 20


class WeightsPage(View):
    """Shown as they are, or as they would be: nothing holds before it is saved."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.home = forms.homes(request.user).first()
        self.today = calendar.today()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(forms.Weights(initial=self.now()._asdict(), user=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        require(rules.may_set_weights, request.user, Weighting(jurisdiction=self.home))
        form = forms.Weights(request.POST, user=request.user)
        if not form.is_valid():
            refused(form, request.user)
            return self.show(form, status=422)
        values = form.values()
        try:
            if request.POST.get("do") == "save":
                actions.set_weights(self.home, by=request.user, at=calendar.now(), **values)
                messages.success(request, _("The weights hold from %(day)s.") % {"day": values["since"].isoformat()})
                return redirect("office:weights")
            actions.proposed(self.home, by=request.user, at=calendar.now(), **values)
        except ValidationError as wrong:
            blame(form, wrong)
            return self.show(form, status=422)
        return self.show(form, Weights(**{name: values[name] for name in Weights._fields}))

    def now(self) -> Weights:
        return priority.weights(self.home, self.today)

    def show(self, form: Any, then: Weights | None = None, status: int = 200) -> HttpResponse:
        now, user = self.now(), self.request.user
        topics = rules.visible_to(user).filter(jurisdiction=self.home)
        history = Weighting.objects.filter(jurisdiction=self.home).select_related("set_by")[:SHOWN]
        return render(self.request, "office/weights.html", {
            "title": _("Weights of the priority"), "form": form, "preview": then is not None,
            "rows": priority.order(topics, now, then or now, self.today), "holds": priority.in_force(self.home, self.today),
            "history": [(one, spelled(one)) for one in history]}, status=status)


def spelled(row: Weighting) -> list[tuple[Sentence, int]]:
    """Each weight with its words."""
    return [(factor.label, getattr(row, factor)) for factor in Factor]
