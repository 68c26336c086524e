"""The verbs of the annual plan: begun, topics put in, taken out and moved while it is a draft, adopted, revised."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar
from consult.kit.rules import require
from consult.kit.states import can, lock, move
from consult.people.models import Jurisdiction
from consult.topics import annual, notices, rules
from consult.topics.actions import say_why
from consult.topics.models import AnnualPlan, PlanVersion, Topic
from consult.topics.states import PlanState, TopicState

#: So many years ahead a plan may be begun.
AHEAD = 2


def draft_plan(*, home: Jurisdiction, year: int, by: Any, at: datetime) -> AnnualPlan:
    """Begin the plan of a year; a district has one a year."""
    plan = AnnualPlan(jurisdiction=home, year=year)
    require(rules.may_draft_plan, by, plan)
    this = calendar.local_date(at).year
    if not this <= year <= this + AHEAD:
        raise ValidationError({"year": _("Choose a year from %(first)s to %(last)s.") % {"first": this, "last": this + AHEAD}})
    with transaction.atomic():
        plan, new = AnnualPlan.objects.get_or_create(jurisdiction=home, year=year)
        if not new:
            raise ValidationError({"year": _("There is a plan of this year already: open it in the list.")})
        audit.write("topics.draft_plan", plan, by=by, at=at, after=plan.state, data={"year": year})
    return plan


def add_topics(plan: AnnualPlan, *, topics: Iterable[Topic], by: Any, at: datetime) -> AnnualPlan:
    """Put topics that are planned for its year in the draft; each is in one plan at a time."""
    chosen = list(topics)
    if not chosen:
        raise ValidationError({"topics": _("Choose at least one topic.")})
    with transaction.atomic():
        move(plan, "add_topics", by=by, at=at, rule=rules.may_add_topics, data={"topics": [topic.number for topic in chosen]})
        for topic in chosen:
            _check_addable(plan, topic)
            move(topic, "enter_plan", by=by, at=at, plan=plan, data={"year": plan.year})
    return plan


def _check_addable(plan: AnnualPlan, topic: Topic) -> None:
    named = {"number": topic.number, "year": plan.year}
    if topic.jurisdiction_id != plan.jurisdiction_id or topic.plan_id or not can(topic, "enter_plan"):
        raise ValidationError({"topics": _("Topic %(number)s can't be put in: it is in a plan already, or past the consent.")
                               % named})
    if topic.planned_on.year != plan.year:
        raise ValidationError({"topics": _("Topic %(number)s is not planned for %(year)s: change its date first.") % named})


def remove_topic(plan: AnnualPlan, *, topic: Topic, note: str, by: Any, at: datetime) -> AnnualPlan:
    """Take a topic out of the draft. One that has the consent leaves the plan when it is deferred or withdrawn."""
    say_why(note)
    with transaction.atomic():
        move(plan, "remove_topic", by=by, at=at, rule=rules.may_remove_topic,
             data={"topic": topic.number, "note": note.strip()})
        if topic.plan_id != plan.pk or not can(topic, "leave_plan"):
            raise ValidationError({"topic": _("Choose a topic of this draft without consent; one that has it is deferred or "
                                              "withdrawn on its own page.")})
        move(topic, "leave_plan", by=by, at=at, data={"year": plan.year, "note": note.strip()})
    return plan


def move_topic(plan: AnnualPlan, *, topic: Topic, planned_on: date, by: Any, at: datetime) -> AnnualPlan:
    """Another day, and so another quarter; a day of another year moves it to the draft of that year.

    The time to settle it moves along.
    """
    if planned_on < calendar.local_date(at):
        raise ValidationError({"planned_on": _("This day has passed: choose today or a later day.")})
    with transaction.atomic():
        move(plan, "move_topic", by=by, at=at, rule=rules.may_move_topic, data={
            "topic": topic.number, "planned_on": [str(topic.planned_on), str(planned_on)]})
        if topic.plan_id != plan.pk or not can(topic, "replan"):
            raise ValidationError({"topic": _("Choose a topic of this draft that has not been talked over yet.")})
        there = _open_plan(plan, planned_on)
        finish_on = topic.finish_on + (planned_on - topic.planned_on)
        move(topic, "replan", by=by, at=at, plan=there, planned_on=planned_on, finish_on=finish_on,
             data={"year": there.year, "planned_on": [str(topic.planned_on), str(planned_on)]})
    return plan


def _open_plan(plan: AnnualPlan, day: date) -> AnnualPlan:
    if day.year == plan.year:
        return plan
    there = AnnualPlan.objects.select_for_update().filter(
        jurisdiction_id=plan.jurisdiction_id, year=day.year, state=PlanState.DRAFTED).first()
    if there is None:
        raise ValidationError({"planned_on": _("There is no draft of the plan %(year)s: begin it first.") % {"year": day.year}})
    return there


def adopt(plan: AnnualPlan, *, adopted_by: str, paper: str, on: date, by: Any, at: datetime) -> PlanVersion:
    """The Party committee agreed and the CPPCC adopted it: a version is frozen, and its topics have the consent.

    Topics that the chairpersons' meeting has not approved yet are not adopted along: they must leave the draft, or be approved.
    """
    _check_adoption(adopted_by, paper, on, calendar.local_date(at))
    with transaction.atomic():
        require(rules.may_adopt, by, plan)
        topics = list(annual.drafted(lock(plan)).select_related("project"))
        if not topics:
            raise ValidationError(_("The plan is empty: put topics in first."))
        if early := [topic.number for topic in topics if topic.state in (TopicState.DRAFTED, TopicState.UNDER_REVIEW)]:
            raise ValidationError(_("Not approved by the chairpersons' meeting yet: %(numbers)s. Have them approved, or take "
                                    "them out.") % {"numbers": ", ".join(early)})
        number = plan.versions.count() + 1
        move(plan, "adopt", by=by, at=at, rule=rules.may_adopt, data={
            "version": number, "adopted_by": adopted_by.strip(), "paper": paper.strip(), "on": str(on), "topics": len(topics)})
        for topic in topics:
            if can(topic, "record_consent"):
                move(topic, "record_consent", by=by, at=at, rule=rules.may_record_consent, plan=plan, paper=paper.strip(),
                     on=on, data={"paper": paper.strip(), "on": str(on), "year": plan.year})
        version = PlanVersion.objects.create(
            plan=plan, number=number, adopted_on=on, adopted_by=adopted_by.strip(), paper=paper.strip(),
            items=[annual.frozen(topic) for topic in topics], recorded_by=by, recorded_at=at)
        notices.adopted(plan, at)
    return version


def _check_adoption(adopted_by: str, paper: str, on: date, today: date) -> None:
    wrong: dict[str, Any] = {}
    if not adopted_by.strip():
        wrong["adopted_by"] = _("Name the meeting that adopted the plan.")
    if not paper.strip():
        wrong["paper"] = _("Name the paper by which the district Party committee agreed.")
    if on > today:
        wrong["on"] = _("This day has not come yet: choose today or an earlier day.")
    if wrong:
        raise ValidationError(wrong)


def revise(plan: AnnualPlan, *, note: str, by: Any, at: datetime) -> AnnualPlan:
    """Begin a new version; until it is adopted, the last one is in force."""
    say_why(note)
    return move(plan, "revise", by=by, at=at, rule=rules.may_revise, data={"note": note.strip()})
