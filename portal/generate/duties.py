"""What departments owe and gave: tasks with parts and replies, look-backs, ratings, bulletins, appraisals, public cases."""

from datetime import timedelta
from typing import Any

from consult.evaluations.models import Appraisal, Ballot, Rating, Voter
from consult.evaluations.states import Aspect
from consult.followups.models import Bulletin, Difficulty, Finding, LookBack
from consult.showcases.models import Case as CaseRow
from consult.tasks.models import (
    Assignment,
    ClockStop,
    CoOpinion,
    Countersign,
    Extension,
    Meeting,
    Progress,
    Reminder,
    Reply,
    ReturnRequest,
    Task,
)
from consult.tasks.states import Part
from consult.tasks.states import TaskState as S
from consult.topics.states import TopicState as T
from portal.generate import words
from portal.generate.papers import Advice
from portal.generate.talks import Case
from portal.generate.world import Department, World

#: The states of tasks that are still followed up, of a hundred.
OPEN = ((S.PROPOSED, 4), (S.ASSIGNED, 8), (S.HANDLING, 38), (S.COSIGNING, 6), (S.IN_REVIEW, 10), (S.ANSWERED, 34))
REPLIED = (S.COSIGNING, S.IN_REVIEW, S.ANSWERED, S.CLOSED)
DONE = (S.ANSWERED, S.CLOSED)


def task(w: World, case: Case, one: Advice, instruction: int, leader: int) -> None:
    """One task of an instruction, with everything that hangs on it."""
    d, back = case.district, max(case.assigned, 1)
    state = w.rng.choices((S.CLOSED, S.DROPPED), (97, 3))[0] if case.stage == T.CLOSED else w.rng.choices(
        [name for name, _n in OPEN], [n for _name, n in OPEN])[0]
    if state in DONE and back < 20:
        state = S.HANDLING
    given = state not in (S.PROPOSED, S.DROPPED)
    at, by = w.moment(back), d.supervision[0]
    due = at.date() + timedelta(days=91) if given else None
    answered = w.moment(max(back - w.rng.randint(15, 100), 1)) if state in DONE else None
    closed = w.moment(max(back - 140, 1)) if state == S.CLOSED else None
    number = w.number("RW", "tasks", at.date(), 3)
    pk = w.load.add(
        Task, number=number, title=one.title, jurisdiction_id=d.pk, instruction_id=instruction, recommendation_id=one.pk,
        leader_id=leader, text=one.text, urgent=False, key=w.chance(0.1), state=str(state), round=1, proposed_at=at,
        assigned_at=at if given else None, assigned_by_id=by if given else None, original_due_on=due, due_on=due,
        began_on=at.date() if given else None, answered_at=answered, closed_at=closed,
        look_back_on=answered.date() + timedelta(days=90) if answered else None)
    w.find(Task, pk, number=number, title=one.title, text=one.text)
    w.event("tasks.propose", Task, pk, at, by, after="proposed")
    if not given:
        return
    w.event("tasks.assign", Task, pk, at, by, before="proposed", after="assigned")
    parts = hand_out(w, pk, one, state, at, number)
    handle(w, case, pk, state, parts, back)
    if state in REPLIED:
        reply(w, pk, state, parts, back)
    if answered:
        look_back(w, case, pk, state, back)
        judge(w, case, pk, state, back)


def hand_out(w: World, task: int, one: Advice, state: S, at: Any, number: str) -> list[tuple[int, Department, Part]]:
    kinds = [(one.lead, Part.LEAD if one.co else Part.SOLE), *((unit, Part.CO) for unit in one.co)]
    made = []
    for unit, part in kinds:
        signed = state != S.ASSIGNED or (part == Part.CO and w.chance(0.5))
        pk = w.load.add(Assignment, task_id=task, jurisdiction_id=w.here.pk, department_id=unit.pk, part=str(part),
                        assigned_at=at, sign_by=at.date() + timedelta(days=2), return_by=at.date() + timedelta(days=7),
                        signed_at=at + timedelta(hours=20) if signed else None,
                        signed_by_id=unit.clerks[0] if signed else None)
        made.append((pk, unit, part))
        w.notice(unit.clerks[0], "tasks.assigned", Task, task, at, number=number,
                 sign_by=(at.date() + timedelta(days=2)).isoformat())
    return made


