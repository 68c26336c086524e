"""Look-backs, findings, difficulties and bulletins for tests, through the real verbs."""

import io
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from consult.followups import actions
from consult.followups.models import Bulletin, Difficulty, LookBack
from consult.followups.states import BulletinState, DifficultyState, LookBackState
from consult.tasks.models import Task
from tests import make

S = LookBackState


def photo(name: str = "现场.jpg") -> SimpleUploadedFile:
    """A small picture, as a phone would send it."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#7a8a6a").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def look_back(place: make.Place, cast: make.Cast, *, state: str = S.PLANNED, task: Task | None = None,
              **values: Any) -> LookBack:
    """A look-back in ``state`` on an answered task, led by ``cast.member``."""
    made = actions.plan(**{
        "task": task or make.task(place, cast, state="answered"), "kind": "site_visit",
        "planned_on": make.TODAY + timedelta(days=3), "place": "白石片区公示栏", "lead": cast.member.membership,
        "with_whom": "居民代表", "by": cast.office, "at": make.AT, **values})
    if state == S.CANCELLED:
        return actions.cancel(made, note="改期另行安排", by=cast.office, at=make.AT)
    if state in (S.VISITED, S.CONFIRMED):
        actions.find(made, kind="carried_out", text="公示栏已张贴发放明细。", by=cast.member, at=make.AT)
        actions.visit(made, on=make.TODAY, summary="答复已落实。", by=cast.member, at=make.AT)
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
