"""What waits for whom: every stage's open ends, as the one list with which a desk begins. Writes nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consult.briefings.models import Briefing, Instruction, Recipient
from consult.briefings.rules import unwritten_by
from consult.briefings.states import WORKING, BriefingState, InstructionState
from consult.consultations.models import Consultation, Panelist
from consult.consultations.rules import KEEPERS
from consult.consultations.states import ConsultationState, Duty
from consult.evaluations.models import Appraisal, Rating, Voter
from consult.evaluations.states import AppraisalState, RatingState
from consult.followups.models import LookBack
from consult.followups.rules import unjudged_by
from consult.followups.states import LookBackState
from consult.journey import owed, themes
from consult.journey.trail import day
from consult.kit import calendar, parameters
from consult.kit.recall import recall
from consult.kit.rules import Sentence
from consult.opinions.models import Opinion
from consult.opinions.states import OpinionState
from consult.people.models import Appointment, User
from consult.people.roles import Role, Scope, scope_of
from consult.recommendations.models import Endorsement, Recommendation
from consult.recommendations.states import GONE, RecommendationState
from consult.showcases.models import Case
from consult.showcases.states import CaseState
from consult.tasks.models import Extension, Reminder, ReturnRequest, Task
from consult.tasks.states import AskState, Rung, TaskState
from consult.topics.models import Topic
from consult.topics.states import TopicState

#: Of one kind of need, at most so many are named on a desk's first page; the lists hold all.
AT_MOST = 20


@dataclass(frozen=True)
class Need:
    """One thing that waits for the reader: what it is, until when, and the one act that moves it on."""

    kind: str
    label: Sentence
    obj: Any
    due: date | None
    act: Sentence
    url_name: str | None
    role: str


@dataclass(frozen=True)
class Workdays:
    """Due so many working days after the moment in ``field``; how many is asked for once, whatever the rows."""

    field: str
    parameter: str

    def reader(self) -> Callable[[Any], date | None]:
        days = parameters.dated(self.parameter)

        def due(row: Any) -> date | None:
            start = day(getattr(row, self.field))
            return calendar.add_workdays(start, days(self.parameter, start)) if start else None

        return due

    def __call__(self, row: Any) -> date | None:
        return self.reader()(row)


@dataclass(frozen=True)
class Source:
    """One kind of open end: whose it is, where it is found (one query), and what is to be done."""

    role: str
    kind: str
    label: Sentence
    act: Sentence
    url_name: str | None
    rows: Callable[[Scope, date], Any]
    due: Callable[[Any], date | None] = lambda row: None
    obj: Callable[[Any], Any] = lambda row: row
    words: Callable[[Any], Sentence] | None = None

    def needs(self, scope: Scope, today: date) -> Iterable[Need]:
        rows = list(self.rows(scope, today)[:AT_MOST])
        due = self.due.reader() if rows and isinstance(self.due, Workdays) else self.due
        return [Need(self.kind, self.words(row) if self.words else self.label, self.obj(row), due(row), self.act, self.url_name,
                     self.role) for row in rows]


def needs(user: Any, today: date) -> list[Need]:
    """Everything that waits for ``user``: dated things first, the earliest on top. One query for each kind of need."""
    scope = scope_of(user)
    found = [need for source in SOURCES if scope.holds(source.role) for need in source.needs(scope, today)]
    once = {(need.kind, type(need.obj), need.obj.pk): need for need in reversed(found)}
    return sorted(once.values(), key=lambda need: (need.due is None, need.due or today))


def _in(role: str, model: Any, **where: Any) -> Callable[[Scope, date], Any]:
    """The rows of ``model`` in the jurisdictions where ``role`` is held."""
    return lambda scope, today: model._default_manager.filter(jurisdiction__in=scope.jurisdictions(role), **where)


def _attr(path: str) -> Callable[[Any], Any]:
    def read(row: Any) -> Any:
        for name in path.split("."):
            row = getattr(row, name)
        return day(row)

    return read


# --- the office ------------------------------------------------------------------------------------------------

def _to_plan(scope: Scope, today: date) -> Any:
    """Answered tasks whose answer nobody has set out to look at."""
    looked = LookBack.objects.filter(task=OuterRef("pk"), planned_at__gte=OuterRef("answered_at"))
    return _in(Role.OFFICE, Task, state=TaskState.ANSWERED)(scope, today).filter(
        ~Exists(looked.exclude(state=LookBackState.CANCELLED)))


def _looked_at(scope: Scope) -> Any:
    confirmed = LookBack.objects.filter(task=OuterRef("pk"), state=LookBackState.CONFIRMED,
                                        planned_at__gte=OuterRef("answered_at"))
    return Task.objects.filter(Exists(confirmed), jurisdiction__in=scope.jurisdictions(Role.OFFICE), state=TaskState.ANSWERED)


def _asked() -> Any:
    """Those asked to rate this handling of a task."""
    return Rating.objects.filter(task=OuterRef("pk"), round=OuterRef("round"))


def _to_invite(scope: Scope, today: date) -> Any:
    return _looked_at(scope).filter(~Exists(_asked()))


def _to_conclude(scope: Scope, today: date) -> Any:
    return _looked_at(scope).filter(Exists(_asked()), ~Exists(_asked().filter(state=RatingState.INVITED)))


def _untold(scope: Scope, today: date) -> Any:
    told = Case.objects.filter(topic=OuterRef("pk"))
    return _in(Role.OFFICE, Topic, state=TopicState.CLOSED)(scope, today).filter(~Exists(told))


def _unadvised(scope: Scope, today: date) -> Any:
    return _in(Role.OFFICE, Consultation, state=ConsultationState.CONFIRMED)(scope, today).filter(~Exists(_advice()))


def _advice() -> Any:
    """What came of a consultation and was not given up."""
    return Recommendation.objects.filter(consultation=OuterRef("pk")).exclude(state__in=GONE)


def _to_conclude_talks(scope: Scope, today: date) -> Any:
    """Its advice is being drawn up or under way: the consultation itself can be concluded."""
    return _in(Role.OFFICE, Consultation, state=ConsultationState.CONFIRMED)(scope, today).filter(Exists(_advice()))


def _to_review(role: str) -> Callable[[Scope, date], Any]:
    """Whoever wrote a briefing does not review it."""
    return lambda scope, today: unwritten_by(scope.user_id, _in(role, Briefing, state=BriefingState.IN_REVIEW)(scope, today))


def _stranded(scope: Scope, today: date) -> Any:
    """Topics whose consultations were all cancelled."""
    live = Consultation.objects.filter(topic=OuterRef("pk")).exclude(state=ConsultationState.CANCELLED)
    return _in(Role.OFFICE, Topic, state=TopicState.IN_CONSULTATION)(scope, today).filter(~Exists(live))


def _unfinished_papers(scope: Scope, today: date) -> Any:
    return _in(Role.OFFICE, Briefing, state=BriefingState.SIGNED)(scope, today).exclude(paper__failure="")


def _rises(scope: Scope, today: date) -> Any:
    """At most a minute old: they count all of five weeks."""
    here = scope.jurisdictions(Role.OFFICE)
    return recall(("rises", frozenset(here), today),
                  lambda: themes.rises(Opinion.objects.heard().filter(jurisdiction__in=here), today))


# --- members, experts, cadres ----------------------------------------------------------------------------------

def _at_table(state: str, **duty: Any) -> Callable[[Scope, date], Any]:
    def rows(scope: Scope, today: date) -> Any:
        seats = Panelist.objects.filter(user=scope.user_id, **duty)
        return Consultation.objects.filter(state=state, pk__in=seats.values("consultation_id")).order_by("starts_at")

    return rows


def _to_endorse(scope: Scope, today: date) -> Any:
    seats = Panelist.objects.filter(member=scope.member_id).exclude(member=None).values("consultation_id")
    return Recommendation.objects.filter(state=RecommendationState.DRAFTED, consultation__in=seats).exclude(
        pk__in=Endorsement.objects.filter(member=scope.member_id).values("recommendation_id"))


def _to_rate(scope: Scope, today: date) -> Any:
    return Rating.objects.filter(member=scope.member_id, state=RatingState.INVITED, due_on__gte=today,
                                 round=F("task__round")).exclude(member=None).select_related("task")


def _to_visit(scope: Scope, today: date) -> Any:
    return LookBack.objects.filter(lead=scope.member_id, state=LookBackState.PLANNED)


def _to_vote(scope: Scope, today: date) -> Any:
    mine = Voter.objects.filter(user=scope.user_id, has_cast=False).values("appraisal_id")
    return Appraisal.objects.filter(state=AppraisalState.OPENED, pk__in=mine)


def _own_ratings(scope: Scope, today: date) -> Any:
    mine = Opinion.objects.filter(resident=scope.resident_id).exclude(resident=None).values("pk")
    return Rating.objects.filter(opinion__in=mine, state=RatingState.INVITED,
                                 due_on__gte=today, round=F("task__round")).select_related("task")


# --- supervision and leadership --------------------------------------------------------------------------------

def _asks(model: Any, path: str) -> Callable[[Scope, date], Any]:
    where = f"{path}__jurisdiction__in"
    return lambda scope, today: model.objects.filter(
        state=AskState.ASKED, **{where: scope.jurisdictions(Role.SUPERVISION)}).select_related(path)


def _overdue(scope: Scope, today: date) -> Any:
    return Task.objects.overdue(today).filter(jurisdiction__in=scope.jurisdictions(Role.SUPERVISION))


def _unread(scope: Scope, today: date) -> Any:
    return Recipient.objects.filter(user=scope.user_id, read_at=None).select_related("issue__briefing")


def _to_note(scope: Scope, today: date) -> Any:
    """The offices' own copies, as long as no leader has written on it: what comes then is work of its own."""
    return _unread(scope, today).filter(issue__briefing__state=BriefingState.DISPATCHED)