def handle(w: World, case: Case, task: int, state: S, parts: list[tuple[int, Department, Part]], back: int) -> None:
    """Progress, talks, opinions, and what was asked on the way."""
    first, lead, _part = parts[0]
    clerk, d = lead.clerks[0], case.district
    if state == S.ASSIGNED:
        if w.chance(0.1):
            w.load.add(ReturnRequest, assignment_id=first, jurisdiction_id=d.pk, suggested_id=w.pick(d.departments).pk,
                       reason="非本单位职责。", asked_by_id=clerk, asked_at=w.moment(back - 1), state="asked")
        return
    for n in range(w.rng.randint(0, 2)):
        w.load.add(Progress, task_id=task, department_id=lead.pk, text=w.pick(words.ANSWERS), percent=30 * (n + 1), by_id=clerk,
                   at=w.moment(back - 10 * (n + 1)))
    if w.chance(0.3):
        w.load.add(Meeting, task_id=task, way="meeting", held_on=w.day(max(back - 12, 1)), place="社区会议室",
                   people="群众代表、委员", points=w.pick(words.SAID), by_id=clerk, at=w.moment(back - 12))
    for pk, unit, part in parts:
        if part == Part.CO and w.chance(0.7):
            w.load.add(CoOpinion, assignment_id=pk, text="同意牵头单位意见。", by_id=unit.clerks[0], at=w.moment(back - 14))
    if w.chance(0.05):
        asked = state == S.HANDLING
        w.load.add(Extension, task_id=task, jurisdiction_id=d.pk, asked_until=w.day(back - 120), progress="正在推进。",
                   reason="需待专家论证。", asked_by_id=clerk, asked_at=w.moment(back - 30),
                   state="asked" if asked else "refused", decided_by_id=None if asked else d.supervision[-1],
                   decided_at=None if asked else w.moment(back - 31), decision="" if asked else "请抓紧办理。")
    if state == S.HANDLING and w.chance(0.04):
        w.load.add(ClockStop, task_id=task, ground="expertise", reason="专家论证期间", since=w.day(max(back - 20, 1)),
                   approved_by_id=d.supervision[0])
    if state == S.HANDLING and back > 86:
        w.load.add(Reminder, task_id=task, light="blue", rung="blue", text="任务即将到期。", at=w.moment(back - 86))


def reply(w: World, task: int, state: S, parts: list[tuple[int, Department, Part]], back: int) -> None:
    _pk, lead, _part = parts[0]
    sure = state in DONE
    outcome = w.rng.choices("ABCD", (55, 25, 15, 5))[0]
    at, by = w.moment(back - 15), lead.clerks[0]
    kept = sure and outcome == "B" and w.chance(0.6)
    pk = w.load.add(
        Reply, task_id=task, jurisdiction_id=w.here.pk, department_id=lead.pk, round=1, doc_no="样办复〔1〕号",
        outcome=outcome, text=w.pick(words.ANSWERS), promise_on=w.day(back - 100) if outcome == "B" else None,
        contact="综合科", publicity="open",
        state="approved" if sure else "submitted", submission=1, written_by_id=by, written_at=at,
        reviewed_by_id=w.supervisor(task) if sure else None, reviewed_at=w.moment(back - 17) if sure else None,
        fulfilled_on=w.day(max(back - 60, 1)) if kept else None, evidence="现场照片" if kept else "")
    for part, unit, kind in parts:
        if kind == Part.CO and (state != S.COSIGNING or w.chance(0.4)):
            w.load.add(Countersign, reply_id=pk, assignment_id=part, submission=1, by_id=unit.clerks[0], at=w.moment(back - 16))
    w.event("tasks.submit_reply", Task, task, at, by, before="handling", after="cosigning")


# --- afterwards ---------------------------------------------------------------------------------------------------


def look_back(w: World, case: Case, task: int, state: S, back: int) -> None:
    if state == S.ANSWERED and w.chance(0.35):
        return
    d, lead = case.district, w.pick(case.panel)
    kind = "confirmed" if state == S.CLOSED else w.rng.choices(("planned", "visited", "confirmed"), (35, 15, 50))[0]
    at, done = w.moment(max(back - 101, 1)), kind != "planned"
    on, place = w.day(max(back - 105, 1)) if done else w.day(-w.rng.randint(1, 40)), f"{case.project.area}现场"
    number, summary = w.number("HF", "look_backs", at.date(), 3), w.pick(words.SAID) if done else ""
    pk = w.load.add(LookBack, number=number, task_id=task, jurisdiction_id=d.pk, kind=w.pick(("site_visit", "symposium")),
                    planned_on=on, place=place, lead_id=lead.pk, with_whom="街道、社区、住户代表",
                    visited_on=on if done else None, summary=summary, state=kind, planned_by_id=d.office[0], planned_at=at,
                    visited_by_id=lead.user if done else None)
    heard = [w.pick(words.ANSWERS) for _n in range(w.rng.randint(1, 2))] if done else []
    for text in heard:
        w.load.add(Finding, look_back_id=pk, kind=w.pick(("carried_out", "carried_out", "partly", "not")), text=text,
                   taken_on=on, by_id=lead.user, at=at)
    w.find(LookBack, pk, number=number, place=place, with_whom="街道、社区、住户代表", summary=summary, heard="\n".join(heard))
    if done and w.chance(0.12):
        how = w.rng.choices(("found", "escalated", "solved"), (40, 30, 30))[0]
        text, to = w.pick(w.said[case.theme])[0], "" if how == "found" else "区政府专题会"
        solved = "已协调解决。" if how == "solved" else ""
        stuck = w.load.add(Difficulty, look_back_id=pk, text=text, jurisdiction_id=d.pk, escalated_to=to, solution=solved,
                           state=how, by_id=lead.user, at=at, escalated_at=at if to else None, solved_at=at if solved else None)
        w.find(Difficulty, stuck, text=text, escalated_to=to, solution=solved)


