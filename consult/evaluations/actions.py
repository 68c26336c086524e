"""The verbs of evaluation: invite, rate, take up again, conclude; appraise by ballot; raise a new question."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consult.consultations import actions as consultations
from consult.consultations.models import Consultation
from consult.consultations.states import ConsultationState
from consult.evaluations import notices, rules, totals
from consult.evaluations.appraising import cast, close_appraisal, open_appraisal, open_department_appraisal
from consult.evaluations.models import Rating
from consult.evaluations.states import Rater, RatingState, Satisfaction
from consult.followups import sampling
from consult.followups.models import LookBack, Sample
from consult.followups.states import LookBackState
from consult.kit import audit, calendar, parameters
from consult.kit.rules import require
from consult.kit.states import WrongState, can, lock, move
from consult.opinions import actions as opinions
from consult.opinions.models import Opinion
from consult.opinions.states import Channel, IdentityMode, OpinionState
from consult.people.models import CommitteeMember, Jurisdiction
from consult.recommendations import actions as recommendations
from consult.recommendations.models import Endorsement, Recommendation
from consult.recommendations.states import GONE, RecommendationState
from consult.tasks import actions as tasks
from consult.tasks.models import Task
from consult.tasks.states import TaskState
from consult.topics import actions as topics
from consult.topics.models import Topic, TopicOpinion
from consult.topics.states import TopicState

__all__ = [
    "cast", "close_appraisal", "conclude", "expire", "give", "invite", "open_appraisal", "open_department_appraisal",
    "raise_opinion", "rehandle",
]

#: Opinions whose submitters are asked to rate; putting one in the archive silences nobody.
HEARD = (OpinionState.ADOPTED, OpinionState.MERGED, OpinionState.RESPONDED, OpinionState.RATED, OpinionState.ARCHIVED)

# --- ratings ---------------------------------------------------------------------------------------------------


def invite(task: Task, *, message: str, by: Any, at: datetime) -> Task:
    """Tell every submitter the result and invite them, and the members of the panel, to rate this round.

    Only after a look-back of this round was confirmed: what is judged must have been looked at.
    """
    require(rules.may_invite, by, task)
    if not message.strip():
        raise ValidationError({"message": _("Write what you tell the residents about the result.")})
    with transaction.atomic():
        task = lock(task)
        _ready(task)
        voices, members = _voices(task), _members(task)
        if not voices and not members:
            raise ValidationError(_("Nobody can be asked: no opinion led here, and no member has an account. You may conclude."))
        until = calendar.due_on(at, workdays=parameters.value("rating_window", on=calendar.local_date(at))).on
        for opinion in voices:
            if can(opinion, "respond"):
                opinions.respond(opinion, text=message, by=by, at=at)
            _invite(task, Rater.RESIDENT, until, at, opinion=opinion)
        for member in members:
            _invite(task, Rater.MEMBER, until, at, member=member)
        audit.write("evaluations.invite", task, by=by, at=at, data={"round": task.round, "until": until})
    return task


def _ready(task: Task) -> None:
    if task.state != TaskState.ANSWERED:
        raise ValidationError(_("Ratings are asked for after the reply was approved."))
    if not LookBack.objects.filter(task=task, state=LookBackState.CONFIRMED, planned_at__gte=task.answered_at).exists():
        raise ValidationError(_("First plan a look-back on this reply, and confirm what it found."))
    if Rating.objects.filter(task=task, round=task.round).exists():
        raise ValidationError(_("Ratings of this handling have been asked for already."))


def _topic_of(task: Task) -> Topic:
    return Topic.objects.get(pk=Recommendation.objects.filter(pk=task.recommendation_id)
                             .values_list("consultation__topic", flat=True).get())


def _voices(task: Task) -> list[Opinion]:
    """The opinions of the topic, and those merged into them: each is answered and asked separately.

    Those merged come last: the answer to the opinion they were merged into has reached them by then, and is not repeated.
    """
    voices = TopicOpinion.objects.filter(topic=_topic_of(task)).values("opinion_id")
    heard = Opinion.objects.filter(state__in=HEARD).order_by("pk")
    return [*heard.filter(pk__in=voices), *heard.filter(merged_into__in=voices).exclude(pk__in=voices)]


def _members(task: Task) -> list[CommitteeMember]:
    """The members at the table and those who endorsed the recommendation."""
    consultation = task.recommendation.consultation
    sat = consultation.panel.exclude(member=None).values("member_id")
    endorsed = Endorsement.objects.filter(recommendation=task.recommendation_id).values("member_id")
    everybody = CommitteeMember.objects.exclude(user=None).select_related("user")
    return list(everybody.filter(pk__in=sat) | everybody.filter(pk__in=endorsed))


def _invite(task: Task, rater: str, until: date, at: datetime, **who: Any) -> None:
    rating = Rating.objects.create(task=task, jurisdiction=task.jurisdiction, round=task.round, rater=rater,
                                   invited_at=at, due_on=until, **who)
    notices.invited(rating, at)


def give(rating: Rating, *, work: str, result: str, comment: str = "", by: Any = None, holder: Opinion | None = None,
         at: datetime) -> Rating:
    """The rater's own word. ``holder``: the opinion whose receipt code was shown (a resident without account)."""
    if holder is None or rating.opinion_id != holder.pk:
        require(rules.may_give, by, rating)
    _check_rating(rating, work, result, comment, at)
    with transaction.atomic():
        if rating.round != lock(rating.task).round:
            raise WrongState(_("The matter is being handled again: you will be asked about the new answer."))
        move(rating, "give", by=by, at=at, work=work, result=result, comment=comment.strip(), when=at)
        if rating.opinion is not None and can(rating.opinion, "rate"):
            opinions.rate(rating.opinion, by=by, at=at)
        if Satisfaction.DISSATISFIED in (work, result):
            notices.dissatisfied(rating, at)
    return rating


