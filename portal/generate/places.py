"""Bodies, people with their appointments, and renewal projects."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from consult.opinions.models import TriageTemplate
from consult.opinions.states import Outcome
from consult.people.models import (
    Appointment,
    CommitteeMember,
    Community,
    Expertise,
    Jurisdiction,
    LiaisonOffice,
    Resident,
    SpecialCommittee,
    Subdistrict,
    User,
)
from consult.people.models import Department as DepartmentRow
from consult.people.roles import Role
from consult.renewal.models import ProgressSnapshot, ProjectStage, RenewalProject
from consult.renewal.states import LandKind, Measure, Mode, Stage
from portal.generate import words
from portal.generate.guard import MARK, STAFF
from portal.generate.world import SPAN, Department, District, Member, Project, Skewed, Street, World


def found(w: World) -> None:
    """Everything that stands before anybody speaks."""
    size = w.size
    city = w.load.add(Jurisdiction, name="样例市", name_en=f"{MARK} City", level="city", code="样政协")
    extra = Skewed(range(size.districts), 0.7).shares(size.users - STAFF * size.districts - size.departments)
    units = [size.departments // size.districts + (n < size.departments % size.districts) for n in range(size.districts)]
    for n, name in enumerate(words.district_names(size.districts)):
        pk = w.load.add(Jurisdiction, name=name, name_en=f"{MARK} District {n + 1:02d}", level="district", parent_id=city,
                        code=f"样{n + 1:02d}政协", order=n + 1)
        district = District(pk, name, f"样{n + 1:02d}政协")
        w.districts.append(district)
        bodies(w, district, units[n], streets=max(2, min(10, extra[n] // 20)))
        people(w, district, n + 1, extra[n])
        projects(w, district)
        usual_words(w, district)
        district.weigh()
    w.by_size = Skewed(w.districts)


def bodies(w: World, d: District, units: int, streets: int) -> None:
    for n in range(units):
        name = words.DEPARTMENTS[n % len(words.DEPARTMENTS)]
        name += f"第{n // len(words.DEPARTMENTS) + 1}分局" if n >= len(words.DEPARTMENTS) else ""
        d.departments.append(Department(w.load.add(DepartmentRow, name=name, jurisdiction_id=d.pk, order=n + 1), name, []))
    d.committees = [w.load.add(SpecialCommittee, name=name, jurisdiction_id=d.pk, order=n)
                    for n, name in enumerate(words.COMMITTEES, 1)]
    roots = w.rng.sample(words.ROOTS, streets)
    for n, root in enumerate(roots, 1):
        pk = w.load.add(Subdistrict, name=f"{root}街道", jurisdiction_id=d.pk, order=n)
        liaison = w.load.add(LiaisonOffice, name=f"{root}街道政协委员联络室", subdistrict_id=pk, order=n)
        communities = [w.load.add(Community, name=f"{root}第{'一二三四五六'[k]}社区", subdistrict_id=pk, order=k + 1)
                       for k in range(6)]
        d.streets.append(Street(pk, f"{root}街道", liaison, communities))


# --- people -------------------------------------------------------------------------------------------------------


def people(w: World, d: District, number: int, extra: int) -> None:
    """At least one for every role; of the others a fifth are members, and most are residents."""
    streets, units = len(d.streets), len(d.departments)
    members = 3 + min(extra // 5, 380)
    clerks = min(extra // 30, 3 * units)
    office, cadres = 2 + min(extra // 100, 8), min(extra // 40, streets * 3)
    more = (members - 3) + clerks + (office - 2) + cadres + (streets - 2)

    def one(role: str, n: int, **where: Any) -> int:
        return account(w, d, role, f"{role.replace('_', '')}-{number:02d}-{n:04d}", **where)

    for role in (Role.SYS_ADMIN, Role.SEC_ADMIN, Role.AUDIT_ADMIN):
        one(role, 1)
    d.office = [one(Role.OFFICE, n, post="区政协办公室") for n in range(1, office + 1)]
    d.chair = one(Role.CHAIR, 1, post="区政协主席")
    d.supervision = [one(Role.SUPERVISION, n, post="区委区政府督查室") for n in (1, 2)]
    d.leaders = [one(Role.LEADER, n, post=post) for n, post in ((1, "区委书记"), (2, "区长"))]
    d.experts = [one(Role.EXPERT, 1, post="城市更新研究中心")]
    for n in range(streets + cadres):
        street = d.streets[n % streets]
        street.cadres.append(one(Role.CADRE, n + 1, subdistrict_id=street.pk, post="街道办事处"))
    for n in range(units + clerks):
        unit = d.departments[n % units]
        unit.clerks.append(one(Role.CLERK, n + 1, department_id=unit.pk, post="综合科"))
    for n in range(members):
        d.members.append(member(w, d, one(Role.MEMBER, n + 1, post="区政协委员"), n))
    for n in range(STAFF - 16 + max(extra - more, 0)):
        user = one(Role.RESIDENT, n + 1)
        street = d.streets[n % streets]
        d.residents.append((w.load.add(Resident, user_id=user, community_id=w.pick(street.communities)), user))


def account(w: World, d: District, role: str, username: str, **where: Any) -> int:
    """Nobody can sign in: the password is none."""
    name = words.person(w.rng)
    since = w.day(SPAN + 60)
    pk = w.load.add(User, username=username, name=name, is_active=True, is_staff=False, is_superuser=False,
                    password=f"{UNUSABLE_PASSWORD_PREFIX}{w.rng.getrandbits(160):040x}", date_joined=w.moment(SPAN + 60))
    w.names[pk] = name
    w.load.add(Appointment, user_id=pk, role=role, jurisdiction_id=d.pk, since=since, **where)
    return pk


def member(w: World, d: District, user: int, n: int) -> Member:
    knows = [Expertise.LAW, Expertise.MEDIATION] if n < 2 else w.rng.sample(Expertise.values, w.pick((0, 1, 1, 2)))
    pk = w.load.add(CommitteeMember, user_id=user, name=w.names[user], jurisdiction_id=d.pk, post="某单位 负责人",
                    sector=w.pick(words.SECTORS), affiliation=w.pick(("", "", "中共党员", "民盟", "无党派人士")),
                    committee_id=w.pick(d.committees), liaison_office_id=w.pick(d.streets).liaison,
                    expertise=[str(one) for one in knows])
    return Member(pk, user, w.names[user])


def usual_words(w: World, d: District) -> None:
    for n, outcome in enumerate((Outcome.ANSWER, Outcome.KEEP, Outcome.HOTLINE)):
        w.load.add(TriageTemplate, jurisdiction_id=d.pk, outcome=outcome.value, name=f"常用语{n + 1}", text=words.TOLD, order=n,
                   changed_by_id=d.office[0], changed_at=w.moment(SPAN))


# --- projects -----------------------------------------------------------------------------------------------------


def projects(w: World, d: District) -> None:
    """Three on average in each subdistrict, more in the first ones."""
    for n, street in enumerate(d.streets):
        for k in range(2 + 4 // (n + 1)):
            area = f"{street.name[:2]}{'东南西北中前'[k % 6]}片区"
            project(w, d, street, area, w.moment(SPAN - 1 - k))


def project(w: World, d: District, street: Street, area: str, at: Any) -> None:
    homes, stage = 200 + int(w.rng.random() * 2400), w.pick(Stage.values)
    number = w.number("XM", "renewal", at.date(), 3)
    pk = w.load.add(
        RenewalProject, number=number, name=f"{area}更新项目", area=area, jurisdiction_id=d.pk,
        subdistrict_id=street.pk, community_id=w.pick(street.communities), land_kind=w.pick(LandKind.values),
        mode=w.pick(Mode.values), stage=stage, implementer="样例城市更新有限公司（虚构）",
        expropriation_department_id=d.departments[0].pk, households=homes, residents=homes * 3,
        consent_threshold=Decimal(95), signing_threshold=Decimal(90), threshold_basis="片区征收补偿方案第八条",
        transition_fee=Decimal(12), public=w.chance(0.9))
    d.projects.append(Project(pk, f"{area}更新项目", area, street))
    w.find(RenewalProject, pk, number=number, name=f"{area}更新项目", area=area)
    for n, entered in enumerate(Stage.values[:Stage.values.index(stage) + 1]):
        w.load.add(ProjectStage, project_id=pk, stage=entered, entered_on=at.date() + timedelta(days=60 * n), basis="区政府公告")
    for n in range(6):
        w.load.add(ProgressSnapshot, project_id=pk, measure=w.pick((Measure.CONSENTED, Measure.SIGNED)).value,
                   numerator=Decimal(homes * (n + 3) // 10), denominator=Decimal(homes), as_of=w.day(SPAN - 100 - 90 * n),
                   source=f"街道月报 {n}", recorded_by_id=d.office[0], recorded_at=w.moment(SPAN - 99 - 90 * n))
