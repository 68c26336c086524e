"""The district bulletin: who sees it, who may write and issue it, who hears of it, and the verbs."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.followups import digest
from consult.followups.district import DistrictBulletin
from consult.followups.states import BulletinState
from consult.kit import audit, calendar, notices, numbering
from consult.kit.rules import Sentence, because, require, rule, sees
from consult.kit.states import WrongState, lock, move
from consult.people.models import Jurisdiction
from consult.people.notices import holders
from consult.people.roles import Role, scope_of
from consult.people.rules import is_supervision, people_in
from consult.recommendations.wording import check_words
from consult.tasks.holding import said
from consult.tasks.notices import clerks

#: The longest paragraph that is set on paper.
LONGEST = 1500

# --- who sees it, who may -------------------------------------------------------------------------------------------

_READERS = DistrictBulletin.departments.through


def visible_to(user: Any) -> Any:
    """Drafts: the supervision office. Issued ones: the CPPCC office, chair and leaders, and the departments named at issue."""
    scope = scope_of(user)
    readers = Q(jurisdiction__in=scope.jurisdictions(Role.OFFICE, Role.CHAIR, Role.LEADER))
    if departments := scope.departments():
        mine = _READERS._default_manager.filter(department__in=departments)
        readers |= Q(pk__in=mine.values("districtbulletin_id"))
    return DistrictBulletin.objects.filter(
        Q(jurisdiction__in=scope.jurisdictions(Role.SUPERVISION)) | (Q(state=BulletinState.ISSUED) & readers))


def seen_by(bulletin: DistrictBulletin) -> list[Sentence]:
    told: list[Sentence] = [_("The supervision office of %(place)s.") % {"place": bulletin.jurisdiction}]
    if bulletin.state == BulletinState.ISSUED:
        told.append(_("The CPPCC office, the chair and the leaders of the district, since it is issued."))
        told.append(_("The clerks of the departments that had a part in a task of the period, since it is issued."))
    return told


@because(_("Whoever worded it last does not issue it: a colleague of the supervision office must."))
def is_second(user: Any, bulletin: Any) -> bool:
    """Four eyes, wherever the supervision office has more than one person."""
    others = people_in([Role.SUPERVISION], bulletin.jurisdiction_id, calendar.today()).exclude(pk=user.pk)
    return bulletin.drafted_by_id != user.pk or not others.exists()


may_draft = rule("followups.draft_district_bulletin", is_supervision)
may_edit = rule("followups.edit_district_bulletin", is_supervision)
may_issue = rule("followups.issue_district_bulletin", is_supervision & is_second)

sees(DistrictBulletin, visible_to)

# --- who hears of it ------------------------------------------------------------------------------------------------

notices.kinds("followups", {
    "district_drafted": _("District bulletin “%(title)s” is drafted and waits to be issued."),
    "district_issued": _("District bulletin %(number)s is issued."),
})


def _tell_drafted(bulletin: DistrictBulletin, by: Any, at: datetime) -> None:
    colleagues = holders(Role.SUPERVISION, where=bulletin.jurisdiction_id, at=at).exclude(pk=by.pk)
    notices.queue("followups.district_drafted", colleagues, bulletin, at=at, title=bulletin.title)


def _tell_issued(bulletin: DistrictBulletin, at: datetime) -> None:
    staff = holders(Role.SUPERVISION, Role.OFFICE, Role.CHAIR, Role.LEADER, where=bulletin.jurisdiction_id, at=at)
    users = [*staff, *clerks(bulletin.departments.all(), calendar.local_date(at))]
    notices.queue("followups.district_issued", users, bulletin, at=at, number=bulletin.number)


# --- what it tells --------------------------------------------------------------------------------------------------

def told(bulletin: DistrictBulletin, *, today: date) -> dict[str, Any]:
    """Its facts: as it was issued, or as it would be issued today."""
    return bulletin.facts or digest.gathered(bulletin.jurisdiction_id, since=bulletin.since, until=bulletin.until, today=today)


def organ(jurisdiction: Jurisdiction) -> str:
    """Whose paper it is: 湖山区委区政府督查室."""
    return f"{jurisdiction.name}委{jurisdiction.name[-1:]}政府督查室"


# --- the verbs ------------------------------------------------------------------------------------------------------

def draft(*, jurisdiction: Jurisdiction, since: date, until: date, title: str, text: str, by: Any, at: datetime
          ) -> DistrictBulletin:
    """Begin the bulletin of a period that is over; the facts need no writing."""
    made = DistrictBulletin(jurisdiction=jurisdiction)
    require(may_draft, by, made)
    with transaction.atomic():
        _word(made, since, until, title, text, by, at)
        audit.write("followups.draft", made, by=by, at=at, after=made.state, data={"since": since, "until": until})
        _tell_drafted(made, by, at)
    return made


def edit(bulletin: DistrictBulletin, *, since: date, until: date, title: str, text: str, by: Any, at: datetime
         ) -> DistrictBulletin:
    """Change period and words of a draft; whoever does so stands as its drafter."""
    with transaction.atomic():
        fresh = lock(bulletin)
        require(may_edit, by, fresh)
        if fresh.state != BulletinState.DRAFTED:
            raise WrongState(_("An issued bulletin is frozen: draft a new one."))
        _word(fresh, since, until, title, text, by, at)
        audit.write("followups.edit", fresh, by=by, at=at, data={"since": since, "until": until})
    bulletin.refresh_from_db()
    return bulletin


def _word(bulletin: DistrictBulletin, since: date, until: date, title: str, text: str, by: Any, at: datetime) -> None:
    digest.check_period(since, until, calendar.local_date(at))
    title = said("title", title, _("Give the bulletin a title."), 120)
    text = said("text", text, _("Write a foreword."), 20000)
    if max(len(paragraph) for paragraph in text.splitlines()) > LONGEST:
        raise ValidationError({"text": _("A paragraph is longer than %(n)s characters: please divide it.") % {"n": LONGEST}})
    check_words({"title": title, "text": text},
                consultations=digest.consultations(bulletin.jurisdiction_id, since=since, until=until))
    bulletin.since, bulletin.until, bulletin.title, bulletin.text = since, until, title, text
    bulletin.drafted_by, bulletin.drafted_at = by, at
    bulletin.save()


def issue(bulletin: DistrictBulletin, *, by: Any, at: datetime) -> DistrictBulletin:
    """Numbered in the district's own run of the year, frozen with the facts of the day, open to those it speaks of."""
    with transaction.atomic():
        fresh, day = lock(bulletin), calendar.local_date(at)
        run = numbering.next_number(f"district_bulletins:{fresh.jurisdiction_id}", day.year)
        number = f"{fresh.jurisdiction.name}督办通报〔{day.year}〕{run}号"
        facts = digest.gathered(fresh.jurisdiction_id, since=fresh.since, until=fresh.until, today=day)
        move(bulletin, "issue", by=by, at=at, rule=may_issue, data={"number": number}, number=number, who=by, when=at,
             facts=facts)
        named = digest.readers(fresh.jurisdiction_id, since=fresh.since, until=fresh.until).values_list("pk", flat=True)
        bulletin.departments.set({*named, *(one["id"] for one in facts["departments"])})
        _tell_issued(bulletin, at)
    return bulletin
