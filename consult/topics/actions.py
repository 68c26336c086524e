"""The verbs of topics: opened with everything that makes a question concrete, approved, planned, announced, followed."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar, numbering, search
from consult.kit.rules import require
from consult.kit.sealing import mask
from consult.kit.states import can, move
from consult.opinions import actions as opinions_actions
from consult.opinions.models import Opinion
from consult.people.models import Jurisdiction, SpecialCommittee
from consult.renewal.models import RenewalProject
from consult.renewal.states import Stage
from consult.topics import notices, rules
from consult.topics.models import AnnualPlan, Milestone, Topic, TopicOpinion, Weighting
from consult.topics.states import Factor, Kind, Priority

#: A focus shorter than this is a heading, not a question.
SHORTEST_FOCUS = 6
HEAVIEST, MOST_POINTS = 9, 99
EMPTY = {
    "title": _("Give the topic a title."),
    "kind": _("Choose the kind: it decides the method of the consultation."),
    "project": _("Choose the renewal project: a topic without one is too general to be settled."),
    "stage": _("Name the stage of the project the question belongs to."),
    "focus": _("Write in one sentence which question is to be settled."),
    "priority": _("Choose a priority."),
    "priority_reason": _("Write why it has this priority."),
    "planned_on": _("Set the day on which it is to be talked over."),
    "finish_on": _("Set the day by which it is to be settled."),
}


def open_topic(*, title: str, kind: str, project: RenewalProject, stage: str, focus: str, priority: int,
               priority_reason: str, planned_on: date, finish_on: date, opinions: Iterable[Opinion] = (),
               background: str = "", committee: SpecialCommittee | None = None, by: Any, at: datetime) -> Topic:
    """Open a topic and take the chosen opinions in. Vague ones are refused, field by field (防止泛化虚化)."""
    given: dict[str, Any] = {
        "title": title, "kind": kind, "project": project, "stage": stage, "focus": focus, "priority": priority,
        "priority_reason": priority_reason, "planned_on": planned_on, "finish_on": finish_on,
        "background": background, "committee": committee}
    facts = _tidy(given)
    _check(facts, calendar.local_date(at))
    topic = Topic(jurisdiction_id=project.jurisdiction_id, opened_by=by, opened_at=at, **facts)
    require(rules.may_open, by, topic)
    topic.clean_fields(exclude=["number", "state", "opened_by"])
    year = calendar.local_date(at).year
    with transaction.atomic():
        topic.number = f"YT{year}-{numbering.next_number('topic', year):04d}"
        topic.save(force_insert=True)
        search.put(topic)
        audit.write("topics.open", topic, by=by, at=at, after=topic.state)
        for opinion in opinions:
            _take_in(topic, opinion, by, at)
    return topic


def _tidy(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}


def _check(facts: dict[str, Any], today: date) -> None:
    """Everything that makes a question concrete must be there; the sentences say what to do."""
    wrong: dict[str, Any] = {name: sentence for name, sentence in EMPTY.items() if name in facts and not facts[name]}
    if wrong:
        raise ValidationError(wrong)
    for name, codes in (("kind", Kind.values), ("stage", Stage.values), ("priority", Priority.values)):
        if name in facts and facts[name] not in codes:
            wrong[name] = EMPTY[name]
    if len(facts["focus"]) < SHORTEST_FOCUS:
        wrong["focus"] = _("This is a heading, not a question. Write in one sentence what is to be settled, for whom.")
    for name in ("title", "focus"):
        if mask(facts[name]) != facts[name]:
            wrong[name] = _("Take out telephone, identity, card and plate numbers and the numbers of flats: "
                            "everybody can read this.")
    if facts["planned_on"] < today:
        wrong["planned_on"] = _("This day has passed: choose today or a later day.")
    if facts["finish_on"] < facts["planned_on"]:
        wrong["finish_on"] = _("It can't be settled before it is talked over: choose a later day.")
    committee, project = facts.get("committee"), facts.get("project")
    if committee and project and committee.jurisdiction_id != project.jurisdiction_id:
        wrong["committee"] = _("Choose a special committee of this district.")
    if wrong:
        raise ValidationError(wrong)


def amend(topic: Topic, *, title: str, focus: str, stage: str, planned_on: date, finish_on: date, background: str = "",
          committee: SpecialCommittee | None = None, by: Any, at: datetime) -> Topic:
    """Change a draft, for instance after it was sent back."""
    facts = _tidy({"title": title, "focus": focus, "stage": stage, "planned_on": planned_on, "finish_on": finish_on,
                   "background": background, "committee": committee})
    require(rules.may_amend, by, topic)
    _check({**facts, "project": topic.project}, calendar.local_date(at))
    if topic.plan and topic.plan.year != planned_on.year:
        raise ValidationError({"planned_on": _("The topic is in the draft of the annual plan %(year)s: move it there.") % {
            "year": topic.plan.year}})
    changed = {name: [str(getattr(topic, name)), str(value)] for name, value in facts.items()
               if getattr(topic, name) != value}
    with transaction.atomic():
        move(topic, "amend", by=by, at=at, rule=rules.may_amend, data=changed, **facts)
        search.put(topic)
    return topic


# --- voices -------------------------------------------------------------------------------------------------------


def _take_in(topic: Topic, opinion: Opinion, by: Any, at: datetime, message: str = "") -> TopicOpinion:
    if opinion.jurisdiction_id != topic.jurisdiction_id:
        raise ValidationError({"opinions": _("Opinion %(number)s is from another district.") % {"number": opinion.number}})
    if not can(opinion, "adopt"):
        raise ValidationError({"opinions": _("Opinion %(number)s can't be taken in: its state is “%(state)s”.") % {
            "number": opinion.number, "state": opinion.get_state_display()}})
    opinions_actions.adopt(opinion, by=by, at=at, title=topic.title, message=message)
    return TopicOpinion.objects.create(topic=topic, opinion=opinion, added_by=by, added_at=at)


def add_opinion(topic: Topic, *, opinions: Iterable[Opinion], by: Any, at: datetime, message: str = "") -> Topic:
    """Take more voices in; each submitter is told, in the usual words when none are given."""
    chosen = list(opinions)
    if not chosen:
        raise ValidationError({"opinions": _("Choose at least one opinion.")})
    with transaction.atomic():
        move(topic, "add_opinion", by=by, at=at, rule=rules.may_add_opinion,
             data={"opinions": [opinion.number for opinion in chosen]})
        for opinion in chosen:
            _take_in(topic, opinion, by, at, message)
    return topic


def drop_opinion(topic: Topic, *, opinion: Opinion, by: Any, at: datetime) -> Topic:
    """Give one voice back to triage; its submitter is told."""
    voice = topic.voices.filter(opinion=opinion).first()
    if voice is None:
        raise ValidationError({"opinion": _("This opinion is not part of the topic.")})
    with transaction.atomic():
        move(topic, "drop_opinion", by=by, at=at, rule=rules.may_drop_opinion, data={"opinion": opinion.number})
        _give_back(voice, by, at)
    return topic


def _give_back(voice: TopicOpinion, by: Any, at: datetime) -> None:
    opinion = voice.opinion
    voice.delete()
    if can(opinion, "release"):
        opinions_actions.release(opinion, by=by, at=at)


def tell_voices(topic: Topic, *, text: str, by: Any, at: datetime) -> Topic:
    """Tell the result to everyone who spoke, and to everyone whose opinion was merged into theirs."""
    if not text.strip():
        raise ValidationError({"text": _("Write what the people who spoke should know.")})
    with transaction.atomic():
        move(topic, "tell_voices", by=by, at=at, rule=rules.may_tell_voices, data={"text": text.strip()})
        for voice in topic.voices.select_related("opinion"):
            if can(voice.opinion, "respond"):
                opinions_actions.respond(voice.opinion, text=text, by=by, at=at)
    return topic


# --- priority and milestones --------------------------------------------------------------------------------------


def set_priority(topic: Topic, *, priority: int, reason: str, by: Any, at: datetime) -> Topic:
    if priority not in Priority.values:
        raise ValidationError({"priority": EMPTY["priority"]})
    if not reason.strip():
        raise ValidationError({"reason": EMPTY["priority_reason"]})
    return move(topic, "set_priority", by=by, at=at, rule=rules.may_set_priority, priority=priority,
                reason=reason.strip(), data={"from": topic.priority, "to": priority, "reason": reason.strip()})


def set_weights(home: Jurisdiction, *, since: date, by: Any, at: datetime, **facts: Any) -> Weighting:
    """Let the weights of the priority hold in a district from a day on: ``basis``, the points, and one for each Factor.

    The past is not rewritten; the same day again corrects what was planned.
    """
    row = proposed(home, since=since, by=by, at=at, **facts)
    told = {"basis": row.basis, **{name: facts[name] for name in ("normal_from", "high_from", *Factor.values)}}
    with transaction.atomic():
        row, _made = Weighting.objects.update_or_create(
            jurisdiction=home, valid_from=since, defaults={**told, "set_by": by, "set_at": at})
        audit.write("topics.set_weights", row, by=by, at=at, data={"since": str(since), **told})
    return row


def proposed(home: Jurisdiction, *, since: date, basis: str, by: Any, at: datetime, **facts: int) -> Weighting:
    """The weights as they would be set, checked, not saved."""
    row = Weighting(jurisdiction=home, valid_from=since, basis=basis.strip(), set_by=by, set_at=at, **facts)
    require(rules.may_set_weights, by, row)
    _check_weights(row, calendar.local_date(at))
    return row


def _check_weights(row: Weighting, today: date) -> None:
    wrong: dict[str, Any] = {factor: _("Choose a weight from 0 to %(most)s.") % {"most": HEAVIEST} for factor in Factor.values
                             if not 0 <= getattr(row, factor) <= HEAVIEST}
    if not any(getattr(row, factor) for factor in Factor.values):
        wrong[Factor.VOICES] = _("At least one weight must be more than 0.")
    if not 1 <= row.normal_from <= MOST_POINTS:
        wrong["normal_from"] = _("Choose points from 1 to %(most)s.") % {"most": MOST_POINTS}
    if not row.normal_from < row.high_from <= MOST_POINTS:
        wrong["high_from"] = _("A high priority needs more points than a normal one, and at most %(most)s.") % {
            "most": MOST_POINTS}
    if row.valid_from < today:
        wrong["since"] = _("Weights can change from today on, not for the past.")
    if not row.basis:
        wrong["basis"] = _("Please name the rule or decision this comes from.")
    if wrong:
        raise ValidationError(wrong)


def add_milestone(topic: Topic, *, name: str, due_on: date, by: Any, at: datetime) -> Milestone:
    if not name.strip():
        raise ValidationError({"name": _("Name the milestone.")})
    if due_on < calendar.local_date(at):
        raise ValidationError({"due_on": _("This day has passed: choose today or a later day.")})
    with transaction.atomic():
        move(topic, "add_milestone", by=by, at=at, rule=rules.may_add_milestone,
             data={"name": name.strip(), "due_on": str(due_on)})
        return Milestone.objects.create(topic=topic, name=name.strip(), due_on=due_on)


def reach_milestone(topic: Topic, *, milestone: Milestone, reached_on: date | None = None, by: Any,
                    at: datetime) -> Milestone:
    today = calendar.local_date(at)
    on = reached_on or today
    if milestone.topic_id != topic.pk or milestone.reached_on:
        raise ValidationError({"milestone": _("Choose a milestone that is still open.")})
    if on > today:
        raise ValidationError({"reached_on": _("This day has not come yet: choose today or an earlier day.")})
    with transaction.atomic():
        move(topic, "reach_milestone", by=by, at=at, rule=rules.may_reach_milestone, data={"name": milestone.name})
        milestone.reached_on = on
        milestone.save(update_fields=["reached_on"])
    return milestone


# --- from draft to announcement -----------------------------------------------------------------------------------


def submit_review(topic: Topic, *, by: Any, at: datetime) -> Topic:
    """Put it before the chairpersons' meeting: with voices behind it, or with the reason it comes from elsewhere."""
    require(rules.may_submit_review, by, topic)
    if not topic.background and not topic.voices.exists():
        raise ValidationError(_("Take at least one opinion in, or write in the background where the question comes from."))
    with transaction.atomic():
        move(topic, "submit_review", by=by, at=at, rule=rules.may_submit_review)
        notices.to_chair("submit_review", topic, at)
    return topic


