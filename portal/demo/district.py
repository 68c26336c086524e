"""The invented district: its bodies, its people with their appointments, its three renewal projects."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from consult.kit import calendar
from consult.people import actions as people
from consult.people.models import (
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
from consult.renewal import actions as renewal
from consult.renewal.models import RenewalProject
from consult.renewal.states import LandKind, Measure, Mode, Stage

#: One sign-in per role: user name, name, role, body key, post. The first of each role is on the sign-in card.
PEOPLE: tuple[tuple[str, str, str, str, str], ...] = (
    ("sysadmin", "祁系安", Role.SYS_ADMIN, "", "系统管理员"),
    ("secadmin", "安守权", Role.SEC_ADMIN, "", "安全管理员"),
    ("auditadmin", "纪审言", Role.AUDIT_ADMIN, "", "审计管理员"),
    ("office", "文理清", Role.OFFICE, "", "区政协办公室一级主任科员"),
    ("office2", "何核实", Role.OFFICE, "", "区政协办公室副主任"),
    ("chair", "章商量", Role.CHAIR, "", "区政协主席"),
    ("supervision", "杜办成", Role.SUPERVISION, "", "区委区政府督查室主任"),
    ("leader", "梁批阅", Role.LEADER, "", "区委书记"),
    ("mayor", "施政行", Role.LEADER, "", "区长"),
    ("member", "苏知民", Role.MEMBER, "", "区政协委员"),
    ("lawyer", "程正言", Role.MEMBER, "", "区政协委员、律师"),
    ("planner", "林绘远", Role.MEMBER, "", "区政协委员、规划师"),
    ("teacher", "苗育新", Role.MEMBER, "", "区政协委员、小学校长"),
    ("doctor", "祝康宁", Role.MEMBER, "", "区政协委员、社区医院院长"),
    ("cadre", "柳社深", Role.CADRE, "baima", "街道办事处副主任"),
    ("cadre2", "田走访", Role.CADRE, "dongshe", "街道人大政协工作室主任"),
    ("cadre3", "邹入户", Role.CADRE, "nanwei", "街道办事处四级调研员"),
    ("expert", "谭论衡", Role.EXPERT, "", "城市更新研究中心研究员"),
    ("clerk", "冯承办", Role.CLERK, "housing", "区住房和城乡建设局综合科科长"),
    ("clerk_plan", "郝规划", Role.CLERK, "planning", "区自然资源和规划分局科长"),
    ("clerk_edu", "尹学位", Role.CLERK, "education", "区教育局基础教育科科长"),
    ("clerk_health", "康惠民", Role.CLERK, "health", "区卫生健康局科长"),
    ("clerk_finance", "钱到位", Role.CLERK, "finance", "区财政局科长"),
    ("clerk_justice", "公调和", Role.CLERK, "justice", "区司法局科长"),
    ("resident", "常大姐", Role.RESIDENT, "", ""),
)

#: user name -> sector, committee key, liaison key, expertise, affiliation
MEMBERS: dict[str, tuple[str, str, str, tuple[str, ...], str]] = {
    "member": ("社会福利和社会保障界", "society", "dongshe", (Expertise.COMMUNITY,), "无党派人士"),
    "lawyer": ("社会科学界", "society", "baima", (Expertise.LAW, Expertise.MEDIATION), "民盟"),
    "planner": ("科学技术界", "city", "nanwei", (Expertise.PLANNING, Expertise.CONSTRUCTION), "九三学社"),
    "teacher": ("教育界", "society", "nanwei", (Expertise.EDUCATION,), "民进"),
    "doctor": ("医药卫生界", "society", "nanwei", (Expertise.HEALTH,), "农工党"),
}

DEPARTMENTS = (("housing", "区住房和城乡建设局", "Housing and Construction Bureau"),
               ("planning", "区自然资源和规划分局", "Natural Resources and Planning Bureau"),
               ("education", "区教育局", "Education Bureau"), ("health", "区卫生健康局", "Health Bureau"),
               ("finance", "区财政局", "Finance Bureau"), ("justice", "区司法局", "Justice Bureau"))
SUBDISTRICTS = (("baima", "白马坡街道", "Baimapo Subdistrict", "白马坡社区"), ("dongshe", "东舍坊街道", "Dongshefang Subdistrict", "东舍坊社区"),
                ("nanwei", "南圩街道", "Nanwei Subdistrict", "南圩村"))
COMMITTEES = (("city", "城乡建设和人口资源环境委员会"), ("society", "社会法制和民族宗教委员会"))


@dataclass
class District:
    """Everything the stories refer to, by key."""

    jurisdiction: Jurisdiction
    subdistricts: dict[str, Subdistrict] = field(default_factory=dict)
    communities: dict[str, Community] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    committees: dict[str, SpecialCommittee] = field(default_factory=dict)
    liaison: dict[str, LiaisonOffice] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    members: dict[str, CommitteeMember] = field(default_factory=dict)
    projects: dict[str, RenewalProject] = field(default_factory=dict)


def found(*, password: str, at: datetime, today: date) -> District:
    """Make the district as of ``at``; everybody's password is ``password`` (demonstration only).

    The projects stand where they stood then; what came later, up to ``today``, is told by projects.py.
    """
    district = _bodies()
    _people(district, password, at)
    _projects(district, at, today)
    return district


def _bodies() -> District:
    city = Jurisdiction.objects.create(name="泺川市", name_en="Luochuan City", level="city", code="泺政协")
    home = Jurisdiction.objects.create(name="云溪区", name_en="Yunxi District", level="district", parent=city, code="云政协", order=1)
    made = District(home)
    for order, (key, name, name_en) in enumerate(DEPARTMENTS, 1):
        made.departments[key] = Department.objects.create(jurisdiction=home, name=name, name_en=name_en, order=order)
    for order, (key, name) in enumerate(COMMITTEES, 1):
        made.committees[key] = SpecialCommittee.objects.create(jurisdiction=home, name=name, order=order)
    for order, (key, name, name_en, community) in enumerate(SUBDISTRICTS, 1):
        street = Subdistrict.objects.create(jurisdiction=home, name=name, name_en=name_en, order=order)
        made.subdistricts[key] = street
        made.communities[key] = Community.objects.create(subdistrict=street, name=community, order=1)
        made.liaison[key] = LiaisonOffice.objects.create(subdistrict=street, name=f"{name}政协委员联络室", order=order)
    return made


def _people(district: District, password: str, at: datetime) -> None:
    since = calendar.local_date(at)
    for username, name, role, body, post in PEOPLE:
        user = _account(district, username, name, password, at)
        people.appoint(
            user, role=role, jurisdiction=district.jurisdiction, since=since, post=post, at=at,
            department=district.departments[body] if role == Role.CLERK else None,
            subdistrict=district.subdistricts[body] if role == Role.CADRE else None,
            by=district.users.get("secadmin") if role not in (Role.SYS_ADMIN, Role.SEC_ADMIN) else None)
        if username in MEMBERS:
            district.members[username] = _member(district, user, post)
        if role == Role.RESIDENT:
            Resident.objects.create(user=user, community=district.communities["dongshe"])


def _account(district: District, username: str, name: str, password: str, at: datetime) -> User:
    """An account whose first sign-in has been made already, so that the card's password is the one to use."""
    user = people.create_account(username=username, name=name, password=password, by=district.users.get("sysadmin"), at=at)
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    district.users[username] = user
    return user


