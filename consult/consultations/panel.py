"""Who sits at the table and what is still missing: gaps before the invitations, gaps before the minutes are confirmed."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Consultation, Panelist
from consult.consultations.states import NOTHING, Cleared, Duty, Form, Group, Verdict
from consult.kit import calendar, parameters
from consult.kit.rules import Sentence
from consult.people.models import Expertise
from consult.topics.states import Kind

#: 圆桌商量: so many people, after so many visits (practice of the Jinan consultations).
ROUND_TABLE = (9, 11)
VISITS = 3
MUST, SHOULD = "must", "should"


class Gap(NamedTuple):
    """Something missing: ``must`` holds the step up, ``should`` is a warning."""

    level: str
    sentence: Sentence

    @property
    def holds_up(self) -> bool:
        return self.level == MUST


# --- before the invitations ---------------------------------------------------------------------------------------


def check(consultation: Consultation) -> list[Gap]:
    """The gaps in the composition, the grave ones first."""
    seats = list(consultation.panel.select_related("member"))
    found = [*_duties(seats), *_method(consultation, seats), *_groups(seats), *_size(consultation, seats)]
    return sorted(found, key=lambda gap: gap.level != MUST)


def blocking(gaps: list[Gap]) -> list[Gap]:
    return [gap for gap in gaps if gap.holds_up]


def _duties(seats: list[Panelist]) -> Iterator[Gap]:
    chair = next((seat for seat in seats if seat.duty == Duty.CHAIR), None)
    if chair is None:
        yield Gap(MUST, _("There is no chair yet: add one."))
    elif chair.user_id is None:
        yield Gap(MUST, _("The chair has no account, so nobody could confirm the minutes: choose somebody with an account."))
    if not any(seat.duty == Duty.RECORDER for seat in seats):
        yield Gap(MUST, _("There is no recorder yet: add one."))


def _method(consultation: Consultation, seats: list[Panelist]) -> Iterator[Gap]:
    """What the kind of the topic asks for."""
    kind = consultation.topic.kind
    if kind == Kind.POLICY and not any(seat.group == Group.DEPARTMENTS and seat.is_head for seat in seats):
        yield Gap(MUST, _("A policy question needs a department head at the table, who can answer for the department."))
    if kind == Kind.PLANNING and not consultation.plan_version:
        yield Gap(SHOULD, _("Name the version of the plan under discussion, so that decisions can point to it."))
    if kind == Kind.CONFLICT:
        yield from _conflict(seats)


def _conflict(seats: list[Panelist]) -> Iterator[Gap]:
    chair = next((seat for seat in seats if seat.duty == Duty.CHAIR), None)
    if chair is not None and not leads_conflicts(chair):
        yield Gap(MUST, _("A conflict must be led by a committee member with expertise in law or mediation."))
    if sum(seat.duty == Duty.PARTY for seat in seats) < 2:
        yield Gap(SHOULD, _("Fewer than two parties to the matter are at the table."))


def leads_conflicts(seat: Panelist) -> bool:
    return seat.member is not None and seat.member.knows(Expertise.LAW, Expertise.MEDIATION)


def _groups(seats: list[Panelist]) -> Iterator[Gap]:
    present = {seat.group for seat in seats}
    for group in Group:
        if group not in present:
            yield Gap(SHOULD, _("Nobody yet from this group: %(group)s.") % {"group": group.label})


def _size(consultation: Consultation, seats: list[Panelist]) -> Iterator[Gap]:
    if consultation.form == Form.ROUND_TABLE:
        least, most = ROUND_TABLE
        if not least <= len(seats) <= most:
            yield Gap(SHOULD, _("A round table usually has %(least)s to %(most)s people; now there are %(n)s.") % {
                "least": least, "most": most, "n": len(seats)})
        if consultation.visits < VISITS:
            yield Gap(SHOULD, _("Before a round table there are usually at least %(least)s visits; now there are "
                                "%(n)s.") % {"least": VISITS, "n": consultation.visits})


class Notice(NamedTuple):
    """Working days left before the session, and how many are usual."""

    left: int
    usual: int

    @property
    def is_short(self) -> bool:
        return self.left < self.usual


def notice_on(consultation: Consultation, today: date) -> Notice:
    """How much notice the panel would get if told today."""
    left = calendar.workdays_between(today, calendar.local_date(consultation.starts_at))
    return Notice(left, parameters.value("session_notice", today))


def by_group(consultation: Consultation) -> list[tuple[Sentence, list[Panelist]]]:
    """The five groups in order, each with its people; empty groups too."""
    seats = list(consultation.panel.all())
    return [(group.label, [seat for seat in seats if seat.group == group]) for group in Group]


# --- before the minutes are confirmed -----------------------------------------------------------------------------


def missing(consultation: Consultation) -> list[Gap]:
    """What the record still lacks before the chair can confirm the minutes."""
    return [*_attendance(consultation), *_record(consultation), *_summary(consultation)]


def _attendance(consultation: Consultation) -> Iterator[Gap]:
    n = consultation.panel.filter(attendance=None).count()
    if n:
        yield Gap(MUST, _("Attendance is not recorded yet for %(n)s of those invited.") % {"n": n})


def _record(consultation: Consultation) -> Iterator[Gap]:
    """Each kind has its own method: questions marked, demands decided, positions and agreement."""
    kind = consultation.topic.kind
    if kind == Kind.POLICY:
        yield from _questions(consultation)
    elif kind == Kind.PLANNING:
        yield from _demands(consultation)
    elif kind == Kind.CONFLICT:
        yield from _positions(consultation)


def _questions(consultation: Consultation) -> Iterator[Gap]:
    n = consultation.statements.filter(cleared=Cleared.OPEN).count()
    if n:
        yield Gap(MUST, _("%(n)s questions are not marked yet as cleared up or not.") % {"n": n})
    if not consultation.statements.exists():
        yield Gap(MUST, _("No question is recorded yet."))


def _demands(consultation: Consultation) -> Iterator[Gap]:
    n = consultation.demands.filter(verdict=Verdict.OPEN).count()
    if n:
        yield Gap(MUST, _("%(n)s demands are not decided yet.") % {"n": n})
    if not consultation.demands.exists():
        yield Gap(MUST, _("No demand is recorded yet."))


def _positions(consultation: Consultation) -> Iterator[Gap]:
    n = consultation.positions.filter(agreed=None).count()
    if n:
        yield Gap(MUST, _("For %(n)s parties it is not recorded yet whether they agreed.") % {"n": n})
    if consultation.positions.count() < 2:
        yield Gap(MUST, _("Record what each of at least two parties wants."))


def _summary(consultation: Consultation) -> Iterator[Gap]:
    if not (consultation.consensus and consultation.dissent and consultation.open_points):
        yield Gap(MUST, _("Fill in consensus, dissent and open points, or say of each that there is none."))


def said(text: str) -> Sentence:
    """Consensus, dissent or open points as a reader expects them."""
    return _("none") if text == NOTHING else text
