"""What goes up and what comes back: recommendations, briefings with their numbered papers, instructions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consult.briefings import document, register
from consult.briefings.models import Briefing, BriefingItem, Instruction, Issue, Recipient
from consult.briefings.states import BriefingState as B
from consult.kit.calendar import in_words
from consult.recommendations.models import Endorsement, Recommendation
from consult.recommendations.states import RecommendationState as R
from consult.topics.states import TopicState as T
from portal.generate import words
from portal.generate.talks import Case
from portal.generate.world import Department, World

EACH = 6


@dataclass
class Advice:
    """One recommendation, for its task."""

    pk: int
    title: str
    text: str
    lead: Department
    co: list[Department]


def advise(w: World, case: Case, number: int = EACH) -> list[Advice]:
    """Some recommendations of a confirmed consultation, endorsed by those at the table."""
    d, back = case.district, max(case.assigned + 22, 1)
    made = []
    for n in range(number):
        at, by = w.moment(back), d.by["office"].pick(w.rng)
        name, _focus = w.pick(words.ASKED[case.theme])
        title = f"关于{case.project.area}{name}的建议（{n + 1}）"
        text = f"建议由牵头单位{w.pick(words.WISHES)}{w.pick(words.ANSWERS)}"
        lead = d.by["departments"].pick(w.rng)
        co = [unit for unit in {w.pick(d.departments).pk: w.pick(d.departments)}.values() if unit.pk != lead.pk][:2]
        state = state_of(w, case)
        values: dict[str, Any] = {"number": w.number("JY", "recommendation", at.date(), 3), "version": 1, "title": title,
                                  "problem": w.pick(w.said[case.theme])[0], "text": text, "basis": "片区征收补偿方案"}
        sure = state != R.DRAFTED
        pk = w.load.add(Recommendation, **values, consultation_id=case.consultation, jurisdiction_id=d.pk, lead_id=lead.pk,
                        wanted_by=w.day(case.assigned - 100), state=str(state), drafted_by_id=by, drafted_at=at,
                        confirmed_by_id=by if sure else None, confirmed_at=at if sure else None,
                        sha256=Recommendation(**values).fingerprint() if sure else "")
        w.find(Recommendation, pk, **{name: values[name] for name in ("number", "title", "problem", "text")})
        w.event("recommendations.draft", Recommendation, pk, at, by, after="drafted")
        through: Any = Recommendation.co_departments.through
        for unit in co:
            w.load.add(through, recommendation_id=pk, department_id=unit.pk)
        for one in case.panel[:w.rng.randint(0, 2)]:
            w.load.add(Endorsement, recommendation_id=pk, member_id=one.pk, at=at)
        made.append(Advice(pk, title, text, lead, co))
    return made


def state_of(w: World, case: Case) -> R:
    if case.stage == T.CLOSED:
        return R.CLOSED
    if case.stage == T.TRACKED:
        return w.rng.choices((R.ASSIGNED, R.ANSWERED, R.LOOKED_BACK, R.EVALUATED), (60, 25, 10, 5))[0]
    return R.DRAFTED if case.assigned < 0 else w.pick((R.CONFIRMED, R.BRIEFED, R.BRIEFED))


def brief(w: World, case: Case, advice: list[Advice]) -> int:
    """A briefing of these recommendations; gives its issue when it was sent out, else 0."""
    d, back = case.district, max(case.assigned + 14, 1)
    state = {T.CLOSED: w.pick((B.ARCHIVED, B.INSTRUCTED)), T.TRACKED: B.INSTRUCTED}.get(T(case.stage)) or w.pick(
        (B.DRAFTED, B.IN_REVIEW, B.REVIEWED, B.SIGNED, B.ISSUED, B.DISPATCHED, B.DISPATCHED))
    at, by = w.moment(back + 3), d.by["office"].pick(w.rng)
    title = f"关于{case.talk.title}的商量专报"
    reviewed = state not in (B.DRAFTED, B.IN_REVIEW)
    overview, problems = w.pick(words.SAID), w.pick(w.said[case.theme])[0]
    pk = w.load.add(
        Briefing, kind="briefing", title=title, jurisdiction_id=d.pk, topic_id=case.talk.pk, main_to="区委、区政府",
        overview=overview, problems=problems, contact="政协办公室", copies=20, state=str(state),
        compiled_by_id=by, compiled_at=at, submitted_by_id=by if state != B.DRAFTED else None,
        reviewed_by_id=d.chair if reviewed else None)
    w.find(Briefing, pk, title=title, overview=overview, problems=problems)
    w.event("briefings.compile", Briefing, pk, at, by, after="drafted")
    w.event("briefings.edit", Briefing, pk, at, w.pick(d.office))
    for n, one in enumerate(advice, 1):
        w.load.add(BriefingItem, briefing_id=pk, recommendation_id=one.pk, order=n)
    if state in (B.DRAFTED, B.IN_REVIEW, B.REVIEWED):
        return 0
    issue = number(w, case, pk, title, advice, w.moment(back + 1), by)
    if state in (B.SIGNED, B.ISSUED):
        return 0
    for serial, reader in enumerate((*d.leaders, d.supervision[0], d.chair, d.office[0]), 1):
        read = w.moment(back - 1) if w.chance(0.97 if state != B.DISPATCHED else 0.5) else None
        w.load.add(Recipient, issue_id=issue, briefing_id=pk, user_id=reader, serial=serial, sent_at=w.moment(back), read_at=read)
        w.notice(reader, "briefings.dispatch", Briefing, pk, w.moment(back), title=title)
    return issue


def number(w: World, case: Case, briefing: int, title: str, advice: list[Advice], at: datetime, by: int) -> int:
    """The paper with its numbers; its PDF was never set."""
    d, code, series = case.district, w.code(), register.series("briefing", case.district.code)
    w.numbers[series, at.year] += 1
    w.numbers[series, 0] += 1
    issue_no, total_no = w.numbers[series, at.year], w.numbers[series, 0]
    said = {
        "kind": "briefing", "mark": "商量专报", "organ": f"政协{d.name}委员会办公室", "organ_full": f"政协{d.name}委员会",
        "year": at.year, "issue_no": issue_no, "total_no": total_no, "symbol": "", "date": at.date().isoformat(),
        "date_words": in_words(at.date()),
        "title": title, "topic": case.talk.title, "main_to": "区委、区政府", "cc": "", "contact": "政协办公室", "copies": 20,
        "overview": [words.SAID[0]], "problems": [words.SAID[1]], "dissent": [], "annexes": [], "corrects": "",
        "recommendations": [{"number": "", "version": 1, "title": one.title, "problem": "", "text": [one.text], "basis": "",
                             "lead": one.lead.name, "co_departments": [unit.name for unit in one.co], "wanted_by": ""}
                            for one in advice],
        "correction_reason": "", "code": code, "verify_url": "", "editor": w.names[by], "reviewer": w.names[d.chair],
        "signer": w.names[d.chair], "changes": [], "sources": [], "doubts": []}
    pk = w.load.add(Issue, briefing_id=briefing, kind="briefing", jurisdiction_id=d.pk, year=at.year, issue_no=issue_no,
                    total_no=total_no, snapshot=said, snapshot_sha256=document.digest(said), code=code, signed_by_id=d.chair,
                    signed_at=at, issued_at=at)
    w.event("briefings.sign_off", Briefing, briefing, at, d.chair, before="reviewed", after="signed")
    return pk


def instruct(w: World, case: Case, issue: int) -> tuple[int, int]:
    """A leader asks for work; gives the instruction and the leader."""
    d, at = case.district, w.moment(max(case.assigned + 3, 1))
    leader = w.rng.choices(d.leaders, (60, 40))[0]
    state = "closed" if case.stage == T.CLOSED else w.rng.choices(("registered", "assigned", "reported"), (5, 75, 20))[0]
    by = d.supervision[0]
    told = state in ("reported", "closed")
    pk = w.load.add(
        Instruction, number=w.number("PS", "instruction", at.date(), 3), issue_id=issue, jurisdiction_id=d.pk, leader_id=leader,
        kind=w.pick(("act", "act", "study")), text="请牵头单位会同有关单位认真研究，限期办理并反馈。", given_on=at.date(),
        registered_by_id=by, registered_at=at, state=state, result="各单位已答复。" if told else "",
        reported_at=w.moment(max(case.assigned - 120, 1)) if told else None, read_back="已阅。" if state == "closed" else "",
        closed_at=w.moment(max(case.assigned - 130, 1)) if state == "closed" else None)
    w.event("briefings.instruct", Instruction, pk, at, by, after=state)
    return pk, leader
