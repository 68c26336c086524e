"""Opinions that may come from a machine: looked at together, let through to triage or set aside as spam; nothing is lost."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consult.kit import calendar
from consult.kit.rules import Sentence
from consult.kit.sealing import mask
from consult.opinions import actions, rules
from consult.opinions.models import Opinion, OpinionMessage
from consult.opinions.states import ASIDE, OpinionState
from portal.filters.quarantine import Aside
from portal.forms.quarantine import AT_ONCE, Sift
from portal.kit import access
from portal.kit.lists import Column, List
from portal.kit.moves import blame, refused

SHORT = 60


def tick(opinion: Any) -> SafeString:
    """A box to choose several; it belongs to the form below the list."""
    label = _("Choose %(number)s") % {"number": opinion.number}
    return format_html('<label class="pick"><input class="form-check-input" type="checkbox" form="sift" name="opinions" '
                       'value="{}" aria-label="{}"{}></label>', opinion.pk, label, " checked" if opinion.ticked else "")


def words(opinion: Any) -> SafeString:
    """All of it, folded when it is long, with the place and with what the submitter added since."""
    where = [str(one) for one in (opinion.project, opinion.subdistrict, opinion.place) if one]
    short = len(opinion.text) <= SHORT
    said = format_html('<span class="prose">{}</span>', opinion.text) if short else format_html(
        '<details><summary>{}…</summary><p class="prose mb-0">{}</p></details>', opinion.text[:SHORT], opinion.text)
    return format_html("{}{}{}", said, format_html('<div class="muted small">{}</div>', " · ".join(where)) if where else "",
                       format_html_join("", '<div class="note prose">{} {}</div>',
                                        ((_("The submitter wrote again:"), one.text) for one in opinion.added)))


def doubts(opinion: Any) -> SafeString:
    return format_html_join("", "<div>{}</div>", ((label,) for label in opinion.doubt_labels))


class Quarantine(List):
    """The oldest first; several at once, or all that the filters find."""

    model = Opinion
    visible_to = rules.aside_for
    filterset = Aside
    title = _("Quarantine")
    intro = _("Kept, with a receipt, but not yet counted or shown anywhere else: something looked as if a machine had sent "
              "them. When in doubt, let it through.")
    empty = _("Nothing has to be checked.")
    template_name = "office/quarantine.html"
    related = ("project", "subdistrict")
    reads = ("number", "text", "state", "submitted_at", "place", "doubts", "project__name", "subdistrict__name")
    prefetch = (Prefetch("messages", OpinionMessage.objects.filter(way=OpinionMessage.Way.FROM_SUBMITTER), to_attr="added"),)
    order = ("submitted_at", "id")
    per_page = 50
    http_method_names = ["get", "post", "head", "options"]
    form: Sift
    columns = (
        Column("pick", _("Choose"), value=tick), Column("number", _("No.")), Column("text", _("What was said"), value=words),
        Column("doubts", _("Why it is here"), value=doubts), Column("submitted_at", _("Handed in"), order="submitted_at"))
    #: Without what leads to a person, as in the file of all opinions.
    taken = (columns[1], columns[4], Column("text", _("What was said"), value=lambda opinion: mask(opinion.text)), columns[3])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.form = Sift(user=request.user, found=self.found())
        return super().get(request, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        self.form = Sift(request.POST, user=request.user, found=self.found())
        if self.form.is_valid():
            try:
                n = self.sift(**self.form.values())
            except ValidationError as wrong:
                blame(self.form, wrong)
            else:
                messages.success(request, done(self.form.cleaned_data["do"], n))
                return HttpResponseRedirect(self.link(page=None))
        refused(self.form, request.user)
        return render(request, self.template_name, self.context(), status=422)

    def sift(self, do: str, opinions: QuerySet[Any], reason: str) -> int:
        verb = actions.admit if do == "admit" else actions.set_aside
        return verb(list(opinions), by=access.person(self.request), at=calendar.now(), reason=reason)

    def found(self) -> QuerySet[Any]:
        """What the filters in the address find, also on further pages."""
        return self.narrowed()[1].order_by(*self.order)

    def page(self, rows: QuerySet[Any]) -> dict[str, Any]:
        page = super().page(rows)
        ticked = set(self.form.data.getlist("opinions")) if self.form.is_bound else set()
        for opinion in page["rows"]:
            opinion.ticked = str(opinion.pk) in ticked
        return page

    def extra(self) -> dict[str, Any]:
        state = self.request.GET.get("state") or OpinionState.QUARANTINED
        counts = dict(self.rows(self.request.user).order_by().values_list("state").annotate(n=Count("pk")))
        tabs = [(one, one.label, counts.get(one, 0), self.link(state=one if one == OpinionState.SPAM else None, page=None))
                for one in ASIDE]
        return {"tabs": tabs, "state": state, "spam": state == OpinionState.SPAM, "form": self.form, "at_once": AT_ONCE}


def done(do: str, n: int) -> Sentence:
    if do == "admit":
        return ngettext("%(n)s opinion went to triage, with the time it was handed in.",
                        "%(n)s opinions went to triage, with the time they were handed in.", n) % {"n": n}
    return ngettext("%(n)s opinion was set aside as spam. It is kept and can be let through at any time.",
                    "%(n)s opinions were set aside as spam. They are kept and can be let through at any time.", n) % {"n": n}
