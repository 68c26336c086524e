"""The common way of a paper and of a task: compiled, signed, set, sent, answered; assigned, replied, looked at, rated."""

import random
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from consult.briefings import actions as briefings
from consult.briefings import press
from consult.briefings.models import Briefing
from consult.briefings.states import BriefingKind, InstructionKind, Part
from consult.evaluations import actions as evaluations
from consult.evaluations.models import Rating
from consult.followups import actions as followups
from consult.followups.models import LookBack
from consult.followups.states import FindingKind, LookBackKind, Moment, VoiceVerdict
from consult.recommendations.models import Recommendation
from consult.recommendations.wording import cover
from consult.tasks import actions as tasks
from consult.tasks import points
from consult.tasks.models import Reply, Task
from consult.topics.models import Topic
from portal.demo.pictures import picture
from portal.demo.steps import reach
from portal.demo.world import BRIEFINGS, EVALUATIONS, INSTRUCTIONS, LOOK_BACKS, REPLIES, TASKS, Step, Story, World

Told = Generator[Step, None, Any]


# --- the paper ----------------------------------------------------------------------------------------------------

#: The part a comment is about, what it says, and what was done about it ("" while it is open).
Remark = tuple[Part, str, str]


@dataclass(frozen=True)
class Paper:
    """The words of a briefing, its annexes (title, text), and what the review said."""

    title: str
    overview: str
    problems: str
    dissent: str = ""
    kind: BriefingKind = BriefingKind.BRIEFING
    annexes: tuple[tuple[str, str], ...] = ()
    remarks: tuple[Remark, ...] = ()
    contact: str = ""


def compile_paper(w: World, topic: Topic, advice: Iterable[Recommendation], paper: Paper, **more: Any) -> Briefing:
    made = briefings.compile_briefing(
        kind=paper.kind, title=paper.title, topic=topic, recommendations=list(advice), overview=paper.overview,
        problems=paper.problems, dissent=paper.dissent, cc="区政协主席、副主席", contact=paper.contact, by=w.who("office"), at=w.at,
        **more)
    for title, text in paper.annexes:
        briefings.add_annex(made, title=title, text=text, by=w.who("office"), at=w.tick())
    return made


def review(w: World, made: Briefing, remarks: Iterable[Remark]) -> None:
    """The second pair of eyes writes comments, the compiler answers them."""
    for part, text, answer in remarks:
        one = briefings.comment(made, part=part, text=text, by=w.who("office2"), at=w.tick())
        if answer:
            briefings.settle_comment(made, comment=one, answer=answer, by=w.who("office"), at=w.tick())


#: How far a paper goes before it stays where it is.
COURSE = ("compile", "submit", "review", "sign", "set", "dispatch")


def brief(w: World, topic: Topic, advice: Iterable[Recommendation], paper: Paper, back: int, to: str = "dispatch",
          recipients: tuple[str, ...] = ("leader", "mayor", "supervision"), read: tuple[str, ...] = ("leader", "mayor")) -> Told:
    """Compiled ``back`` working days ago, and within five days in its readers' hands."""
    far = COURSE.index(to)
    yield BRIEFINGS, back
    made = compile_paper(w, topic, advice, paper)
    if far >= 1:
        briefings.submit_review(made, by=w.who("office"), at=w.tick())
        review(w, made, paper.remarks)
    if far >= 2:
        yield BRIEFINGS, max(back - 1, 0)
        briefings.pass_review(made, note="已核对引用数据和意见建议原文。", by=w.who("office2"), at=w.at)
    if far >= 3:
        yield BRIEFINGS, max(back - 2, 0)
        issue = briefings.sign_off(made, by=w.who("chair"), at=w.at)
        if far >= 4:
            press.set_paper(issue.pk, at=w.tick())
            made = Briefing.objects.get(pk=made.pk)
    if far >= 5:
        yield BRIEFINGS, max(back - 3, 0)
        briefings.dispatch(made, recipients=[w.who(name) for name in recipients], by=w.who("office"), at=w.at)
        reach(w, topic)
        yield BRIEFINGS, max(back - 5, 0)
        for name in read:
            briefings.open_issue(made.paper, by=w.who(name), at=w.tick())
    return made


def correct(w: World, wrong: Briefing, paper: Paper, back: int, reason: str, **words: str) -> Told:
    """The office finds a mistake and within a day sends everybody the right paper."""
    yield BRIEFINGS, back
    chosen = [item.recommendation for item in wrong.items.select_related("recommendation")]
    made = compile_paper(w, wrong.topic, chosen, replace(paper, annexes=(), **words), corrects=wrong.paper,
                         correction_reason=reason)
    briefings.submit_review(made, by=w.who("office"), at=w.tick())
    briefings.pass_review(made, note="已核对更正内容。", by=w.who("office2"), at=w.tick())
    issue = briefings.sign_off(made, by=w.who("chair"), at=w.tick())
    press.set_paper(issue.pk, at=w.tick())
    made = Briefing.objects.get(pk=made.pk)
    holders = [one.user for one in wrong.paper.recipients.select_related("user")]
    briefings.dispatch(made, recipients=holders, by=w.who("office"), at=w.tick())
    for holder in holders[:2]:
        briefings.open_issue(made.paper, by=holder, at=w.tick())
    return made