def send_back(topic: Topic, *, note: str, by: Any, at: datetime) -> Topic:
    say_why(note)
    with transaction.atomic():
        move(topic, "send_back", by=by, at=at, rule=rules.may_send_back, note=note.strip(), data={"note": note.strip()})
        notices.to_office("send_back", topic, at)
    return topic


def approve(topic: Topic, *, by: Any, at: datetime) -> Topic:
    """The chairpersons' meeting agrees; the office now reports to the district Party committee."""
    with transaction.atomic():
        move(topic, "approve", by=by, at=at, rule=rules.may_approve)
        notices.to_office("approve", topic, at)
    return topic


def record_consent(topic: Topic, *, paper: str, on: date, by: Any, at: datetime) -> Topic:
    """The Party committee agreed: the topic enters the annual plan of the year it is planned for."""
    if not paper.strip():
        raise ValidationError({"paper": _("Name the paper by which the district Party committee agreed.")})
    if on > calendar.local_date(at):
        raise ValidationError({"on": _("This day has not come yet: choose today or an earlier day.")})
    with transaction.atomic():
        require(rules.may_record_consent, by, topic)
        plan, _new = AnnualPlan.objects.get_or_create(jurisdiction_id=topic.jurisdiction_id, year=topic.planned_on.year)
        move(topic, "record_consent", by=by, at=at, rule=rules.may_record_consent, plan=plan, paper=paper.strip(), on=on,
             data={"paper": paper.strip(), "on": str(on), "year": plan.year})
    return topic


