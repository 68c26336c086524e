"""The verbs of tasks, in the order of their life: assigned, asked about, answered, reviewed, reminded of."""

from consult.tasks.asking import (
    ask_extension,
    ask_return,
    grant_extension,
    grant_return,
    refuse_extension,
    refuse_return,
)
from consult.tasks.assigning import assign, drop, propose, reassign, record_instruction, sign_for
from consult.tasks.handling import (
    draft_reply,
    fulfil,
    give_opinion,
    keep_promise,
    meet,
    report_progress,
    submit_reply,
)
from consult.tasks.lowering import lower_outcome
from consult.tasks.reviewing import approve, close, countersign, rehandle, reopen, send_back
from consult.tasks.timing import remind, resume_clock, stop_clock, urge

__all__ = [
    "approve", "ask_extension", "ask_return", "assign", "close", "countersign", "draft_reply", "drop", "fulfil",
    "give_opinion", "grant_extension", "grant_return", "keep_promise", "lower_outcome", "meet", "propose",
    "reassign", "record_instruction", "refuse_extension", "refuse_return", "rehandle", "remind", "reopen", "report_progress",
    "resume_clock", "send_back", "sign_for", "stop_clock", "submit_reply", "urge",
]