def instruct(w: World, paper: Briefing, back: int, text: str, leader: str = "leader",
             kind: InstructionKind = InstructionKind.ACT) -> Told:
    """A leader writes on the paper; gives the proposed tasks in the order of the recommendations."""
    yield INSTRUCTIONS, back
    made = tasks.record_instruction(paper, kind=kind, text=text, given_on=w.today, by=w.who(leader), at=w.at)
    return list(Task.objects.filter(instruction=made).order_by("id"))


# --- the task -----------------------------------------------------------------------------------------------------

CLERKS = {"housing": "clerk", "planning": "clerk_plan", "education": "clerk_edu", "health": "clerk_health",
          "finance": "clerk_finance", "justice": "clerk_justice"}


def assign(w: World, task: Task, back: int, lead: str, co: tuple[str, ...] = (), sign: bool = True, **how: bool) -> Told:
    """Handed over by the supervision office; each department signs for it the next day."""
    yield TASKS, back
    tasks.assign(task, lead=w.body(lead), co=[w.body(key) for key in co], by=w.who("supervision"), at=w.at, **how)
    if sign:
        yield TASKS, max(back - 1, 0)
        for key in (lead, *co):
            tasks.sign_for(task, by=w.who(CLERKS[key]), at=w.tick())


def tell(w: World, task: Task, back: int, lead: str, text: str) -> Told:
    yield TASKS, back
    tasks.report_progress(task, text=text, by=w.who(CLERKS[lead]), at=w.at)


def talk(w: World, task: Task, back: int, lead: str, people: str, points: str, place: str = "区政协委员联络室") -> Told:
    yield TASKS, back
    tasks.meet(task, way="meeting", held_on=w.today, people=people, points=points, place=place,
               by=w.who(CLERKS[lead]), at=w.at)


def opine(w: World, task: Task, back: int, body: str, text: str) -> Told:
    yield TASKS, back
    tasks.give_opinion(task, text=text, by=w.who(CLERKS[body]), at=w.at)


def reply(w: World, task: Task, back: int, lead: str, text: str, outcome: str = "A", co: tuple[str, ...] = (),
          promise: int | None = None, approve: int | None = None, **more: str) -> Told:
    """Written, submitted, counter-signed by ``co``, and passed ``approve`` working days ago."""
    yield REPLIES, back
    by = w.who(CLERKS[lead])
    tasks.draft_reply(task, outcome=outcome, **by_point(task, text), contact=f"{by.name}，办公电话见区政府网站",
                      promise_on=None if promise is None else w.day(promise), doc_no=doc_no(w, lead), by=by, at=w.at, **more)
    tasks.submit_reply(task, by=by, at=w.tick(20, 60))
    for n, key in enumerate(co, 1):
        yield REPLIES, max(back - n, 0)
        tasks.countersign(task, note="同意。", by=w.who(CLERKS[key]), at=w.at)
    if approve is not None:
        yield REPLIES, approve
        tasks.approve(task, note="要素齐全，逐条回应，同意报送。", by=w.who("supervision"), at=w.at)


#: Every so many working days the supervision office publishes what was approved; the newest still wait.
EVERY = 12


def publishing(w: World) -> Story:
    """Approved replies come on the public front, names and numbers covered."""
    for back in range(180, 5, -EVERY):
        yield REPLIES, back
        open_ones = Reply.objects.filter(publish_by__isnull=False, published_at=None, state="approved")
        for reply in open_ones.select_related("task__recommendation").order_by("pk"):
            words = cover([reply.task.recommendation.consultation_id])(reply.whole)
            tasks.publish(reply.task, reply=reply, text=words, by=w.who("supervision"), at=w.at)


def by_point(task: Any, text: str) -> dict[str, Any]:
    """A reply told in one piece, as the form asks for it: to each point its answer, and what is said to the whole."""
    asked, said = points.of(task.text), points.of(text)
    if not asked:
        return {"text": text}
    assert len(said) == len(asked), f"{task.title}: {len(asked)} points, {len(said)} answers"
    return {"text": text.split(said[0])[0].rpartition("一、")[0].strip(), "answers": said}


CODES = {"housing": "云住建", "planning": "云自规", "education": "云教", "health": "云卫", "finance": "云财", "justice": "云司"}