def judge(w: World, case: Case, task: int, state: S, back: int) -> None:
    """Ratings of two members, now and then a bulletin or an anonymous appraisal."""
    d, rated = case.district, max(back - 120, 1)
    if state == S.CLOSED:
        case.talk.rated.append((task, rated))
    if state == S.CLOSED or (back > 100 and w.chance(0.3)):
        for one in case.panel[:2]:
            how = w.rng.choices(("given", "unrated"), (75, 25))[0] if state == S.CLOSED else w.pick(("invited", "given"))
            rating(w, d.pk, task, rated, how, rater="member", member_id=one.pk)
    if w.chance(0.03):
        bulletin(w, case, task, w.moment(rated))
    if w.chance(0.004):
        pk = w.load.add(Appraisal, task_id=task, jurisdiction_id=d.pk, title=f"{case.talk.title}办理评议", state="closed",
                        opened_by_id=d.office[0], opened_at=w.moment(rated), closed_at=w.moment(max(rated - 5, 1)))
        for one in case.panel:
            w.load.add(Voter, appraisal_id=pk, user_id=one.user, group="members", has_cast=True)
            w.load.add(Ballot, id=w.uuid(), appraisal_id=pk, group="members",
                       scores={str(aspect): w.rng.randint(60, 100) for aspect in Aspect})


def rating(w: World, district: int, task: int, back: int, state: str, **rater: Any) -> None:
    given = state == "given"
    words_ = ("satisfied", "satisfied", "basically", "dissatisfied")
    w.load.add(Rating, task_id=task, jurisdiction_id=district, round=1, work=w.pick(words_) if given else "",
               result=w.pick(words_) if given else "", state=state, invited_at=w.moment(back),
               due_on=w.day(-10) if state == "invited" else w.day(max(back - 15, 1)),
               given_at=w.moment(max(back - 3, 1)) if given else None, **rater)


def bulletin(w: World, case: Case, task: int, at: Any) -> None:
    d, out = case.district, w.chance(0.8)
    number = w.number(f"样{d.pk}通报", f"bulletins:{d.pk}", at.date(), 2) if out else ""
    title, text = f"{case.talk.title}进展通报", w.pick(words.ANSWERS)
    pk = w.load.add(Bulletin, number=number, task_id=task, jurisdiction_id=d.pk, title=title, text=text,
                    state="issued" if out else "drafted", drafted_by_id=d.office[0], drafted_at=at, issued_at=at if out else None,
                    issued_by_id=d.office[0] if out else None)
    w.find(Bulletin, pk, number=number, title=title, text=text)


def tell(w: World, case: Case) -> None:
    """A closed topic is told in public, mostly."""
    if case.stage != T.CLOSED or w.chance(0.35) or case.talk.kind == "conflict":
        return
    d, back, out = case.district, max(case.assigned - 150, 1), w.chance(0.9)
    at = w.moment(back)
    title, asked, talked, outcome = (f"商量出来的办法：{case.talk.title}", w.pick(w.said[case.theme])[0], w.pick(words.SAID),
                                     w.pick(words.ANSWERS))
    pk = w.load.add(CaseRow, topic_id=case.talk.pk, jurisdiction_id=d.pk, subdistrict_id=case.project.street.pk, title=title,
                    asked=asked, talked=talked, outcome=outcome, told_on=at.date(), state="published" if out else "drafted",
                    written_by_id=d.office[0], written_at=at, published_at=at if out else None)
    w.find(CaseRow, pk, title=title, asked=asked, talked=talked, outcome=outcome)
