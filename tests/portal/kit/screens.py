"""Screens made of the kit alone, over the opinions' table: a page with acts, a list, and nothing of the rooms."""

from typing import Any

import django_filters
from django import forms as django_forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from django.views.i18n import set_language

from consult.kit.rules import because
from consult.kit.states import move
from consult.opinions.models import Opinion
from consult.opinions.states import OpinionState
from consult.people.roles import scope_of
from portal.front import views
from portal.kit import forms, homes
from portal.kit.access import door
from portal.kit.lists import Column, List
from portal.kit.moves import Act, Start
from portal.kit.narrowing import Filters
from portal.kit.pages import Page


def visible_to(user: Any) -> Any:
    return Opinion.objects.filter(jurisdiction__in=[post[1] for post in scope_of(user).posts])


@because("Only the office may do this.")
def for_office(user: Any, obj: Any) -> bool:
    return scope_of(user).holds("cppcc_office")


@because("Nobody may do this.")
def for_nobody(user: Any, obj: Any) -> bool:
    return False


def keep(opinion: Opinion, *, by: Any, at: Any, note: str = "") -> Opinion:
    if note == "wrong":
        raise ValidationError({"note": "Write another note.", "elsewhere": "Something else is missing."})
    return move(opinion, "keep", by=by, at=at, rule=for_office, data={"note": note})


def decline(opinion: Opinion, *, by: Any, at: Any, reason: str) -> Opinion:
    return move(opinion, "decline", by=by, at=at, rule=for_office, data={"reason": reason})


class Decline(forms.Reason):
    how = django_forms.ChoiceField(label=_("Channel"), choices=[("a", "A"), ("b", "B")], widget=django_forms.RadioSelect,
                                   help_text="One of two.")

    def values(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


def open_one(*, by: Any, at: Any, note: str = "") -> Opinion:
    return Opinion.objects.get(number=note)


class OpinionPage(Page):
    model = Opinion
    visible_to = visible_to
    related = ("subdistrict", "project")

    def facts(self, obj: Any) -> Any:
        return [(_("Place"), obj.place), (_("Channel"), obj.get_channel_display()), (_("Project"), obj.project)]

    acts = (
        Act("keep", _("Keep"), for_office, keep, form=forms.Note, effect="It is kept on record."),
        Act("decline", _("Decline"), for_office, decline, form=Decline, danger=True),
        Act("answer", _("Answer"), for_nobody, decline, form=forms.Reason),
    )


class Filter(Filters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=OpinionState.choices)
    place = django_filters.CharFilter(label=_("Place"), lookup_expr="icontains")
    submitted = django_filters.DateFromToRangeFilter(field_name="submitted_at", label=_("Handed in"))
    tags = django_filters.MultipleChoiceFilter(label=_("Channel"), field_name="channel",
                                               choices=[("web", "Web"), ("phone", "Phone")])

    class Meta:
        model = Opinion
        fields: list[str] = []


class Opinions(List):
    model = Opinion
    visible_to = visible_to
    filterset = Filter
    title = "Opinions"
    empty = "Nothing here."
    related = ("subdistrict",)
    start = ("opinion.open", "Open one")
    columns = (Column("number", "Number", link=True, order="number"), Column("title", "What"),
               Column("subdistrict", "Subdistrict"), Column("channel", "Channel"), Column("state", "State"),
               Column("submitted_at", "When", order="submitted_at"),
               Column("due", "Due", value=lambda obj: obj.submitted_at, kind="due"))


class Office(homes.Home):
    desk = "office"

    def tiles(self) -> list[homes.Tile]:
        return [homes.Tile("late", 2, "/kit/opinions/?state=submitted", "late"), homes.Tile("all", 60, "/kit/opinions/")]

    def recent(self) -> Any:
        return [("Lately", visible_to(self.request.user).order_by("-pk"))]


class Residents(homes.Home):
    desk = "residents"


front = [path("", door(views.Home, public=True), name="home")]
urlpatterns = [
    *OpinionPage.urls("kit/opinions"),
    Start("open", _("Open one"), for_office, open_one, form=forms.Note, effect="Finds one.")
    .url("kit/opinions/open/", "opinion.open"),
    path("kit/opinions/", Opinions.as_view(), name="kit-opinions"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("office/", include(([path("", Office.as_view(), name="home")], "office"))),
    path("residents/", include(([path("", Residents.as_view(), name="home")], "residents"))),
    path("desk/", views.Desk.as_view(), name="desk"),
    path("search/", views.Desk.as_view(), name="search"),
    path("notices/", views.Notices.as_view(), name="notices"),
    path("size/", door(views.Size, public=True), name="size"),
    path("files/<uuid:pk>/", door(views.Attached, public=True), name="attachment"),
    path("", include((front, "front"))),
]
handler403 = "portal.kit.access.denied"
handler404 = "portal.kit.access.not_found"
