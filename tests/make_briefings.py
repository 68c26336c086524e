"""Briefings and instructions for tests, through the real verbs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from unittest import mock

from consult.briefings import actions, press
from consult.briefings.models import Briefing, Instruction
from consult.briefings.states import BriefingKind, BriefingState, InstructionKind
from consult.kit import pdf
from consult.recommendations.models import Recommendation
from tests import make

S = BriefingState
STEPS = (S.DRAFTED, S.IN_REVIEW, S.REVIEWED, S.SIGNED, S.ISSUED, S.DISPATCHED, S.INSTRUCTED)
TEXT = "请住房城乡建设局牵头，教育和体育局配合，一个月内拿出方案。"


def briefing(place: make.Place, cast: make.Cast, *, state: str = S.DISPATCHED,
             recommendations: list[Recommendation] | None = None, **values: Any) -> Briefing:
    """A briefing walked to ``state``, dispatched to the leader and the supervision office, instructed to act."""
    chosen = recommendations or [make.recommendation(place, cast)]
    if values.get("kind") == BriefingKind.MOTION:
        values.setdefault("contact", "区政协办公室 林主任，0531-00000000")
    if values.get("corrects"):
        values.setdefault("correction_reason", "原期所述发放周期有误。")
        values.setdefault("problems", "过渡费发放标准与周期不明，逾期加倍的约定没有执行。")
    made = actions.compile_briefing(**{
        "kind": "briefing", "title": "关于过渡费发放的协商建议", "topic": chosen[0].consultation.topic,
        "recommendations": chosen, "overview": "11月20日在石桥社区会议室协商，委员、部门、群众代表参加。",
        "problems": "过渡费发放标准与周期不明。", "dissent": "部分居民要求按市场租金调整标准，未达成一致。",
        "main_to": "区委、区政府", "cc": "区委办、区政府办", "by": cast.office, "at": make.AT, **values})
    _walk(made, cast, STEPS.index(S(state)))
    return made


def _walk(made: Briefing, cast: make.Cast, steps: int) -> None:
    def press_it() -> None:
        press.set_paper(made.paper.pk, at=make.AT)
        made.refresh_from_db()

    moves = (
        lambda: actions.submit_review(made, by=cast.office, at=make.AT),
        lambda: actions.pass_review(made, note="事实清楚", by=cast.chair, at=make.AT),
        lambda: actions.sign_off(made, by=cast.chair, at=make.AT),
        press_it,
        lambda: actions.dispatch(made, recipients=[cast.leader, cast.supervision], by=cast.office, at=make.AT),
        lambda: given_instruction(made, cast),
    )
    for move in moves[:steps]:
        move()


def given_instruction(made: Briefing, cast: make.Cast, *, kind: str = InstructionKind.ACT, text: str = TEXT,
                given_on: date = make.TODAY, by: Any = None, leader: Any = None) -> Instruction:
    """An instruction of the leader on a dispatched briefing; without the tasks that follow from it."""
    given = actions.register_instruction(issue=made.paper, leader=leader or cast.leader, kind=kind, text=text,
                                         given_on=given_on, by=by or cast.leader, at=make.AT)
    made.refresh_from_db()
    return given


# --- setting no type ----------------------------------------------------------------------------------------------

PAPER = b"%PDF-1.7\n%%EOF\n"
PASSED = {"ok": True, "pages": 1, "fonts": ["Fang"], "checks": [
    {"code": code, "measured": 0, "wanted": 0, "unit": "", "ok": True} for code in press.MUST_HOLD]}


@contextmanager
def no_type() -> Iterator[None]:
    """Papers that are a few bytes: setting, marking and sealing real ones takes a second each."""
    with (mock.patch.object(press.pdf, "make", return_value=pdf.Paper(PAPER, 1, PASSED)),
          mock.patch.object(press.signing, "sign", side_effect=lambda content, **how: content + b"sealed\n"),
          mock.patch.object(press.copies, "mark",
                            side_effect=lambda content, *, name, serial, **how: content + f"{name} {serial}\n".encode())):
        yield
