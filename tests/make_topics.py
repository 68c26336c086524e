"""Topics for tests, through the real verbs, up to any state."""

from datetime import date, timedelta
from typing import Any

from consult.opinions import actions as opinions
from consult.opinions.models import Opinion
from consult.topics import actions, planning
from consult.topics.models import AnnualPlan, Topic
from consult.topics.states import Kind, TopicState
from tests import make

S = TopicState
LADDER = (S.DRAFTED, S.UNDER_REVIEW, S.REPORTED, S.PLANNED, S.PUBLISHED, S.IN_CONSULTATION, S.CONSULTED, S.TRACKED, S.CLOSED)


def voice(place: make.Place, text: str = "过渡费拖了两个月没发，房租都是借的。", **values: Any) -> Opinion:
    """One opinion about the project, handed in without an account."""
    made, _code = opinions.submit(**{"text": text, "jurisdiction": place.jurisdiction, "project": place.project,
                                     "tags": ["transition_fee"], "at": make.AT, **values})
    return made


def topic_facts(place: make.Place, **values: Any) -> dict[str, Any]:
    """What the office writes when it opens a topic."""
    return {"title": "过渡费发放标准与周期", "kind": Kind.POLICY, "project": place.project, "stage": "signing",
            "focus": "过渡费何时发、发多少、逾期怎么办", "priority": 2, "priority_reason": "多人反映，涉及租房支出",
            "planned_on": make.TODAY + timedelta(days=14), "finish_on": make.TODAY + timedelta(days=90),
            "background": "签约已过半，过渡费两季未发。", **values}


def topic(place: make.Place, cast: make.Cast, *, state: str = S.PUBLISHED, opinions: Any = None, **values: Any) -> Topic:
    """A topic with one voice (or the given ones), walked to ``state``."""
    voices = [voice(place)] if opinions is None else opinions
    made = actions.open_topic(**topic_facts(place, **values), opinions=voices, by=cast.office, at=make.AT)
    if state == S.DEFERRED:
        return actions.defer(made, note="等待上位规划批复", by=cast.office, at=make.AT)
    if state == S.WITHDRAWN:
        return actions.withdraw(made, note="与另一议题重复", by=cast.office, at=make.AT)
    for step in LADDER[1:LADDER.index(S(state)) + 1]:
        _walk(made, step, cast)
    return made


def _walk(made: Topic, step: str, cast: make.Cast) -> None:
    office: dict[str, Any] = {"by": cast.office, "at": make.AT}
    match step:
        case S.UNDER_REVIEW:
            actions.submit_review(made, **office)
        case S.REPORTED:
            actions.approve(made, by=cast.chair, at=make.AT)
        case S.PLANNED:
            actions.record_consent(made, paper="区委办〔2026〕18号", on=make.TODAY, **office)
        case S.PUBLISHED:
            actions.publish(made, **office)
        case S.IN_CONSULTATION:
            actions.begin(made, **office)
        case S.CONSULTED:
            actions.conclude(made, **office)
        case S.TRACKED:
            actions.track(made, **office)
        case S.CLOSED:
            actions.close(made, **office)


def topic_of(place: make.Place, cast: make.Cast, day: date, *, state: str = S.REPORTED, **values: Any) -> Topic:
    """A topic planned for a day."""
    return topic(place, cast, state=state, planned_on=day, finish_on=day + timedelta(days=60), **values)


def plan(place: make.Place, cast: make.Cast, *, year: int = make.TODAY.year, topics: Any = None,
         adopted: bool = False) -> AnnualPlan:
    """The plan of a year with one topic (or the given ones), as a draft or adopted."""
    office: dict[str, Any] = {"by": cast.office, "at": make.AT}
    made = (AnnualPlan.objects.filter(jurisdiction=place.jurisdiction, year=year).first()
            or planning.draft_plan(home=place.jurisdiction, year=year, **office))
    given = [topic_of(place, cast, date(year, 12, 8))] if topics is None else topics
    if given:
        planning.add_topics(made, topics=given, **office)
    if adopted:
        planning.adopt(made, adopted_by="区政协党组会议", paper="区委办〔2026〕18号", on=make.TODAY, **office)
    return made
