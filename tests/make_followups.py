"""Look-backs, findings, difficulties and bulletins for tests, through the real verbs."""

import io
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from consult.evaluations import actions as evaluations
from consult.followups import actions
from consult.followups.models import Bulletin, Difficulty, LookBack, Sample
from consult.followups.states import BulletinState, DifficultyState, LookBackState
from consult.tasks.models import Task
from tests import make

S = LookBackState


def photo(name: str = "现场.jpg") -> SimpleUploadedFile:
    """A small picture, as a phone would send it."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#7a8a6a").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def voices(made: LookBack, cast: make.Cast, *, verdict: str = "kept", at: Any = make.AT) -> LookBack:
    """Three voices on it, as far as its state takes them."""
    if made.state == S.PLANNED or not made.voices.filter(kind="member").exists():
        actions.hear(made, verdict=verdict, text="一位居民说：名单贴出来了。", by=cast.member, at=at)
        actions.say(made, verdict=verdict, text="与答复逐条对过。", by=cast.member, at=at)
    if made.state == S.VISITED:
        actions.speak(made, verdict=verdict, text="已按答复办理。", by=make.clerks(made.task)[0], at=at)
    return made


def look_back(place: make.Place, cast: make.Cast, *, state: str = S.PLANNED, task: Task | None = None, heard: bool = True,
              finding: str = "carried_out", verdict: str = "kept", **values: Any) -> LookBack:
    """A look-back in ``state`` on an answered task, led by ``cast.member``; visited with its voices, unless not ``heard``."""
    made = actions.plan(**{
        "task": task or make.task(place, cast, state="answered"), "kind": "site_visit",
        "planned_on": make.TODAY + timedelta(days=3), "place": "白石片区公示栏", "lead": cast.member.membership,
        "with_whom": "居民代表", "by": cast.office, "at": make.AT, **values})
    if state == S.CANCELLED:
        return actions.cancel(made, note="改期另行安排", by=cast.office, at=make.AT)
    if state in (S.VISITED, S.CONFIRMED):
        actions.find(made, kind=finding, text="公示栏已张贴发放明细。", by=cast.member, at=make.AT)
        actions.visit(made, on=make.TODAY, summary="答复已落实。", by=cast.member, at=make.AT)
        if heard:
            voices(made, cast, verdict=verdict)
    if state == S.CONFIRMED:
        actions.confirm(made, by=cast.office, at=make.AT)
    return made


def bulletin(place: make.Place, cast: make.Cast, *, state: str = BulletinState.DRAFTED, task: Task | None = None) -> Bulletin:
    made = actions.draft_bulletin(task=task or make.task(place, cast, state="answered"), title="过渡费发放进展通报",
                                  text="第一季度过渡费已足额发放。", by=cast.office, at=make.AT)
    return actions.issue_bulletin(made, by=cast.office, at=make.AT) if state == BulletinState.ISSUED else made


def difficulty(place: make.Place, cast: make.Cast, *, state: str = DifficultyState.FOUND) -> Difficulty:
    made = actions.meet_difficulty(look_back(place, cast), text="电费公示口径不一，需市级协调。", by=cast.member, at=make.AT)
    if state in (DifficultyState.ESCALATED, DifficultyState.SOLVED):
        actions.escalate(made, to="区政府专题会", by=cast.office, at=make.AT)
    if state == DifficultyState.SOLVED:
        actions.solve(made, solution="已由区政府专题会明确。", by=cast.supervision, at=make.AT)
    return made


def sample(place: make.Place, cast: make.Cast, **values: Any) -> Sample:
    """A draw of all that was answered on the suite's morning."""
    return evaluations.draw_sample(place.jurisdiction, **{
        "since": make.TODAY - timedelta(days=30), "until": make.TODAY, "share": 100, "seed": "一号签", "by": cast.office,
        "at": make.AT, **values})
