"""The district bulletin (督办通报): what it tells, and its verbs."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.followups import digest, notices, rules
from consult.followups.district import DistrictBulletin
from consult.followups.holding import set_on_paper
from consult.followups.states import BulletinState
from consult.kit import audit, calendar, numbering
from consult.kit.rules import require
from consult.kit.states import WrongState, lock, move
from consult.people.models import Jurisdiction
from consult.recommendations.wording import check_words
from consult.tasks.holding import said

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
    require(rules.may_draft_district, by, made)
    with transaction.atomic():
        _word(made, since, until, title, text, by, at)
        audit.write("followups.draft", made, by=by, at=at, after=made.state, data={"since": since, "until": until})
        notices.district_drafted(made, by, at)
    return made


def edit(bulletin: DistrictBulletin, *, since: date, until: date, title: str, text: str, by: Any, at: datetime
         ) -> DistrictBulletin:
    """Change period and words of a draft; whoever does so stands as its drafter."""
    with transaction.atomic():
        fresh = lock(bulletin)
        require(rules.may_edit_district, by, fresh)
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
    set_on_paper(text)
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
        move(bulletin, "issue", by=by, at=at, rule=rules.may_issue_district, data={"number": number}, number=number, who=by,
             when=at, facts=facts)
        named = digest.readers(fresh.jurisdiction_id, since=fresh.since, until=fresh.until).values_list("pk", flat=True)
        bulletin.departments.set({*named, *(one["id"] for one in facts["departments"])})
        notices.district_issued(bulletin, at)
    return bulletin