def _check_rating(rating: Rating, work: str, result: str, comment: str, at: datetime) -> None:
    wrong: dict[str, Any] = {}
    if work not in Satisfaction.values:
        wrong["work"] = _("Say how the work was done.")
    if result not in Satisfaction.values:
        wrong["result"] = _("Say how the result is.")
    if Satisfaction.DISSATISFIED in (work, result) and not comment.strip():
        wrong["comment"] = _("Please say in a few words what is missing, so that it can be handled again.")
    if wrong:
        raise ValidationError(wrong)
    if calendar.local_date(at) > rating.due_on:
        raise ValidationError(_("The time for rating ended on %(date)s.") % {"date": rating.due_on})


def expire(*, today: date, at: datetime) -> int:
    """The clock's verb: invitations past their date, or on an answer that is handled again, become "not rated".

    Never satisfied. Gives how many.
    """
    return _expire(Rating.objects.filter(Q(due_on__lt=today) | Q(round__lt=F("task__round"))), None, at)


def _expire(ratings: QuerySet[Rating], by: Any, at: datetime) -> int:
    expired = 0
    for rating in ratings.filter(state=RatingState.INVITED):
        try:
            move(rating, "expire", by=by, at=at)
            expired += 1
        except WrongState:
            continue  # rated at this very moment: the rating stands
    return expired


def raise_opinion(rating: Rating, *, text: str, by: Any = None, holder: Opinion | None = None,
                  at: datetime) -> tuple[Opinion, str | None]:
    """A new question raised by whoever rates becomes a new opinion at the start of the loop."""
    if holder is None or rating.opinion_id != holder.pk:
        require(rules.may_raise, by, rating)
    topic = _topic_of(rating.task)
    # Raised from one's own account it is found among one's own opinions; by receipt nobody is known.
    resident = rating.opinion.resident if rating.opinion and holder is None else None
    with transaction.atomic():
        opinion, code = opinions.submit(
            text=text, jurisdiction=topic.jurisdiction, project=topic.project, channel=Channel.EVALUATION, resident=resident,
            identity_mode=IdentityMode.CPPCC_ONLY if resident else IdentityMode.ANONYMOUS, bearer=rating.member,
            entered_by=by if rating.member_id else None, at=at)
        # Whoever stays anonymous is not tied to the earlier opinion by the log.
        audit.write("evaluations.raise", rating, by=by, at=at, data={"opinion": opinion.number} if by else {})
    return opinion, code


