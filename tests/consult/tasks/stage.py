"""Where the life of tasks is lived, and what was done and refused there."""

from collections import Counter
from datetime import datetime
from typing import Any

from consult.tasks.models import Task


class World:
    """Where it happens: two proposed tasks of one instruction, and everybody who may have to do with them."""

    def __init__(self, place: Any, cast: Any, third: tuple[Any, Any], tasks: list[Task], second: Any) -> None:
        self.place, self.cast, self.tasks = place, cast, tasks
        self.departments = [place.a, place.b, third[0]]
        self.clerks = {place.a.pk: cast.clerk, place.b.pk: cast.clerk2, third[0].pk: third[1]}
        self.people = [cast.clerk, cast.clerk2, third[1], cast.supervision, second, cast.office, cast.leader, cast.member,
                       cast.lawyer, cast.resident, cast.chair, cast.cadre, cast.stranger, cast.other_clerk]
        self.supervision = [cast.supervision, second]


#: What was done and what refused, over all lives of one run: verb -> count, and the sentences of refusals.
done: Counter[str] = Counter()
tried: Counter[str] = Counter()
refused: Counter[str] = Counter()
#: Set by the test before a life begins.
world: World = None
START: datetime = None
