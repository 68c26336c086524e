"""Recommendations members may put their names to."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit.branches import Turn
from consult.kit.rules import Sentence
from consult.people.roles import scope_of
from consult.recommendations import rules
from consult.recommendations.models import Endorsement, Recommendation
from consult.recommendations.states import ENDORSABLE
from portal.filters.recommendations import Recommendations as NarrowRecommendations
from portal.kit.lists import CAP_JOINED, Column, List


def name_on_it(recommendation: Any) -> Sentence:
    """Has this member put a name to it, or may they still?"""
    if recommendation.mine:
        return _("✓ endorsed by you")
    return _("○ you may endorse it") if recommendation.open_to_me else ""


class Recommendations(List):
    model = Recommendation
    cap = CAP_JOINED
    visible_to = rules.visible_to
    filterset = NarrowRecommendations
    title = _("Recommendations")
    intro = _("Members may put their names to a recommendation until the briefing is instructed.")
    empty = _("No recommendation here yet.")
    related = ("lead",)
    reads = ("number", "title", "state", "lead__name")
    order = ("-drafted_at", "-id")
    columns = (
        Column("number", _("No."), link=True), Column("title", _("Title")), Column("mine", _("Your name"), value=name_on_it),
        Column("lead", _("Suggested lead department")), Column("state", _("State")))

    def turns(self, rows: QuerySet[Any]) -> list[Turn]:
        """Those that lack one's name first; whoever is no member puts a name to none."""
        if not scope_of(self.request.user).member_id:
            return super().turns(rows)  # type: ignore[return-value]
        mine, order = self.mine().values("recommendation"), self.ordering()
        return [(rows.exclude(pk__in=mine), order), (rows.filter(pk__in=mine), order)]

    def tell(self, rows: list[Any]) -> None:
        member = scope_of(self.request.user).member_id
        here = self.mine().filter(recommendation__in=[row.pk for row in rows]).values_list("recommendation", flat=True)
        mine = set(here) if member else set()
        for row in rows:
            row.mine, row.open_to_me = row.pk in mine, bool(member) and row.state in ENDORSABLE

    def mine(self) -> QuerySet[Any]:
        return Endorsement.objects.filter(member=scope_of(self.request.user).member_id)