def _uninstructed(scope: Scope, today: date) -> Any:
    return Recipient.objects.filter(
        user=scope.user_id, issue__briefing__state=BriefingState.DISPATCHED).exclude(read_at=None).exclude(
        issue__in=Instruction.objects.filter(leader=scope.user_id).values("issue_id")).select_related("issue__briefing")


def _reported(scope: Scope, today: date) -> Any:
    return Instruction.objects.filter(Q(leader=scope.user_id), kind__in=WORKING, state=InstructionState.REPORTED)


def _escalated(scope: Scope, today: date) -> Any:
    """What climbed the whole ladder of reminders and still waits."""
    told = Reminder.objects.filter(rung=Rung.LEADER, round=F("task__round")).values("task_id")
    return Task.objects.overdue(today).filter(leader=scope.user_id, pk__in=told)


def _unappointed(scope: Scope, today: date) -> Any:
    appointed = Appointment.objects.in_force(today).values("user_id")
    return User.objects.filter(is_active=True, is_superuser=False).exclude(pk__in=appointed)


_O, _C, _M, _D, _S, _L = Role.OFFICE, Role.CHAIR, Role.MEMBER, Role.CLERK, Role.SUPERVISION, Role.LEADER
_task = _attr("due_on")
_starts = _attr("starts_at")