# --- what follows ----------------------------------------------------------------------------------------------


def rehandle(task: Task, *, note: str, by: Any, at: datetime) -> Task:
    """Somebody is not satisfied: the department handles the matter a second time, with a new date."""
    require(rules.may_rehandle, by, task)
    if not note.strip():
        raise ValidationError({"note": _("Say what has to be done again.")})
    with transaction.atomic():
        task = lock(task)
        if not totals.of_task(task).dissatisfied:
            raise ValidationError(_("Nobody said “not satisfied” with this handling."))
        _expire(Rating.objects.filter(task=task, round=task.round), None, at)
        tasks.rehandle(task, note=note, by=by, at=at)
    return task


def draw_sample(jurisdiction: Jurisdiction, *, since: date, until: date, share: int, seed: str, by: Any,
                at: datetime) -> Sample:
    """A sample for look-back: all that somebody was not satisfied with, unless looked at since; sampling adds the rest."""
    looked = LookBack.objects.filter(task=OuterRef("task"), planned_at__gte=OuterRef("given_at")).exclude(
        state=LookBackState.CANCELLED)
    bad = Rating.objects.filter(Q(work=Satisfaction.DISSATISFIED) | Q(result=Satisfaction.DISSATISFIED), ~Exists(looked),
                                jurisdiction=jurisdiction, state=RatingState.GIVEN)
    return sampling.draw(jurisdiction, since=since, until=until, share=share, seed=seed,
                         unhappy=bad.values_list("task_id", flat=True), by=by, at=at)


def conclude(task: Task, *, note: str = "", by: Any, at: datetime) -> Task:
    """Everybody asked has rated or run out of time: close the task; with its last task, the topic."""
    require(rules.may_conclude, by, task)
    with transaction.atomic():
        fresh = lock(task)
        _may_end(fresh, note)
        tasks.close(task, by=by, at=at)
        audit.write("evaluations.conclude", task, by=by, at=at, data={"round": task.round, "note": note})
        _strike_off(task.recommendation, by, at)
        _close_topic(task.recommendation.consultation, by, at)
    return task


def _strike_off(recommendation: Recommendation, by: Any, at: datetime) -> None:
    """The recommendation is struck off with the last of its tasks (two leaders may have asked for work on it)."""
    others = Task.objects.filter(recommendation=recommendation).exclude(state__in=[TaskState.CLOSED, TaskState.DROPPED])
    if not others.exists():
        recommendations.evaluate(recommendation, by=by, at=at)
        recommendations.close(recommendation, by=by, at=at)


def _may_end(task: Task, note: str) -> None:
    said = totals.of_task(task)
    if not said.invited and (_voices(task) or _members(task)):
        raise ValidationError(_("First invite the residents and members to rate."))
    if said.waiting:
        raise ValidationError(_("%(n)s invited raters still have time to rate.") % {"n": said.waiting})
    if said.dissatisfied and (task.round == 1 or not note.strip()):
        raise ValidationError({"note": _("Somebody is not satisfied: start the second handling. After a second handling "
                                         "you may conclude, with the reason written down.")})


def _close_topic(held: Consultation, by: Any, at: datetime) -> None:
    """The topic closes with the last of its recommendations, unless it is being talked over again."""
    topic = held.topic
    if Recommendation.objects.filter(consultation__topic=topic).exclude(state__in=[RecommendationState.CLOSED, *GONE]).exists():
        return
    if held.state == ConsultationState.CONFIRMED:
        consultations.conclude(held, by=by, at=at)
        topic.refresh_from_db()
    if topic.state in (TopicState.CONSULTED, TopicState.TRACKED) and not _talks(topic).exists():
        topics.close(topic, by=by, at=at)


def _talks(topic: Topic) -> QuerySet[Consultation]:
    """Consultations of the topic that have not come to their end."""
    return Consultation.objects.filter(topic=topic).exclude(
        state__in=[ConsultationState.CONCLUDED, ConsultationState.ARCHIVED, ConsultationState.CANCELLED])
