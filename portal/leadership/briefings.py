"""What leaders read and what they asked for; for the chair also what waits for a signature."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consult.briefings import document, rules
from consult.briefings.models import Briefing, Instruction, Recipient
from consult.briefings.states import BriefingState
from consult.kit.branches import Turn
from consult.kit.rules import Sentence
from consult.people.roles import Role, scope_of
from portal.filters.briefings import Briefings as NarrowBriefings
from portal.filters.briefings import Instructions as NarrowInstructions
from portal.kit.lists import CAP_JOINED, PER_PAGE, Column, List


def issue_of(briefing: Briefing) -> str:
    issue = briefing.issue_or_none
    return document.number_of(issue) if issue else ""


def waits(briefing: Any) -> Sentence:
    """What it wants from the reader, in words."""
    if briefing.unread:
        return _("● not read yet")
    return _("▲ waits for your signature") if briefing.to_sign else ""


class Briefings(List):
    """Unread and unsigned ones first."""

    cap = CAP_JOINED
    model = Briefing
    visible_to = rules.visible_to
    filterset = NarrowBriefings
    title = _("Briefings")
    empty = _("No briefing has reached you yet.")
    related = ("paper",)
    reads = ("title", "kind", "state", "jurisdiction", "paper__symbol", "paper__issue_no", "paper__total_no", "paper__signed_at")
    order = ("-compiled_at", "-id")
    columns = (
        Column("title", _("Title"), link=True), Column("waits", _("For you"), value=waits),
        Column("number", _("Issue"), value=issue_of), Column("kind", _("Kind")), Column("state", _("State")),
        Column("signed_at", _("Signed off"), value=lambda briefing: briefing.issue_or_none and briefing.issue_or_none.signed_at))

    def turns(self, rows: QuerySet[Any]) -> list[Turn]:
        unread, order, chairs = self.unread, self.ordering(), scope_of(self.request.user).jurisdictions(Role.CHAIR)
        rest = rows.exclude(pk__in=unread)
        if not chairs:
            return [(rows.filter(pk__in=unread), order), (rest, order)]
        to_sign = Q(state=BriefingState.REVIEWED, jurisdiction__in=chairs)
        return [(rows.filter(pk__in=unread), order), (rest.filter(to_sign), order), (rest.exclude(to_sign), order)]

    def tell(self, rows: list[Any]) -> None:
        chairs = scope_of(self.request.user).jurisdictions(Role.CHAIR)
        unread = self.unread if isinstance(self.unread, list) else set(self.unread.filter(briefing__in=[row.pk for row in rows]))
        for row in rows:
            row.unread = row.pk in unread
            row.to_sign = row.state == BriefingState.REVIEWED and row.jurisdiction_id in chairs

    @cached_property
    def unread(self) -> Any:
        """The keys of what this reader has not read: few as a rule, and then told one by one."""
        some = Recipient.objects.filter(user=self.request.user.pk, read_at=None).values_list("briefing", flat=True)
        few = list(some[:PER_PAGE + 1])
        return few if len(few) <= PER_PAGE else some


class Instructions(List):
    """The leader's own."""

    model = Instruction
    visible_to = rules.instructions_visible_to
    filterset = NarrowInstructions
    title = _("My instructions")
    empty = _("You have given no instruction yet.")
    related = ("issue__briefing",)
    reads = ("number", "kind", "text", "given_on", "state", "issue__briefing__title")
    order = ("-registered_at", "-id")
    columns = (
        Column("number", _("No."), link=True), Column("title", _("On the briefing"), value="issue__briefing__title"),
        Column("kind", _("Kind")),
        Column("text", _("Instruction")), Column("given_on", _("Given on")), Column("state", _("State")))

    def rows(self, user: Any) -> QuerySet[Any]:
        return super().rows(user).filter(leader=user.pk)
