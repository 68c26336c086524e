"""Recommendations members may put their names to."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Sentence
from consult.people.roles import scope_of
from consult.recommendations import rules
from consult.recommendations.models import Endorsement, Recommendation
from consult.recommendations.states import ENDORSABLE
from portal.filters.recommendations import Recommendations as NarrowRecommendations
from portal.kit.lists import Column, List


def name_on_it(recommendation: Any) -> Sentence:
    """Has this member put a name to it, or may they still?"""
    if recommendation.mine:
        return _("✓ endorsed by you")
    return _("○ you may endorse it") if recommendation.open_to_me else ""


class Recommendations(List):
    model = Recommendation
    visible_to = rules.visible_to
    filterset = NarrowRecommendations
    title = _("Recommendations")
    intro = _("Members may put their names to a recommendation until the briefing is instructed.")
    empty = _("No recommendation here yet.")
    related = ("lead",)
    order = ("mine", "-drafted_at", "-id")
    columns = (
        Column("number", _("No."), link=True), Column("title", _("Title")), Column("mine", _("Your name"), value=name_on_it),
        Column("lead", _("Suggested lead department")), Column("state", _("State")))

    def rows(self, user: Any) -> QuerySet[Any]:
        me = scope_of(user).member_id
        mine = Endorsement.objects.filter(recommendation=OuterRef("pk"), member=me)
        open_to_me = Recommendation.objects.filter(pk=OuterRef("pk"), state__in=ENDORSABLE if me else ())
        return super().rows(user).annotate(mine=Exists(mine), open_to_me=Exists(open_to_me))
