"""The yearly notice of holidays: pasted, looked at with everything that would move, then loaded."""

import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import View

from consult.kit import calendar, dayoff
from consult.kit.rules import require
from consult.people.rules import may_load_calendar
from consult.tasks import recalculating
from portal.kit.forms import ActForm
from portal.kit.moves import blame


class Notice(ActForm):
    year = forms.IntegerField(label=_("Year"), min_value=2025, max_value=2100)
    source = forms.CharField(label=_("Notice and number"), max_length=120, help_text=_(
        "For example: 国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕×号）"))
    text = forms.CharField(
        label=_("The words of the notice"), max_length=6000, widget=forms.Textarea(attrs={"rows": "9"}), help_text=_(
            "One holiday a line, as the notice writes it: “七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。"
            "10月9日（周六）上班。”"))
    days: list[dayoff.Day]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if {"year", "source", "text"} <= said.keys():
            try:
                self.days = dayoff.read(said["text"], said["year"])
            except ValidationError as wrong:
                self.add_error("text", wrong)
            else:
                try:
                    dayoff.check(self.days, said["year"], said["source"])
                except ValidationError as wrong:
                    blame(self, wrong)
        return said

    @property
    def mark(self) -> str:
        """What was looked at: other words are looked at again."""
        return hashlib.sha256(repr((self.days, self.cleaned_data["source"])).encode()).hexdigest()


class Load(View):
    """First what would happen; only the same words, sent again with their mark, are loaded."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require(may_load_calendar, request.user, None)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(Notice(initial={"year": calendar.today().year + 1}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = Notice(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        looked_at = request.POST.get("mark") == form.mark
        moved = recalculating.change_calendar(form.days, form.cleaned_data["source"], by=request.user, at=calendar.now(),
                                              dry=not looked_at)
        if not looked_at:
            return self.show(form, moved=moved, days=form.days, mark=form.mark)
        messages.success(request, ngettext(
            "The calendar is loaded; %(n)d date moved.", "The calendar is loaded; %(n)d dates moved.", len(moved)) % {
                "n": len(moved)})
        return redirect("admins:calendar")

    def show(self, form: Notice, status: int = 200, **more: Any) -> HttpResponse:
        context = {"title": _("Load a year's holidays"), "form": form, **more}
        return render(self.request, "admins/notice.html", context, status=status)
