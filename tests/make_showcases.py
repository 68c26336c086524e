"""Public cases for tests, through the real verbs."""

from typing import Any

from consult.showcases import actions
from consult.showcases.models import Case
from consult.showcases.states import CaseState
from tests import make

STORY = {"title": "过渡费按季发放", "asked": "过渡费何时发、发多少。", "talked": "委员、部门、街道与居民同坐一桌。",
         "outcome": "每季度首月十日前足额发放，并张榜公布。"}


def case(place: make.Place, cast: make.Cast, *, state: str = CaseState.PUBLISHED, **values: Any) -> Case:
    """The case of a closed topic, in ``state``."""
    made = actions.write(**{**STORY, "topic": values.pop("topic", None) or make.closed_topic(place, cast),
                            "told_on": make.TODAY, "by": cast.office, "at": make.AT, **values})
    if state != CaseState.DRAFTED:
        actions.publish(made, by=cast.office, at=make.AT)
    if state == CaseState.WITHDRAWN:
        actions.withdraw(made, note="更正数据", by=cast.office, at=make.AT)
    return made
