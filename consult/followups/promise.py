"""What the answer promised, frozen when a look-back is planned: the visitor compares the word with the deed."""

import re
from typing import Any

from consult.kit import calendar
from consult.recommendations.wording import cover
from consult.tasks.models import Task
from consult.tasks.states import ReplyState

#: So many characters of a reply are read on the spot.
READABLE = 320
_ENDS = re.compile(r"[。！？；!?;\n]")


def frozen(task: Task) -> dict[str, Any]:
    """``handling`` and ``answers``: of each approved reply its department, code, days (ISO, "" for none) and words.

    Residents' names and numbers are covered: it is read on a telephone in the street.
    """
    hide = cover([task.recommendation.consultation_id])
    approved = task.replies.filter(round=task.round, state=ReplyState.APPROVED).select_related("department")
    return {"handling": task.round, "answers": [{
        "department": reply.department.name, "outcome": reply.outcome,
        "promise_on": reply.promise_on.isoformat() if reply.promise_on else "",
        "kept_on": reply.fulfilled_on.isoformat() if reply.fulfilled_on else "",
        "answered_on": calendar.local_date(reply.reviewed_at).isoformat() if reply.reviewed_at else "",
        "words": excerpt(hide(reply.whole)), "cut": len(reply.whole) > READABLE} for reply in approved]}


def excerpt(text: str, most: int = READABLE) -> str:
    """The beginning of a text, cut where a sentence ends if one does in its second half."""
    text = text.strip()
    if len(text) <= most:
        return text
    ends = [found.end() for found in _ENDS.finditer(text, most // 2, most)]
    return text[:ends[-1] if ends else most - 1].rstrip() + "…"
