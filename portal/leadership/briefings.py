"""What leaders read and what they asked for; for the chair also what waits for a signature."""

from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from consult.briefings import document, rules
from consult.briefings.models import Briefing, Instruction, Recipient
from consult.briefings.states import BriefingState
from consult.kit.branches import Turn
from consult.kit.rules import Sentence
from consult.people.roles import Role, scope_of
from portal.filters.briefings import Briefings as NarrowBriefings
from portal.filters.briefings import Instructions as NarrowInstructions
from portal.kit.lists import Column, List


def issue_of(briefing: Briefing) -> str:
    issue = briefing.issue_or_none
    return document.number_words(issue.snapshot) if issue else ""


def waits(briefing: Any) -> Sentence:
    """What it wants from the reader, in words."""
    if briefing.unread:
        return _("● not read yet")
    return _("▲ waits for your signature") if briefing.to_sign else ""


class Briefings(List):
    """Unread and unsigned ones first."""

    model = Briefing
    visible_to = rules.visible_to
    filterset = NarrowBriefings
    title = _("Briefings")
    empty = _("No briefing has reached you yet.")
    related = ("paper",)
    order = ("-compiled_at", "-id")
    columns = (
        Column("title", _("Title"), link=True), Column("waits", _("For you"), value=waits),
        Column("number", _("Issue"), value=issue_of), Column("kind", _("Kind")), Column("state", _("State")),
        Column("signed_at", _("Signed off"), value=lambda briefing: briefing.issue_or_none and briefing.issue_or_none.signed_at))

    def turns(self, rows: QuerySet[Any]) -> list[Turn]:
        unread, to_sign = self.conditions()
        rest, order = rows.exclude(pk__in=unread), self.ordering()
        return [(rows.filter(pk__in=unread), order), (rest.filter(to_sign), order), (rest.exclude(to_sign), order)]

    def dressed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        unread, to_sign = self.conditions()
        return super().dressed(rows).annotate(
            unread=Exists(unread.filter(briefing=OuterRef("pk"))), to_sign=Case(When(to_sign, then=True), default=False))

    def conditions(self) -> tuple[QuerySet[Any], Q]:
        """The keys of what this reader has not read, and what waits for their signature."""
        user = self.request.user
        unread = Recipient.objects.filter(user=user.pk, read_at=None).values("briefing")
        return unread, Q(state=BriefingState.REVIEWED, jurisdiction__in=scope_of(user).jurisdictions(Role.CHAIR))


class Instructions(List):
    """The leader's own."""

    model = Instruction
    visible_to = rules.instructions_visible_to
    filterset = NarrowInstructions
    title = _("My instructions")
    empty = _("You have given no instruction yet.")
    related = ("issue__briefing",)
    order = ("-registered_at", "-id")
    columns = (
        Column("number", _("No."), link=True), Column("title", _("On the briefing"), value="issue__briefing__title"),
        Column("kind", _("Kind")),
        Column("text", _("Instruction")), Column("given_on", _("Given on")), Column("state", _("State")))

    def rows(self, user: Any) -> QuerySet[Any]:
        return super().rows(user).filter(leader=user.pk)