def publish(topic: Topic, *, by: Any, at: datetime) -> Topic:
    """Announce it; a conflict between people is announced to members and the bodies concerned only."""
    with transaction.atomic():
        move(topic, "publish", by=by, at=at, rule=rules.may_publish)
        notices.announced(topic, at)
    return topic


def defer(topic: Topic, *, note: str, by: Any, at: datetime) -> Topic:
    say_why(note)
    return move(topic, "defer", by=by, at=at, rule=rules.may_defer, note=note.strip(), data={"note": note.strip()})


def resume(topic: Topic, *, by: Any, at: datetime) -> Topic:
    return move(topic, "resume", by=by, at=at, rule=rules.may_resume)


def withdraw(topic: Topic, *, note: str, by: Any, at: datetime) -> Topic:
    """Take it back: each opinion goes back to triage, and its submitter is told."""
    say_why(note)
    voices = list(topic.voices.select_related("opinion"))
    with transaction.atomic():
        move(topic, "withdraw", by=by, at=at, rule=rules.may_withdraw, note=note.strip(),
             data={"note": note.strip(), "opinions": [voice.opinion.number for voice in voices]})
        for voice in voices:
            _give_back(voice, by, at)
    return topic


def say_why(note: str) -> None:
    """A decision comes with its reason, short enough for the page."""
    if not note.strip():
        raise ValidationError({"note": _("Write why, so that everybody concerned understands it.")})
    if len(note.strip()) > 300:
        raise ValidationError({"note": _("Please keep it to %(max)s characters.") % {"max": 300}})


# --- what later rooms tell ----------------------------------------------------------------------------------------
# No rule of their own: whoever ``by`` is, the act that led here was allowed in its own room. The state still decides.


def begin(topic: Topic, *, by: Any, at: datetime) -> Topic:
    """A consultation is being prepared."""
    return move(topic, "begin", by=by, at=at)


def conclude(topic: Topic, *, by: Any, at: datetime) -> Topic:
    """A consultation is concluded; the office hears that everyone who spoke now waits for word."""
    with transaction.atomic():
        move(topic, "conclude", by=by, at=at)
        notices.to_office("conclude", topic, at)
    return topic


def track(topic: Topic, *, by: Any, at: datetime) -> Topic:
    """What was recommended is being carried out."""
    return move(topic, "track", by=by, at=at)


def close(topic: Topic, *, by: Any, at: datetime) -> Topic:
    """Settled and evaluated."""
    return move(topic, "close", by=by, at=at)


def reopen(topic: Topic, *, by: Any, at: datetime) -> Topic:
    """Taken up again, for instance after a second handling."""
    return move(topic, "reopen", by=by, at=at)