def _member(district: District, user: User, post: str) -> CommitteeMember:
    sector, committee, liaison, expertise, affiliation = MEMBERS[user.username]
    return CommitteeMember.objects.create(
        user=user, name=user.name, jurisdiction=district.jurisdiction, post=post, sector=sector, affiliation=affiliation,
        committee=district.committees[committee], liaison_office=district.liaison[liaison], expertise=list(expertise))


#: Invented outlines around an invented spot, laid where nobody lives: in the open sea, so that no real place is meant.
SPOT = (123.6, 35.4)
OUTLINES: dict[str, tuple[tuple[float, float], ...]] = {
    "baima": ((-9.2, 4.1), (-5.6, 5.3), (-3.1, 4.6), (-2.6, 1.9), (-4.3, 0.6), (-8.1, 1.1)),
    "dongshe": ((0.4, 3.2), (3.9, 4.4), (7.3, 3.7), (8.2, 0.7), (5.9, -1.6), (2.1, -1.3), (0.2, 0.8)),
    "nanwei": ((-6.8, -2.3), (-3.2, -1.4), (-0.4, -2.2), (1.2, -4.9), (-1.9, -7.1), (-6.1, -6.4), (-7.7, -4.4)),
}

#: The paper a stage is entered on.
MEETING = "项目推进会纪要（演示）"

