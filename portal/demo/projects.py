"""What the three projects went through in the months of the demonstration: stages entered, totals reported."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from consult.renewal import actions
from portal.demo.district import MEETING, PROJECTS, months_before
from portal.demo.world import BEGINNING, OPINIONS, Story, World

#: Working days ago, and how much of the present total there was then.
REPORTS = ((150, "0.55"), (105, "0.68"), (62, "0.8"), (30, "0.92"), (4, "1"))


def story(w: World, told: dict[str, Any]) -> Story:
    entered = [(stage, months_before(w.day(0), months)) for stage, months in told["stages"]]
    later = [(stage, on) for stage, on in entered[1:] if on > w.day(BEGINNING)]
    steps = sorted([(_back(w, on), "stage", stage) for stage, on in later]
                   + [(back, "report", share) for back, share in REPORTS], reverse=True)
    for back, what, value in steps:
        yield OPINIONS, back
        project = w.district.projects[told["key"]]
        if what == "stage":
            actions.enter_stage(project, stage=value, entered_on=w.today, basis=MEETING, by=w.who("office"), at=w.at)
        else:
            for measure, done, of in told["measures"]:
                _report(w, project, measure, int(done * Decimal(value)), of)


def _back(w: World, on: Any) -> int:
    return min(back for back, day in w.days.items() if day <= on)


def _report(w: World, project: Any, measure: str, done: int, of: int) -> None:
    actions.record_progress(project, measure=measure, numerator=Decimal(done), denominator=Decimal(of),
                            as_of=w.today - timedelta(days=1), source="区房屋征收服务中心月报（演示数据）",
                            by=w.who("office"), at=w.at)


def stories(w: World) -> list[Story]:
    return [story(w, told) for told in PROJECTS]