SOURCES: tuple[Source, ...] = (
    Source(_O, "opinion.accept", _("New opinion"), _("Accept or decide"), None,
           _in(_O, Opinion, state=OpinionState.SUBMITTED), Workdays("submitted_at", "opinion_ack_days")),
    Source(_O, "opinion.triage", _("Opinion to triage"), _("Decide"), None,
           _in(_O, Opinion, state=OpinionState.ACCEPTED), Workdays("submitted_at", "opinion_triage_days")),
    Source(_O, "opinion.rise", _("Sudden rise of opinions"), _("See the trend"), "office:trends", _rises,
           _attr("day"), lambda rise: rise.newest, lambda rise: rise.words),
    Source(_O, "topic.submit_review", _("Topic in draft"), _("Put before the chairpersons' meeting"), "topic.submit_review",
           _in(_O, Topic, state=TopicState.DRAFTED), _attr("planned_on")),
    Source(_O, "topic.record_consent", _("Topic before the Party committee"), _("Record the consent"), "topic.record_consent",
           _in(_O, Topic, state=TopicState.REPORTED), _attr("planned_on")),
    Source(_O, "topic.publish", _("Topic in the plan"), _("Announce"), "topic.publish",
           _in(_O, Topic, state=TopicState.PLANNED), _attr("planned_on")),
    Source(_O, "topic.prepare", _("Topic announced"), _("Prepare the consultation"), None,
           _in(_O, Topic, state=TopicState.PUBLISHED), _attr("planned_on")),
    Source(_O, "topic.stranded", _("Topic whose consultation was cancelled"), _("Prepare another"), None, _stranded,
           _attr("planned_on")),
    Source(_O, "consultation.notify", _("Consultation in preparation"), _("Complete the panel and invite"), None,
           _in(_O, Consultation, state=ConsultationState.PREPARING), _starts),
    Source(_O, "consultation.minutes", _("Consultation ended"), _("Write the minutes"), None,
           _in(_O, Consultation, state=ConsultationState.ENDED), Workdays("ended_at", "session_minutes")),
    Source(_O, "consultation.advise", _("Minutes confirmed"), _("Draft recommendations"), None, _unadvised),
    Source(_O, "consultation.conclude", _("Minutes confirmed"), _("Conclude"), "consultation.conclude", _to_conclude_talks),
    Source(_O, "recommendation.confirm", _("Recommendation in draft"), _("Confirm"), "recommendation.confirm",
           _in(_O, Recommendation, state=RecommendationState.DRAFTED)),
    Source(_O, "recommendation.brief", _("Recommendation confirmed"), _("Compile a briefing"), None,
           _in(_O, Recommendation, state=RecommendationState.CONFIRMED)),
    Source(_O, "briefing.submit_review", _("Briefing in draft"), _("Put up for review"), "briefing.submit_review",
           _in(_O, Briefing, state=BriefingState.DRAFTED)),
    *(Source(role, "briefing.pass_review", _("Briefing under review"), _("Review"), None, _to_review(role))
      for role in (_O, _C)),
    Source(_O, "briefing.failed", _("Briefing could not be set"), _("See why and try again"), None, _unfinished_papers),
    Source(_O, "briefing.dispatch", _("Briefing issued"), _("Dispatch"), "briefing.dispatch",
           _in(_O, Briefing, state=BriefingState.ISSUED)),
    Source(_O, "task.look_back", _("Task answered"), _("Plan the look-back"), None, _to_plan),
    Source(_O, "lookback.confirm", _("Look-back visited"), _("Confirm the findings"), "lookback.confirm",
           _in(_O, LookBack, state=LookBackState.VISITED)),
    Source(_O, "task.invite", _("Look-back confirmed"), _("Ask for ratings"), "task.invite", _to_invite),
    Source(_O, "task.conclude", _("Ratings are in"), _("Conclude or handle again"), None, _to_conclude),
    Source(_O, "case.write", _("Topic closed"), _("Tell the case in public"), None, _untold),
    Source(_O, "case.publish", _("Case in draft"), _("Publish"), "case.publish", _in(_O, Case, state=CaseState.DRAFTED)),
    Source(_C, "topic.approve", _("Topic before the chairpersons' meeting"), _("Decide"), None,
           _in(_C, Topic, state=TopicState.UNDER_REVIEW), _attr("planned_on")),
    Source(_C, "briefing.sign_off", _("Briefing reviewed"), _("Sign off"), "briefing.sign_off",
           _in(_C, Briefing, state=BriefingState.REVIEWED)),
    *(source for role in (_M, Role.CADRE, Role.EXPERT, _C) for source in (
        Source(role, "consultation.attend", _("Consultation you are invited to"), _("Read up"), None,
               _at_table(ConsultationState.NOTIFIED), _starts),
        Source(role, "consultation.record", _("Consultation in session"), _("Record"), None,
               _at_table(ConsultationState.IN_SESSION, duty__in=KEEPERS), _starts),
        Source(role, "consultation.minutes", _("Consultation ended"), _("Write the minutes"), None,
               _at_table(ConsultationState.ENDED, duty=Duty.RECORDER), Workdays("ended_at", "session_minutes")),
        Source(role, "consultation.confirm", _("Minutes to be confirmed"), _("Read and confirm"), None,
               _at_table(ConsultationState.MINUTED, duty=Duty.CHAIR), Workdays("ended_at", "session_minutes")))),
    Source(_M, "recommendation.endorse", _("Recommendation of your consultation"), _("Endorse"), "recommendation.endorse",
           _to_endorse),
    Source(_M, "lookback.visit", _("Look-back you lead"), _("Record what you see"), None, _to_visit, _attr("planned_on")),
    Source(_M, "lookback.say", _("Look-back you made"), _("Give your own voice"), "lookback.say",
           lambda scope, today: unjudged_by(scope.member_id)),
    Source(_M, "rating.give", _("You are asked to rate"), _("Rate"), "rating.give", _to_rate, _attr("due_on")),
    *(Source(role, "appraisal.cast", _("You are asked to vote"), _("Cast your ballot"), "appraisal.cast", _to_vote)
      for role in (_M, Role.EXPERT, Role.RESIDENT)),
    Source(Role.RESIDENT, "rating.give", _("You are asked to rate"), _("Rate"), "rating.give",
           _own_ratings, _attr("due_on")),
    Source(_D, "task.sign_for", _("New task"), _("Sign for"), "task.sign_for", owed.to_sign_for,
           _attr("sign_by"), lambda row: row.task),
    Source(_D, "task.reply", _("Task to answer"), _("Work on the reply"), None, owed.to_reply, _task),
    Source(_D, "task.countersign", _("Reply to counter-sign"), _("Counter-sign"), "task.countersign", owed.to_countersign,
           _attr("task.due_on"), lambda row: row.task),
    Source(_D, "task.speak", _("Look-back on your task"), _("Say how the promise was kept"), "task.speak", owed.to_speak,
           obj=lambda row: row.task),
    Source(_D, "statement.reply", _("Answer promised at a consultation"), _("Answer"), None, owed.promised_answers,
           _attr("answer_due_on"), lambda row: row.consultation),
    Source(_D, "task.promise", _("Promise to keep"), _("Show that it is kept"), None, owed.to_keep, _attr("promise_on"),
           lambda row: row.task),
    Source(_D, "task.milestone", _("Milestone of our own plan"), _("Show that it is reached"), "task.reach_milestone",
           owed.milestones, _attr("due_on"), lambda row: row.task),
    Source(_S, "task.publish", _("Reply to publish"), _("Publish"), "task.publish", owed.to_publish, _attr("publish_by"),
           lambda row: row.task),
    Source(_S, "task.broken", _("Promised day has passed"), _("Urge"), None, owed.broken, _attr("promise_on"),
           lambda row: row.task),
    Source(_S, "task.assign", _("Task waiting to be assigned"), _("Assign"), "task.assign",
           _in(_S, Task, state=TaskState.PROPOSED)),
    Source(_S, "task.returns", _("Return asked"), _("Decide"), None, _asks(ReturnRequest, "assignment__task"),
           obj=lambda row: row.assignment.task),
    Source(_S, "task.extensions", _("Extension asked"), _("Decide"), None, _asks(Extension, "task"), obj=lambda row: row.task),
    Source(_S, "task.review", _("Reply to review"), _("Review"), None, _in(_S, Task, state=TaskState.IN_REVIEW), _task),
    Source(_S, "task.overdue", _("Task overdue"), _("Urge"), None, _overdue, _task),
    Source(_S, "instruction.close", _("All departments have answered"), _("Report back to the leader"), None,
           _in(_S, Instruction, state=InstructionState.REPORTED)),
    *(Source(role, "briefing.read", _("New briefing for you"), _("Read"), None, rows, obj=lambda row: row.issue.briefing)
      for role, rows in ((_L, _unread), (_S, _to_note), (_C, _to_note), (_O, _to_note))),
    Source(_L, "briefing.instruct", _("Briefing without your instruction"), _("Write an instruction"), "briefing.instruct",
           _uninstructed, obj=lambda row: row.issue.briefing),
    Source(_L, "task.escalated", _("Task of your instruction, long overdue"), _("See why"), None, _escalated, _task),
    Source(_L, "instruction.read", _("Result of your instruction"), _("Read and close"), None, _reported),
    Source(Role.SEC_ADMIN, "user.appoint", _("Account without an appointment"), _("Appoint"), None, _unappointed),
)