#: key, name, stage path with months before now, land, mode, households, people, fee, facilities
PROJECTS: tuple[dict[str, Any], ...] = (
    {"key": "baima", "name": "白马坡片区城中村改造项目", "area": "白马坡片区", "land_kind": LandKind.COLLECTIVE, "mode": Mode.REBUILD,
     "households": 812, "residents": 2460, "stages": ((Stage.SURVEY, 20), (Stage.WILLINGNESS, 16), (Stage.DECISION, 9), (Stage.SIGNING, 6)),
     "measures": ((Measure.CONSENTED, 766, 812), (Measure.SIGNED, 655, 812)), "consent": "90", "signing": "90",
     "basis": "项目补偿安置方案第六条（演示数据）", "facilities": "小学一所、社区服务站一处、口袋公园一处（规划）"},
    {"key": "dongshe", "name": "东舍坊片区城中村改造项目", "area": "东舍坊片区", "land_kind": LandKind.MIXED, "mode": Mode.REBUILD,
     "households": 1437, "residents": 4520, "stages": ((Stage.SURVEY, 52), (Stage.SIGNING, 43), (Stage.MOVING, 40), (Stage.BUILDING, 30)),
     "measures": ((Measure.SIGNED, 1437, 1437), (Measure.VACATED, 1429, 1437), (Measure.FEE_PAID, 968, 1437), (Measure.BUILT, 310, 1560)),
     "consent": "90", "signing": "95", "basis": "项目补偿安置方案第五条（演示数据）", "fee": "12.00", "facilities": "幼儿园、菜市场、公交首末站（在建）"},
    {"key": "nanwei", "name": "南圩片区城中村改造项目", "area": "南圩片区", "land_kind": LandKind.COLLECTIVE, "mode": Mode.COMBINED,
     "households": 2106, "residents": 6630, "stages": ((Stage.SURVEY, 14), (Stage.WILLINGNESS, 9), (Stage.PLAN, 4)),
     "measures": ((Measure.CONSENTED, 1939, 2106),), "consent": "90", "signing": "90", "basis": "项目补偿安置方案（征求意见稿）第四条（演示数据）",
     "facilities": "小学、幼儿园、社区卫生服务站、日间照料中心（规划公示中）"},
)


def _projects(district: District, at: datetime, today: date) -> None:
    office, then = district.users["office"], calendar.local_date(at)
    for told in PROJECTS:
        first, *others = ((stage, months_before(today, months)) for stage, months in told["stages"])
        project = renewal.found(
            name=told["name"], area=told["area"], subdistrict=district.subdistricts[told["key"]],
            community=district.communities[told["key"]], households=told["households"], residents=told["residents"],
            land_kind=told["land_kind"], mode=told["mode"], stage=first[0], entered_on=min(first[1], then),
            consent_threshold=Decimal(told["consent"]), signing_threshold=Decimal(told["signing"]),
            threshold_basis=told["basis"], facilities=told["facilities"],
            transition_fee=Decimal(told["fee"]) if "fee" in told else None,
            expropriation_department=district.departments["housing"], implementer="云溪城市更新有限公司（虚构）", by=office, at=at)
        renewal.set_outline(project, outline=outline_of(told["key"]), by=office, at=at)
        for stage, entered in others:
            if entered <= then:
                renewal.enter_stage(project, stage=stage, entered_on=entered, basis=MEETING, by=office, at=at)
        district.projects[told["key"]] = project


def outline_of(key: str) -> str:
    """As GeoJSON; the corners are told in some hundred metres from the spot."""
    corners = [[round(SPOT[0] + x * 0.0011, 6), round(SPOT[1] + y * 0.0009, 6)] for x, y in OUTLINES[key]]
    return json.dumps({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})


def months_before(today: date, months: int) -> date:
    return today - timedelta(days=30 * months)
