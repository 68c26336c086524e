"""Ratings and appraisals for tests, through the real verbs: from a heard opinion to what its submitter says of the result."""

from datetime import timedelta
from typing import Any

from consult.consultations import actions as consultations
from consult.consultations.states import ConsultationState
from consult.evaluations import actions
from consult.evaluations.models import Appraisal, Rating
from consult.evaluations.states import Aspect, Rater, Satisfaction, VoterGroup
from consult.people.models import Resident
from consult.people.roles import Role
from consult.recommendations.models import Recommendation
from consult.tasks.models import Task
from consult.topics.models import Topic
from tests import make
from tests.make_topics import voice

MESSAGE = "过渡费已补发，发放明细已在社区公示栏公示。"


def talked_over(place: make.Place, cast: make.Cast, *, opinions: Any = None, concluded: bool = True, **values: Any) -> Any:
    """A consultation with confirmed minutes about real voices, concluded (so that its topic waits for the outcome)."""
    about = make.topic(place, cast, opinions=opinions, **values)
    held = make.consultation(place, cast, about=about, state=ConsultationState.CONFIRMED)
    if concluded:
        consultations.conclude(held, by=cast.office, at=make.AT + timedelta(days=14))
    return held


def answered(place: make.Place, cast: make.Cast, *, opinions: Any = None, consultation: Any = None, state: str = "answered",
             **values: Any) -> Task:
    """A task in ``state`` on a recommendation that came out of real voices."""
    held = consultation or talked_over(place, cast, opinions=opinions)
    advice = make.recommendation(place, cast, consultation=held)
    return make.task(place, cast, state=state, chosen=advice, **values)


def looked_at(place: make.Place, cast: make.Cast, **values: Any) -> Task:
    """An answered task whose answer was looked at, and what was found confirmed."""
    task = answered(place, cast, **values)
    make.look_back(place, cast, state="confirmed", task=task)
    task.refresh_from_db()
    return task


def invited(place: make.Place, cast: make.Cast, *, task: Task | None = None, **values: Any) -> Task:
    """A task on which submitters and members were asked to rate."""
    return actions.invite(task or looked_at(place, cast, **values), message=MESSAGE, by=cast.office, at=make.AT)


def own_voice(place: make.Place, cast: make.Cast) -> Any:
    """An opinion handed in from the resident's own account."""
    return voice(place, text="过渡费没有到账，房东催租。", resident=Resident.objects.get(user=cast.resident))


def rating_of(task: Task, who: Any) -> Rating:
    """The invitation of a person with an account, or of an opinion, in the present round."""
    mine = Rating.objects.filter(task=task, round=task.round)
    if hasattr(who, "receipt_hash"):
        return mine.get(opinion=who)
    return mine.filter(member__user=who).first() or mine.get(opinion__resident__user=who)


def rate_all(task: Task, result: str = Satisfaction.SATISFIED) -> None:
    """Everybody asked says the same."""
    for rating in Rating.objects.filter(task=task, round=task.round, state="invited"):
        who: dict[str, Any] = ({"by": rating.member.user} if rating.rater == Rater.MEMBER and rating.member
                               else {"holder": rating.opinion})
        actions.give(rating, work=Satisfaction.SATISFIED, result=result, comment="过渡费还差一个季度", at=make.AT, **who)


def concluded(place: make.Place, cast: make.Cast, **values: Any) -> Task:
    """A task everybody was satisfied with, closed; with it its topic."""
    task = invited(place, cast, **values)
    rate_all(task)
    return actions.conclude(task, by=cast.office, at=make.AT)


def closed_topic(place: make.Place, cast: make.Cast, **values: Any) -> Topic:
    """A topic that ended with its only recommendation."""
    task = concluded(place, cast, **values)
    return Topic.objects.get(pk=Recommendation.objects.get(pk=task.recommendation_id).consultation.topic_id)


def appraisal(place: make.Place, cast: make.Cast, *, task: Task | None = None, extra: int = 0, **values: Any) -> Appraisal:
    """An appraisal with the cast's two members, expert and resident as voters, and ``extra`` more members."""
    voters: list[tuple[Any, str]] = [
        (cast.member, VoterGroup.MEMBERS), (cast.lawyer, VoterGroup.MEMBERS), (cast.expert, VoterGroup.EXPERTS),
        (cast.resident, VoterGroup.PUBLIC)]
    voters += [(make.appointed(f"voter{n}", f"委员{n}", Role.MEMBER, place.jurisdiction), VoterGroup.MEMBERS)
               for n in range(extra)]
    return actions.open_appraisal(task or answered(place, cast), **{
        "title": "过渡费办理评议", "voters": voters, "by": cast.office, "at": make.AT, **values})


def marks(mark: int = 80, **values: int) -> dict[str, int]:
    """The same mark for each aspect, except those named."""
    return {aspect: mark for aspect in Aspect.values} | values
