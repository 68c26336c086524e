"""Bulletins of the district and appraisals of a department over a period for tests, through the real verbs."""

from datetime import date
from typing import Any

from consult.evaluations import actions as evaluations
from consult.evaluations.models import Appraisal
from consult.evaluations.states import VoterGroup
from consult.followups import circulating
from consult.followups.district import DistrictBulletin
from consult.followups.states import BulletinState
from consult.people.roles import Role
from tests import make

SINCE = date(2026, 11, 1)
FOREWORD = "十一月，各承办单位按期办理，总体平稳。\n个别任务超期较久，请抓紧。"


def district_bulletin(place: make.Place, cast: make.Cast, *, state: str = BulletinState.DRAFTED, **values: Any
                      ) -> DistrictBulletin:
    """A bulletin on the month so far, by the only person of the supervision office."""
    made = circulating.draft(**{
        "jurisdiction": place.jurisdiction, "since": SINCE, "until": make.TODAY, "title": "十一月督办情况通报", "text": FOREWORD,
        "by": cast.supervision, "at": make.AT, **values})
    return circulating.issue(made, by=cast.supervision, at=make.AT) if state == BulletinState.ISSUED else made


def department_appraisal(place: make.Place, cast: make.Cast, *, extra: int = 0, closed: bool = False, **values: Any) -> Appraisal:
    """Of the clerk's department over the month so far; two members, the expert, the resident and ``extra`` members vote."""
    voters: list[tuple[Any, str]] = [
        (cast.member, VoterGroup.MEMBERS), (cast.lawyer, VoterGroup.MEMBERS), (cast.expert, VoterGroup.EXPERTS),
        (cast.resident, VoterGroup.PUBLIC)]
    voters += [(make.appointed(f"judge{n}", f"评议委员{n}", Role.MEMBER, place.jurisdiction), VoterGroup.MEMBERS)
               for n in range(extra)]
    made = evaluations.open_department_appraisal(**{
        "department": place.a, "since": SINCE, "until": make.TODAY, "title": "区住房城乡建设局办理工作评议", "voters": voters,
        "by": cast.office, "at": make.AT, **values})
    return evaluations.close_appraisal(made, by=cast.office, at=make.AT) if closed else made