def doc_no(w: World, lead: str) -> str:
    return f"{CODES[lead]}函〔{w.today.year}〕{w.rng.randint(11, 98)}号"


# --- looking back and rating --------------------------------------------------------------------------------------

#: A verdict, and the words.
Said = tuple[VoiceVerdict, str]
KEPT = VoiceVerdict.KEPT
#: A resident's, the member's, the department's: what they say where nothing else is told.
VOICES: tuple[Said, Said, Said] = (
    (KEPT, "一位居民说：答复里讲的，现在都看得见。"), (KEPT, "对照答复逐条看过，现场与答复一致。"), (KEPT, "答复事项已经落实，后续按月自查。"))
#: Before the work: what was seen, the scene of the photograph, and how many days earlier than the visit.
Earlier = tuple[str, str, int]
#: What was found: how far carried out, what was seen, and the scene of the photograph ("" for none).
Seen = tuple[FindingKind, str, str]


def look(w: World, task: Task, back: int, who: str, place: str, seen: Iterable[Seen], summary: str,
         kind: LookBackKind = LookBackKind.SITE_VISIT, to: str = "confirm", days: int = 4,
         voices: tuple[Said, Said, Said] = VOICES, earlier: Earlier | None = None) -> Told:
    """Planned ``back`` working days ago, visited ``days`` later by the member ``who``; the department speaks, the office confirms."""
    yield LOOK_BACKS, back
    made: LookBack = followups.plan(task=task, kind=kind, planned_on=w.day(back - days), place=place, lead=w.member(who),
                                    with_whom="街道、社区和群众代表", by=w.who("office"), at=w.at)
    if to == "plan":
        return made
    yield LOOK_BACKS, back - days
    if earlier:
        _find(w, made, who, (FindingKind.NOT, *earlier[:2]), Moment.BEFORE, earlier[2])
    for n, one in enumerate(seen):
        _find(w, made, who, one, Moment.AFTER if earlier and n == 0 else Moment.NOW)
    resident, member, department = voices
    followups.hear(made, verdict=resident[0], text=resident[1], by=w.who(who), at=w.tick())
    followups.say(made, verdict=member[0], text=member[1], by=w.who(who), at=w.tick())
    followups.visit(made, on=w.today, summary=summary, by=w.who(who), at=w.tick())
    if to == "confirm":
        yield LOOK_BACKS, back - days - 1
        lead = next(part.department for part in Task.objects.get(pk=task.pk).parts if part.answers)
        clerk = next(CLERKS[key] for key in CLERKS if w.body(key) == lead)
        followups.speak(made, verdict=department[0], text=department[1], by=w.who(clerk), at=w.at)
        yield LOOK_BACKS, back - days - 2
        followups.confirm(made, by=w.who("office2"), at=w.at)
    return made


def _find(w: World, made: LookBack, who: str, one: Seen, moment: Moment, earlier: int = 0) -> None:
    found, text, scene = one
    photos = [picture(scene, random.Random(w.rng.random()))] if scene else []
    followups.find(made, kind=found, text=text, photos=photos, moment=moment, taken_on=w.today - timedelta(days=earlier),
                   by=w.who(who), at=w.tick())


#: Work, result, comment.
Mark = tuple[str, str, str]


def invite(w: World, task: Task, back: int, message: str) -> Told:
    yield EVALUATIONS, back
    evaluations.invite(task, message=message, by=w.who("office"), at=w.at)


def rate(w: World, task: Task, first: int, last: int, residents: Iterable[Mark | None],
         members: Mapping[str, Mark]) -> Told:
    """Ratings come in between ``first`` and ``last`` working days ago; None: that resident says nothing."""
    asked = list(Rating.objects.filter(task=task, round=task.round).select_related(
        "opinion__resident__user", "member__user").order_by("id"))
    marks = list(residents)
    voices = [one for one in asked if one.opinion_id]
    given = [(one, marks[n]) for n, one in enumerate(voices) if n < len(marks)]
    given += [(one, members[one.member.user.username]) for one in asked
              if one.member_id and one.member.user.username in members]
    given = [(one, mark) for one, mark in given if mark]
    for n, (rating, mark) in enumerate(given):
        yield EVALUATIONS, first - (first - last) * n // max(len(given), 1)
        _give(w, rating, mark)


def _give(w: World, rating: Rating, mark: Any) -> None:
    """From the own account, or by receipt code, as it was invited."""
    work, result, comment = mark
    if rating.member_id:
        evaluations.give(rating, work=work, result=result, comment=comment, by=w.who(rating.member.user.username), at=w.at)
    elif rating.opinion.resident_id:
        evaluations.give(rating, work=work, result=result, comment=comment, by=w.who("resident"), at=w.at)
    else:
        evaluations.give(rating, work=work, result=result, comment=comment, holder=rating.opinion, at=w.at)
