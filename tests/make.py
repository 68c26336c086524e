"""Things for tests. People and places are made here; each room adds its own in ``make_<room>.py``.

``make.topic(...)`` finds ``topic`` in ``tests/make_topics.py``: names are looked up in all of them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from consult.people import actions
from consult.people.models import (
    Appointment,
    CommitteeMember,
    Community,
    Department,
    Expertise,
    Jurisdiction,
    LiaisonOffice,
    Resident,
    SpecialCommittee,
    Subdistrict,
    User,
)
from consult.people.roles import Role
from consult.renewal.models import RenewalProject
from consult.renewal.states import LandKind, Mode

AT = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = AT.date()
SINCE = date(2026, 1, 1)
PASSWORD = "a-long-test-password"

_numbers = count(1)


def __getattr__(name: str) -> Any:
    if not name.startswith("_"):
        for file in sorted(Path(__file__).parent.glob("make_*.py")):
            module = import_module(f"tests.{file.stem}")
            if name in vars(module):
                return vars(module)[name]
    raise AttributeError(f"no tests/make_<room>.py makes {name!r}")


@cache
def _password() -> str:
    return make_password(PASSWORD)


@dataclass
class Place:
    """A district with what belongs to it, and another district that must never see any of it."""

    city: Jurisdiction
    jurisdiction: Jurisdiction
    other: Jurisdiction
    subdistrict: Subdistrict
    other_subdistrict: Subdistrict
    community: Community
    a: Department
    b: Department
    other_department: Department
    committee: SpecialCommittee
    liaison: LiaisonOffice
    project: RenewalProject
    departments: tuple[Department, Department] = field(init=False)

    def __post_init__(self) -> None:
        self.departments = (self.a, self.b)


def place() -> Place:
    city = Jurisdiction.objects.create(name="历阳市", name_en="Liyang City", level="city", code="历阳政协")
    here = Jurisdiction.objects.create(name="湖山区", name_en="Hushan District", level="district", parent=city,
                                       code="湖山政协", order=1)
    other = Jurisdiction.objects.create(name="河东区", name_en="Hedong District", level="district", parent=city,
                                        code="河东政协", order=2)
    street = Subdistrict.objects.create(name="白石街道", name_en="Baishi Subdistrict", jurisdiction=here, order=1)
    community = Community.objects.create(name="石桥社区", name_en="Shiqiao Community", subdistrict=street)
    return Place(
        city=city, jurisdiction=here, other=other, subdistrict=street, community=community,
        other_subdistrict=Subdistrict.objects.create(name="东岸街道", jurisdiction=other),
        a=Department.objects.create(name="区住房城乡建设局", name_en="Housing Bureau", jurisdiction=here, order=1),
        b=Department.objects.create(name="区教育和体育局", name_en="Education Bureau", jurisdiction=here, order=2),
        other_department=Department.objects.create(name="河东区住房城乡建设局", jurisdiction=other),
        committee=SpecialCommittee.objects.create(name="城建和人口资源环境委员会", jurisdiction=here),
        liaison=LiaisonOffice.objects.create(name="白石街道政协委员联络室", subdistrict=street),
        project=project(here, street, community=community))


def project(jurisdiction: Jurisdiction, subdistrict: Subdistrict, **values: Any) -> RenewalProject:
    number = next(_numbers)
    return RenewalProject.objects.create(**{
        "number": f"GX-2026-{number:04d}", "name": f"白石片区 {number}", "area": "白石山南麓", "jurisdiction": jurisdiction,
        "subdistrict": subdistrict, "land_kind": LandKind.COLLECTIVE, "mode": Mode.REBUILD, "households": 420,
        "residents": 1360, "consent_threshold": 95, "signing_threshold": 95, "threshold_basis": "片区征收补偿方案第八条",
        **values})


def user(username: str = "", name: str = "", **values: Any) -> User:
    """An account that can sign in with PASSWORD, without any right."""
    username = username or f"user{next(_numbers)}"
    return User.objects.create(username=username, name=name or username, password=_password(), **values)


def appointed(username: str, name: str, role: str, jurisdiction: Jurisdiction, **values: Any) -> User:
    """An account with one appointment in force."""
    holder = user(username, name)
    appoint(holder, role, jurisdiction, **values)
    return holder


def appoint(holder: User, role: str, jurisdiction: Jurisdiction, *, since: date = SINCE, by: User | None = None,
            **values: Any) -> Appointment:
    """An appointment through the real verb, by the district's security administrator when it has one."""
    post = Appointment.objects.filter(role=Role.SEC_ADMIN, jurisdiction=jurisdiction).select_related("user").first()
    by = by or (post.user if post else None)
    made = actions.appoint(holder, role=role, jurisdiction=jurisdiction, since=since, by=by, at=AT, **values)
    holder.__dict__.pop("_scope", None)
    return made


def committee_member(holder: User, place: Place, *expertise: str, **values: Any) -> CommitteeMember:
    """The member of the committee behind an account."""
    return CommitteeMember.objects.create(**{
        "user": holder, "name": holder.name, "jurisdiction": place.jurisdiction, "sector": "经济界",
        "post": "某公司 经理", "committee": place.committee, "liaison_office": place.liaison,
        "expertise": list(expertise), **values})


@dataclass
class Cast:
    """One person for each role, a second clerk, two people of another district, and a stranger without appointment."""

    resident: User
    member: User
    lawyer: User
    cadre: User
    expert: User
    clerk: User
    clerk2: User
    office: User
    chair: User
    supervision: User
    leader: User
    sysadmin: User
    secadmin: User
    auditadmin: User
    stranger: User
    other_office: User
    other_clerk: User

    def roles(self) -> dict[str, User]:
        """Everybody by the name used in tests."""
        return dict(vars(self))


def cast(place: Place) -> Cast:
    here = place.jurisdiction

    def one(username: str, name: str, role: str, **values: Any) -> User:
        return appointed(username, name, role, here, **values)

    made = Cast(
        # First those without whom nobody can be appointed.
        secadmin=one("secadmin", "安全员", Role.SEC_ADMIN),
        sysadmin=one("sysadmin", "系统员", Role.SYS_ADMIN),
        auditadmin=one("auditadmin", "审计员", Role.AUDIT_ADMIN),
        resident=one("resident", "居民甲", Role.RESIDENT),
        member=one("member", "委员甲", Role.MEMBER),
        lawyer=one("lawyer", "委员律师", Role.MEMBER),
        cadre=one("cadre", "街道干部", Role.CADRE, subdistrict=place.subdistrict),
        expert=one("expert", "专家甲", Role.EXPERT),
        clerk=one("clerk", "承办人甲", Role.CLERK, department=place.a),
        clerk2=one("clerk2", "承办人乙", Role.CLERK, department=place.b),
        office=one("office", "政协办公室", Role.OFFICE),
        chair=one("chair", "主席", Role.CHAIR),
        supervision=one("supervision", "督查室", Role.SUPERVISION),
        leader=one("leader", "区领导", Role.LEADER),
        stranger=user("stranger", "无任命者"),
        other_office=appointed("other_office", "河东政协办公室", Role.OFFICE, place.other),
        other_clerk=appointed("other_clerk", "河东承办人", Role.CLERK, place.other, department=place.other_department))
    Resident.objects.create(user=made.resident, community=place.community)
    committee_member(made.member, place, Expertise.EDUCATION)
    committee_member(made.lawyer, place, Expertise.LAW, sector="社会法制界")
    for person in vars(made).values():
        person.__dict__.pop("_scope", None)
    return made
