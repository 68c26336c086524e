"""The loop around one object, both ways, and one opinion's way in plain words. Reads every stage, changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consult.briefings.models import Briefing, Instruction
from consult.consultations.models import Consultation
from consult.evaluations.models import Rating
from consult.evaluations.states import RatingState
from consult.followups.models import LookBack
from consult.kit.calendar import local_date
from consult.kit.rules import Sentence, visibility
from consult.kit.states import state_label
from consult.opinions.models import Opinion
from consult.recommendations.models import Recommendation
from consult.showcases.models import Case
from consult.tasks.models import Task
from consult.topics.models import Topic, TopicOpinion

#: How many objects of one stage a trail names; the rest are counted.
SHOWN = 6

#: The stages of the loop in their order: model, name, and the field with its date.
STAGES: tuple[tuple[type[Model], Sentence, str], ...] = (
    (Opinion, _("Opinion"), "submitted_at"),
    (Topic, _("Topic"), "opened_at"),
    (Consultation, _("Consultation"), "starts_at"),
    (Recommendation, _("Recommendation"), "drafted_at"),
    (Briefing, _("Briefing"), "compiled_at"),
    (Instruction, _("Instruction"), "given_on"),
    (Task, _("Task"), "proposed_at"),
    (LookBack, _("Look-back"), "planned_on"),
    (Rating, _("Evaluation"), "invited_at"),
    (Case, _("Public case"), "told_on"),
)

_TASK: dict[type[Model], str] = {
    Instruction: "instruction", Briefing: "instruction__issue__briefing", Recommendation: "recommendation",
    Consultation: "recommendation__consultation", Topic: "recommendation__consultation__topic"}
_AFTER_TASK: dict[type[Model], str] = {Task: "task", **{model: f"task__{path}" for model, path in _TASK.items()}}
_CHOSEN = "items__recommendation"

#: From a later stage, the way back to each earlier one. An opinion is reached through the voices of a topic.
BACK: dict[type[Model], dict[type[Model], str]] = {
    Topic: {},
    Consultation: {Topic: "topic"},
    Recommendation: {Consultation: "consultation", Topic: "consultation__topic"},
    Briefing: {Recommendation: _CHOSEN, Consultation: f"{_CHOSEN}__consultation", Topic: "topic"},
    Instruction: {Briefing: "issue__briefing", Recommendation: f"issue__briefing__{_CHOSEN}",
                  Consultation: f"issue__briefing__{_CHOSEN}__consultation", Topic: "issue__briefing__topic"},
    Task: _TASK, LookBack: _AFTER_TASK, Rating: _AFTER_TASK, Case: {Topic: "topic"},
}


@dataclass(frozen=True)
class Step:
    """One object of the loop as one reader may see it. ``more``: further ones of the stage the reader may see."""

    stage_label: Sentence
    obj: Any
    title: Sentence
    state_label: Sentence
    date: date | None
    here: bool = False
    more: int = 0
    voices: int = 0


def related(model: type[Model], obj: Model) -> QuerySet[Any]:
    """The objects of ``model`` on the way of ``obj``, whoever asks; always as keys of ``model``, without doubles."""
    mine = type(obj)
    everything = model._default_manager
    if mine is model:
        return everything.filter(pk=obj.pk)
    if model is Opinion:
        return everything.filter(pk__in=TopicOpinion.objects.filter(topic__in=related(Topic, obj).values("pk"))
                                 .values("opinion_id"))
    if mine is Opinion:
        voice = TopicOpinion.objects.filter(opinion__in=[obj.pk, obj.merged_into_id]).values("topic_id")  # type: ignore[attr-defined]
        return _reaching(model, Topic, voice)
    if mine in BACK[model]:
        return _reaching(model, mine, [obj.pk])
    if model in BACK[mine]:
        return everything.filter(pk__in=mine._default_manager.filter(pk=obj.pk).values(BACK[mine][model]))
    return _reaching(model, Topic, mine._default_manager.filter(pk=obj.pk).values(BACK[mine][Topic]))


def _reaching(model: type[Model], earlier: type[Model], keys: Any) -> QuerySet[Any]:
    if model is earlier:
        return model._default_manager.filter(pk__in=keys)
    found = model._default_manager.filter(**{f"{BACK[model][earlier]}__in": keys}).values("pk")
    return model._default_manager.filter(pk__in=found)


def around(obj: Model, user: Any) -> list[Step]:
    """The way of ``obj`` through the loop, as far as ``user`` may see; one query a stage, whatever the size.

    A stage the reader may not see is left out; of opinions everybody who sees the topic learns the number alone.
    """
    if all(model is not type(obj) for model, _name, _field in STAGES):
        return []
    steps: list[Step] = []
    for model, name, field in STAGES:
        steps += _steps(model, name, field, obj, user)
    return steps


def _steps(model: type[Model], name: Sentence, field: str, obj: Model, user: Any) -> list[Step]:
    if type(obj) is model:
        return [_step(name, field, obj, here=True)]
    keys = related(model, obj).values("pk")
    if model is Rating:
        return _ratings(name, visibility(model, user).filter(pk__in=keys))
    rows = list(visibility(model, user).filter(pk__in=keys).order_by(field, "pk")[:SHOWN + 1])
    steps = [_step(name, field, row) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        steps[-1] = _step(name, field, rows[SHOWN - 1], more=visibility(model, user).filter(pk__in=keys).count() - SHOWN)
    if model is Opinion and not rows and (voices := related(Opinion, obj).count()):
        steps = [Step(name, None, "", "", None, voices=voices)]
    return steps


def _ratings(name: Sentence, seen: QuerySet[Any]) -> list[Step]:
    """All ratings the reader may see as one step: how many were asked, how many rated. A single one is linked."""
    found = seen.aggregate(asked=Count("pk"), given=Count("pk", filter=Q(state=RatingState.GIVEN)),
                           first=Min("pk"), since=Min("invited_at"))
    if not found["asked"]:
        return []
    words = _("%(given)s of %(asked)s rated") % {"given": found["given"], "asked": found["asked"]}
    one = Rating(pk=found["first"]) if found["asked"] == 1 else None
    return [Step(name, one, words, "", day(found["since"]))]


def _step(name: Sentence, field: str, obj: Any, here: bool = False, more: int = 0) -> Step:
    moment = getattr(obj, field)
    title = getattr(obj, "title", "") if type(obj) is not Opinion else obj.number
    return Step(name, obj, str(title or obj), state_label(obj), day(moment), here, more)


def day(moment: Any) -> date | None:
    """A moment as a day in the district's time."""
    return local_date(moment) if isinstance(moment, datetime) else moment
