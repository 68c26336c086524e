"""One opinion's way in plain words, for whoever handed it in: no account, no names of persons, nothing inner."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import F, Max
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from consult.briefings.models import Instruction, Issue
from consult.briefings.states import WORKING
from consult.consultations.models import Consultation
from consult.consultations.states import ConsultationState
from consult.evaluations.models import Rating
from consult.evaluations.states import RatingState
from consult.followups.models import LookBack
from consult.followups.states import LookBackState
from consult.journey.trail import day, related
from consult.kit import audit
from consult.kit.rules import Sentence
from consult.opinions.models import Opinion, OpinionMessage
from consult.opinions.states import SETTLED, OpinionState
from consult.recommendations.models import Recommendation
from consult.recommendations.states import GONE, RecommendationState
from consult.showcases.models import Case
from consult.showcases.states import CaseState
from consult.tasks.models import Assignment, Task
from consult.tasks.states import TaskState
from consult.topics import joining
from consult.topics.models import Topic
from consult.topics.states import Kind, TopicState

#: States in which a topic's name is public.
ANNOUNCED = (TopicState.PUBLISHED, TopicState.IN_CONSULTATION, TopicState.CONSULTED, TopicState.TRACKED, TopicState.CLOSED)
HELD = (ConsultationState.ENDED, ConsultationState.MINUTED, ConsultationState.CONFIRMED, ConsultationState.CONCLUDED,
        ConsultationState.ARCHIVED)


@dataclass(frozen=True)
class Said:
    """One step as it is told: when, what, in which words; ``link`` is a public case, if there is one.

    ``moment`` orders what happened on one day.
    """

    on: date | None
    title: Sentence
    text: Sentence = ""
    link: Any = None
    moment: datetime | None = None


def _at(moment: datetime | None, title: Sentence, text: Sentence = "") -> Said:
    return Said(day(moment), title, text, moment=moment)


def _order(one: Said) -> tuple[date, datetime]:
    return one.on or date.max, one.moment or datetime.min.replace(tzinfo=UTC)


def for_submitter(opinion: Opinion) -> list[Said]:
    """Everything that came of the opinion so far, oldest first."""
    number = _("Its number is %(number)s.") % {"number": opinion.number}
    said = [_at(opinion.submitted_at, _("You handed in your opinion."), number)]
    if opinion.joins:
        said += _joined(opinion)
    if opinion.accepted_at:
        said.append(_at(opinion.accepted_at, _("The CPPCC office accepted it.")))
    said += [_at(message.at, _("The CPPCC office wrote to you:"), message.text)
             for message in opinion.messages.filter(way=OpinionMessage.Way.TO_SUBMITTER)]
    said += [_at(message.at, _("You added:"), message.text)
             for message in opinion.messages.filter(way=OpinionMessage.Way.FROM_SUBMITTER)]
    said += _aside(opinion)
    for tell in (_topics, _consultations, _recommendations, _papers, _instructions, _tasks, _look_backs, _ratings, _cases):
        said += tell(opinion)
    return sorted(said, key=_order)


def _aside(opinion: Opinion) -> list[Said]:
    """Before it goes on, it may be looked at; what was set aside can be taken back, so the person is told how."""
    if opinion.state == OpinionState.QUARANTINED:
        return [Said(None, _("It was received and is being checked."),
                     _("Very many came in at that time, or something looked as if a machine had sent it. The CPPCC office looks "
                       "at it and then handles it like any other. You need not send it again."))]
    if opinion.state == OpinionState.SPAM:
        return [Said(None, _("The CPPCC office set it aside, because it looked as if a machine had sent it."),
                     _("It is kept. If you wrote it yourself, add a few words below, or call the office: "
                       "then it is taken back."))]
    return []


def _topics(opinion: Opinion) -> list[Said]:
    said = []
    for topic in related(Topic, opinion):
        named = topic.state in ANNOUNCED
        text = _("The topic is “%(title)s”.") % {"title": topic.title} if named else _("It is being prepared.")
        said.append(_at(topic.opened_at, _("Your opinion became part of a topic for consultation."), text))
    return said


def _joined(opinion: Opinion) -> list[Said]:
    topic = joining.topic_of(opinion)
    return [_at(opinion.submitted_at, _("You joined the topic “%(title)s”.") % {"title": topic.title}, _(
        "The CPPCC office takes your opinion in, or tells you why not."))] if topic and joining.takes(topic) else []


def _consultations(opinion: Opinion) -> list[Said]:
    held = related(Consultation, opinion).filter(state__in=HELD).select_related("topic")
    said = []
    for one in held:
        place = "" if one.topic.kind == Kind.CONFLICT else _("Place: %(venue)s.") % {"venue": one.venue}
        said.append(_at(one.started_at or one.starts_at, _("It was talked over at one table."), place))
    return said


def _recommendations(opinion: Opinion) -> list[Said]:
    confirmed = related(Recommendation, opinion).exclude(
        state__in=[RecommendationState.DRAFTED, *GONE]).order_by("drafted_at")
    dates = [one.drafted_at for one in confirmed]
    return [_at(dates[0], _("The consultation gave its advice."),
                 _("Number of recommendations: %(n)s.") % {"n": len(dates)})] if dates else []


def _papers(opinion: Opinion) -> list[Said]:
    issues = Issue.objects.filter(briefing__topic__in=related(Topic, opinion).values("pk")).exclude(issued_at=None)
    return [_at(issue.issued_at, _("The district's leaders were told on paper."),
                 _("%(kind)s, %(year)s, issue %(number)s.") % {"kind": issue.get_kind_display(), "year": issue.year,
                                                              "number": issue.issue_no}) for issue in issues]


def _instructions(opinion: Opinion) -> list[Said]:
    given = related(Instruction, opinion).filter(kind__in=WORKING)
    return [Said(one.given_on, _("A leader of the district gave an instruction to act on it."), moment=one.registered_at)
            for one in given]


def _tasks(opinion: Opinion) -> list[Said]:
    said = []
    assigned = list(related(Task, opinion).exclude(assigned_at=None))
    units: dict[int, list[str]] = {}
    for part in Assignment.objects.filter(task__in=assigned, ended_at=None).select_related("department"):
        units.setdefault(part.task_id, []).append(part.department.name)
    for task in assigned:
        words = {"units": "、".join(units.get(task.pk, [])), "due": _date(task.due_on)}
        said.append(_at(task.assigned_at, _("A department was charged with it."),
                         _("Responsible: %(units)s. Answer due on %(due)s.") % words))
        if task.round > 1:
            looked = LookBack.objects.filter(task=task, reopened_round=task.round).exists()
            said.append(Said(task.began_on, _("Members went to look and it was not settled: the department handles it again.")
                             if looked else _("Somebody was not satisfied: the department handles it a second time.")))
        if task.answered_at and task.state in (TaskState.ANSWERED, TaskState.CLOSED):
            said.append(_at(task.answered_at, _("The department has answered, and the answer was checked.")))
        if task.closed_at:
            said.append(_at(task.closed_at, _("The task was closed.")))
    return said


def _date(value: date | None) -> str:
    """As a reader says it: 2026年12月3日."""
    return formats.date_format(value, "DATE_FORMAT") if value else ""


def _look_backs(opinion: Opinion) -> list[Said]:
    seen = related(LookBack, opinion).filter(state=LookBackState.CONFIRMED).annotate(last=Max("findings__at"))
    return [Said(one.visited_on, _("Members went to look whether it was really done."), one.summary, moment=one.last)
            for one in seen]


def _ratings(opinion: Opinion) -> list[Said]:
    mine = Rating.objects.filter(opinion=opinion)
    said = [_at(one.invited_at, _("You were asked to rate how it was handled."),
                 _("You can do so until %(due)s.") % {"due": _date(one.due_on)}) for one in mine]
    return said + [_at(one.given_at, _("You rated it."), _("The work: %(work)s. The result: %(result)s.") % {
        "work": one.get_work_display(), "result": one.get_result_display()})
        for one in mine if one.state == RatingState.GIVEN]


def _cases(opinion: Opinion) -> list[Said]:
    told = related(Case, opinion).filter(state=CaseState.PUBLISHED)
    return [Said(one.told_on, _("The case was published for everybody to read."), one.title, link=one,
                 moment=one.published_at) for one in told]


def asks(opinion: Opinion) -> bool:
    """Did the office write after the submitter's last word, and does it still wait? Then an answer may be missing."""
    spoken = audit.trail_of(opinion).filter(verb__in=["opinions.message", "opinions.add_fact"]).last()
    return spoken is not None and spoken.verb == "opinions.message" and opinion.state not in SETTLED


def was_asked(opinion: Opinion) -> bool:
    """Has the submitter ever been asked to rate? Then a new matter can be raised from here."""
    return Rating.objects.filter(opinion=opinion).exists()


def open_rating(opinion: Opinion, today: date) -> Rating | None:
    """The invitation the submitter may still answer, if any."""
    return Rating.objects.filter(opinion=opinion, state=RatingState.INVITED, due_on__gte=today,
                                 round=F("task__round")).order_by("-round").first()
