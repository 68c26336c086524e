"""The annual plan as somebody may read it: each topic with its day in the plan, and how it stands against that day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Sentence
from consult.topics.models import AnnualPlan, PlanVersion, Topic
from consult.topics.rules import reads_draft, visible_to
from consult.topics.states import BEFORE_CONSENT, Kind, PlanState, Standing, TopicState

DONE = (TopicState.CONSULTED, TopicState.TRACKED, TopicState.CLOSED)


def quarter(day: date) -> int:
    return (day.month + 2) // 3


@dataclass(frozen=True)
class Entry:
    """One topic of the plan. ``planned_on``: the day the plan names; ``moved_to``: the day now meant, where it differs;

    ``added``: it joined with a paper of its own after the version was adopted.
    """

    topic: Topic
    title: str
    kind: Kind
    focus: str
    planned_on: date
    moved_to: date | None
    standing: Standing
    added: bool

    @property
    def quarter(self) -> int:
        return quarter(self.planned_on)


@dataclass(frozen=True)
class Reading:
    """The plan for one reader: the version they read (None: the draft), and its topics by day."""

    version: PlanVersion | None
    entries: list[Entry]


def with_versions(plans: QuerySet[AnnualPlan]) -> QuerySet[AnnualPlan]:
    """Each with ``version_count`` and ``adopted_on``, the day of the last one."""
    return plans.annotate(version_count=Count("versions"), adopted_on=Max("versions__adopted_on"))


def where(plan: AnnualPlan, versions: int) -> Sentence:
    """How far the plan is, in words: one that is revised stays in force."""
    if versions and plan.state == PlanState.DRAFTED:
        return _("in force, being revised")
    return plan.get_state_display()


def drafted(plan: AnnualPlan) -> Any:
    """The topics that stand in the plan now, by day."""
    return Topic.objects.filter(plan=plan).order_by("planned_on", "priority", "pk")


def frozen(topic: Topic) -> dict[str, Any]:
    """What a version keeps of a topic: codes and words as adopted."""
    return {"topic": topic.pk, "number": topic.number, "title": topic.title, "kind": topic.kind, "focus": topic.focus,
            "project": topic.project.name, "planned_on": topic.planned_on.isoformat(), "finish_on": topic.finish_on.isoformat()}


def read(plan: AnnualPlan, user: Any, today: date, *, version: PlanVersion | None = None) -> Reading:
    """The draft for whoever works on it; else the given version or the one in force, and what joined since.

    Of its topics each reader gets those they may see: conflicts between people are not for the public.
    """
    if version is None and not (plan.state == PlanState.DRAFTED and reads_draft(user, plan)):
        version = plan.versions.last()
    items = {item["topic"]: item for item in version.items} if version else {}
    latest = version is None or version.number == plan.versions.count()
    here = Q(pk__in=items) | (Q(plan=plan) if latest else Q(pk__in=[]))
    topics = visible_to(user).filter(here).select_related("project")
    if version is not None:
        # What is put in a draft of the next version is no part of this one; what has the consent is.
        topics = topics.exclude(~Q(pk__in=items) & Q(state__in=BEFORE_CONSENT))
    found = [_entry(topic, items.get(topic.pk), version is not None, today) for topic in topics]
    return Reading(version, sorted(found, key=lambda entry: (entry.planned_on, entry.topic.priority, entry.topic.pk)))


def _entry(topic: Topic, item: dict[str, Any] | None, adopted: bool, today: date) -> Entry:
    day = date.fromisoformat(item["planned_on"]) if item else topic.planned_on
    said = item or {"title": topic.title, "kind": topic.kind, "focus": topic.focus}
    moved_to = topic.planned_on if topic.planned_on != day else None
    return Entry(topic, said["title"], Kind(said["kind"]), said["focus"], day, moved_to,
                 standing(topic, day, today), adopted and item is None)


def standing(topic: Topic, planned_on: date, today: date) -> Standing:
    """Against the day in the plan: done once talked over, late when the day has passed before that."""
    if topic.state in (TopicState.DEFERRED, TopicState.WITHDRAWN):
        return Standing(topic.state)
    if topic.state in DONE:
        return Standing.DONE
    if topic.state == TopicState.IN_CONSULTATION:
        return Standing.UNDER_WAY
    return Standing.LATE if planned_on < today else Standing.ON_TIME
