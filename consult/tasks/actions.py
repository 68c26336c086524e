"""The verbs of tasks, in the order of their life: assigned, asked about, answered, reviewed, published, reminded of."""

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
    fulfil,
    give_opinion,
    keep_promise,
    meet,
    name_handler,
    reach_milestone,
    report_progress,
    set_milestone,
)
from consult.tasks.keying import lead_key, take_key_step
from consult.tasks.lowering import lower_outcome
from consult.tasks.publishing import close_to_public, publish, withdraw
from consult.tasks.replying import discard_draft, draft_reply, keep_draft, submit_reply, take_out
from consult.tasks.reviewing import approve, close, countersign, rehandle, reopen, send_back
from consult.tasks.timing import remind, resume_clock, stop_clock, urge
from consult.tasks.urging import urge_many

__all__ = [
    "approve", "ask_extension", "ask_return", "assign", "close", "close_to_public", "countersign", "discard_draft",
    "draft_reply", "drop", "fulfil", "give_opinion", "grant_extension", "grant_return", "keep_draft", "keep_promise", "lead_key",
    "lower_outcome", "meet", "name_handler", "propose", "publish", "reach_milestone", "reassign", "record_instruction",
    "refuse_extension", "refuse_return", "rehandle", "remind", "reopen", "report_progress", "resume_clock", "send_back",
    "set_milestone", "sign_for", "stop_clock", "submit_reply", "take_key_step", "take_out", "urge", "urge_many", "withdraw",
]
