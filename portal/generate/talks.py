"""From a question to the minutes: annual plans, topics, consultations, and the surveys beside them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from consult.consultations import minutes
from consult.consultations.models import (
    AgendaItem,
    Attendance,
    Consultation,
    Demand,
    Minutes,
    Panelist,
    Position,
    Statement,
)
from consult.consultations.states import ConsultationState as C
from consult.consultations.states import Duty, Form, Group, ItemKind, Venue
from consult.surveys.models import Answer, Choice, Question, Response, Survey
from consult.surveys.states import Purpose, QuestionKind, SurveyState
from consult.topics.models import AnnualPlan, Milestone, PlanVersion, Topic
from consult.topics.states import BEFORE_TALKS, TopicState
from portal.generate import words
from portal.generate.world import District, Member, Project, Skewed, Talk, World

T = TopicState
#: How far cases have come, and how many of a thousand.
STAGES = ((T.DRAFTED, 25), (T.UNDER_REVIEW, 10), (T.REPORTED, 10), (T.PLANNED, 20), (T.PUBLISHED, 25), (T.IN_CONSULTATION, 50),
          (T.CONSULTED, 90), (T.TRACKED, 310), (T.CLOSED, 420), (T.DEFERRED, 20), (T.WITHDRAWN, 20))
#: Tasks were, or would be, assigned so many days ago.
ASSIGNED = {T.TRACKED: (2, 130), T.CLOSED: (190, 950), T.CONSULTED: (-12, 40), T.IN_CONSULTATION: (-40, -8)}
TALKED = (T.CONSULTED, T.TRACKED, T.CLOSED)
RECORDED = (C.ENDED, C.MINUTED, C.CONFIRMED, C.CONCLUDED, C.ARCHIVED)
CONFIRMED = (C.CONFIRMED, C.CONCLUDED, C.ARCHIVED)
THEMES: Skewed[str] = Skewed(words.THEMES)


@dataclass
class Case:
    """One question on its way; ``assigned``: days ago on which its tasks are handed out (negative: in days to come)."""

    district: District
    project: Project
    theme: str
    stage: str
    assigned: int
    talk: Talk = field(init=False)
    consultation: int = 0
    reached: str = ""
    panel: list[Member] = field(default_factory=list)
    recommendations: list[tuple[int, str, str, str]] = field(default_factory=list)


def plans(w: World) -> None:
    for d in w.districts:
        for back in range(4):
            year = w.today.year - back
            d.plans[year] = w.load.add(AnnualPlan, jurisdiction_id=d.pk, year=year, state="adopted")
            w.load.add(PlanVersion, plan_id=d.plans[year], number=1, adopted_on=w.day(min(365 * back + 30, 1300)),
                       adopted_by="区政协主席会议", paper="区委批复〔样〕号", items=[], recorded_by_id=d.office[0],
                       recorded_at=w.moment(365 * back + 30))


def begin(w: World, stage: str = "") -> Case:
    """A topic; by chance at any stage unless one is named."""
    d = w.here = w.by_size.pick(w.rng)
    project = d.by["projects"].pick(w.rng)
    stage = stage or w.rng.choices([one for one, _n in STAGES], [n for _one, n in STAGES])[0]
    theme = THEMES.pick(w.rng)
    least, most = ASSIGNED.get(T(stage), (-120, -75))
    case = Case(d, project, theme, stage, w.rng.randint(least, most))
    case.talk = topic(w, case)
    project.talks.append(case.talk)
    return case


def topic(w: World, case: Case) -> Talk:
    d, back = case.district, max(case.assigned + 76, 2)
    at, planned = w.moment(back), w.day(max(back, case.assigned + 40) - 30)
    name, focus = w.pick(words.ASKED[case.theme])
    title, kind = f"{case.project.area}{name}", w.rng.choices(("policy", "planning", "conflict"), (50, 35, 15))[0]
    number = w.number("YT", "topic", at.date(), 4)
    in_plan = case.stage not in (T.DRAFTED, T.UNDER_REVIEW, T.REPORTED, T.DEFERRED, T.WITHDRAWN)
    by, priority = d.by["office"].pick(w.rng), w.rng.choices((1, 2, 3), (25, 55, 20))[0]
    pk = w.load.add(
        Topic, number=number, title=title, kind=kind, jurisdiction_id=d.pk, project_id=case.project.pk, stage="signing",
        focus=f"{focus}？", background=w.pick(words.SAID), priority=priority, priority_reason="涉及户数较多", state=case.stage,
        committee_id=w.pick(d.committees), plan_id=d.plans[at.year] if in_plan and at.year in d.plans else None,
        consent_paper="区委批复〔样〕号" if in_plan else "", consented_on=at.date() if in_plan else None, planned_on=planned,
        finish_on=planned + timedelta(days=150), opened_by_id=by, opened_at=at)
    w.find(Topic, pk, number=number, title=title, focus=f"{focus}？")
    w.event("topics.open", Topic, pk, at, by, after="drafted")
    if case.stage != T.DRAFTED:
        w.event("topics.submit_review", Topic, pk, w.moment(back - 1), by, before="drafted", after="under_review")
    for n, step in enumerate(("入户走访", "协商会", "办结公示")):
        due = planned + timedelta(days=60 * n - 10)
        w.load.add(Milestone, topic_id=pk, name=step, due_on=due, reached_on=due if due < w.today else None)
    return Talk(pk, number, title, kind, case.stage, back, case.stage not in (T.DEFERRED, T.WITHDRAWN, *BEFORE_TALKS[:1]))


# --- at the table -------------------------------------------------------------------------------------------------


def talk(w: World, case: Case) -> None:
    """A consultation with its panel, and what was said as far as it has come."""
    d, back = case.district, case.assigned + 30
    state = {T.CLOSED: C.ARCHIVED, T.TRACKED: C.CONCLUDED, T.CONSULTED: w.pick((C.CONFIRMED, C.CONCLUDED))}.get(T(case.stage))
    if state is None:
        state = w.pick((C.PREPARING, C.NOTIFIED)) if back < 2 else w.pick((C.IN_SESSION, C.ENDED, C.ENDED, C.MINUTED))
    case.reached = str(state)
    held, recorded = back >= 1 and state not in (C.PREPARING, C.NOTIFIED), state in RECORDED
    starts = w.moment(back) if back >= 1 else w.moment(1) + timedelta(days=1 - back)
    ends, at = starts + timedelta(hours=2), w.moment(max(back + 14, 1))
    number, title = w.number("XS", "consultation", at.date(), 4), f"{case.talk.title}协商会"
    by = d.by["office"].pick(w.rng)
    case.consultation = w.load.add(
        Consultation, number=number, title=title, topic_id=case.talk.pk, jurisdiction_id=d.pk, form=w.pick(Form.values),
        venue_kind=w.pick(Venue.values), venue=f"{case.project.street.name}会议室", starts_at=starts, ends_at=ends,
        started_at=starts if held else None, ended_at=ends if recorded else None, committee_id=w.pick(d.committees),
        liaison_office_id=case.project.street.liaison, visits=w.rng.randint(1, 4), is_open=w.chance(0.6), state=case.reached,
        consensus=w.pick(words.SAID) if recorded else "", dissent="—" if recorded else "", open_points="—" if recorded else "",
        notified_at=None if state == C.PREPARING else at, prepared_by_id=by, prepared_at=at)
    w.find(Consultation, case.consultation, number=number, title=title, venue=f"{case.project.street.name}会议室")
    w.event("consultations.prepare", Consultation, case.consultation, at, by, after="preparing")
    chairs = panel(w, case, starts, held)
    agenda(w, case)
    if held:
        said(w, case, chairs, starts)
    if recorded and state != C.ENDED:
        write_minutes(w, case, chairs, number, title, ends)


def panel(w: World, case: Case, at: Any, held: bool) -> dict[str, int]:
    """Five groups; gives the seats that ask and answer."""
    d = case.district
    wanted = min(len(d.members), 5)
    # A member has a few dozen days a year for this, however busy.
    case.panel = w.rng.sample(d.members, wanted)
    units = {w.pick(d.departments).pk: None, d.by["departments"].pick(w.rng).pk: None}
    by_key = {unit.pk: unit for unit in d.departments}
    duties = (Duty.CHAIR, Duty.CONVENOR, Duty.SPEAKER, Duty.SPEAKER, Duty.SPEAKER)
    seats: list[dict[str, Any]] = [
        {"group": Group.MEMBERS, "duty": duty, "name": one.name, "user_id": one.user, "member_id": one.pk}
        for one, duty in zip(case.panel, duties, strict=False)]
    cadre, expert = w.pick(case.project.street.cadres), d.experts[0]
    seats.append({"group": Group.SUBDISTRICT, "duty": Duty.RECORDER, "name": w.names[cadre], "user_id": cadre})
    seats.append({"group": Group.EXPERTS, "duty": Duty.ADVISER, "name": w.names[expert], "user_id": expert})
    for pk in units:
        clerk = w.pick(by_key[pk].clerks)
        seats.append({"group": Group.DEPARTMENTS, "duty": Duty.ANSWERER, "name": w.names[clerk], "user_id": clerk,
                      "department_id": pk, "is_head": len(seats) == 7})
    seats += [{"group": Group.PUBLIC, "duty": Duty.SPEAKER, "name": words.person(w.rng)} for _n in range(2)]
    found: dict[str, int] = {}
    for seat in seats:
        pk = w.load.add(Panelist, consultation_id=case.consultation, **{**seat, "group": str(seat["group"]),
                                                                        "duty": str(seat["duty"])})
        found.setdefault(str(seat["duty"]), pk)
        found["public" if seat["group"] == Group.PUBLIC else "other"] = pk
        if held:
            w.load.add(Attendance, panelist_id=pk, presence="attended" if w.chance(0.92) else "leave", at=at, by_id=cadre)
    return found


def agenda(w: World, case: Case) -> None:
    for n, kind in enumerate((ItemKind.REPORT, ItemKind.QUESTION, ItemKind.ANSWER, ItemKind.SPEECH), 1):
        w.load.add(AgendaItem, consultation_id=case.consultation, order=n, kind=str(kind), minutes=20)


def said(w: World, case: Case, seats: dict[str, int], at: Any) -> None:
    for n in range(3):
        spot = w.chance(0.8)
        w.load.add(Statement, consultation_id=case.consultation, asked_by_id=seats["public"],
                   question=w.pick(w.said[case.theme])[0], answered_by_id=seats["answerer"], answer=w.pick(words.ANSWERS),
                   on_the_spot=spot, answer_due_on=None if spot else at.date() + timedelta(days=20),
                   answered_at=at + timedelta(minutes=10 * n + 12), cleared="cleared" if spot else "open",
                   later_answer="" if spot or w.chance(0.3) else w.pick(words.ANSWERS), at=at + timedelta(minutes=10 * n + 10))
    if case.talk.kind == "planning":
        for _n in range(2):
            w.load.add(Demand, consultation_id=case.consultation, raised_by_id=seats["public"],
                       text=w.pick(w.said[case.theme])[0], verdict=w.pick(("adopted", "partly", "not_adopted")),
                       reason="符合规划条件", plan_version="第二稿")
    if case.talk.kind == "conflict":
        for party in ("甲方住户", "乙方住户"):
            w.load.add(Position, consultation_id=case.consultation, party=party, position=w.pick(w.said[case.theme])[0],
                       agreed=w.chance(0.7), agreement="双方同意按份额登记。")


def write_minutes(w: World, case: Case, seats: dict[str, int], number: str, title: str, ended: Any) -> None:
    text = w.pick(words.SAID) * 3
    sure = case.reached in CONFIRMED
    frozen = {"number": number, "title": title, "form": "on_site",
              "topic": {"number": case.talk.number, "title": case.talk.title, "kind": case.talk.kind},
              "venue": f"{case.project.street.name}会议室", "started_at": "", "ended_at": ended.isoformat(), "panel": [],
              "statements": [], "demands": [], "positions": [], "consensus": words.SAID[0], "dissent": "—", "open_points": "—",
              "text": text} if sure else None
    w.load.add(Minutes, consultation_id=case.consultation, text=text, written_by_id=case.project.street.cadres[0],
               written_at=ended, confirmed_by_id=case.panel[0].user if sure else None, confirmed_at=ended if sure else None,
               sha256=minutes.digest(frozen) if frozen else "", snapshot=frozen)
    if sure:
        w.event("consultations.confirm", Consultation, case.consultation, ended, case.panel[0].user, before="minuted",
                after="confirmed")


# --- surveys ------------------------------------------------------------------------------------------------------


def surveys(w: World) -> None:
    """One before and one after for every project; the answers grow with the city."""
    asked: Counter[str] = Counter()
    each = max(2, w.size.opinions // 50 // max(1, sum(2 * len(d.projects) for d in w.districts)))
    for d in w.districts:
        for project in d.projects:
            for n, purpose in enumerate((Purpose.BEFORE, Purpose.AFTER)):
                back, state = w.rng.randint(10, 900), w.rng.choices(("drafted", "opened", "closed"), (5, 15, 80))[0]
                title = f"{project.area}{'协商前' if n == 0 else '协商后'}问卷"
                pk = w.load.add(Survey, jurisdiction_id=d.pk, project_id=project.pk, title=title, intro="请就以下问题作答。",
                                purpose=str(purpose), invited=300, invited_source="社区台账", state=state,
                                closes_on=w.day(-20) if state == "opened" else w.day(back - 8), created_by_id=d.office[0],
                                created_at=w.moment(back))
                w.find(Survey, pk, title=title, intro="请就以下问题作答。", asked="\n".join(text for text, _some in QUESTIONS))
                answers(w, pk, 0 if state == SurveyState.DRAFTED else each, back)
                asked[state] += 1


QUESTIONS = (("您对现行方案是否满意？", ("满意", "基本满意", "不满意")),
             ("您最关心哪一项？", ("过渡费", "安置房", "学校", "就医")),
             ("您愿意参加协商吗？", ("愿意", "不愿意")))


def answers(w: World, survey: int, number: int, back: int) -> None:
    made = []
    for n, (text, some) in enumerate(QUESTIONS, 1):
        question = w.load.add(Question, survey_id=survey, order=n, text=text, kind=str(QuestionKind.ONE))
        choices = [w.load.add(Choice, question_id=question, order=k, text=choice) for k, choice in enumerate(some, 1)]
        made.append((question, choices))
    for _n in range(number):
        response = w.load.add(Response, survey_id=survey, key=w.uuid(), answered_on=w.day(max(back - w.rng.randint(0, 7), 1)))
        for question, choices in made:
            w.load.add(Answer, response_id=response, question_id=question, choice_id=w.pick(choices))


