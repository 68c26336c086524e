"""A department's reply as a letter to the CPPCC office (答复): what it answers, how it turned out, whom to ask."""

from typing import Any

from consult.kit import calendar
from consult.tasks.models import Reply
from consult.tasks.states import Outcome, Part, ReplyState

#: 办理结果 in the four usual codes; C and D settle nothing, they explain.
OUTCOMES = {Outcome.A: "已经解决或基本解决", Outcome.B: "正在解决或列入规划逐步解决", Outcome.C: "因条件所限，留待以后解决",
            Outcome.D: "留作参考"}


def is_draft(reply: Reply) -> bool:
    """Until the supervision office approves it, it answers nothing."""
    return reply.state != ReplyState.APPROVED


def paper(reply: Reply) -> dict[str, Any]:
    """The words of the letter. An approved reply is frozen, so its paper stays what it was: what came of it is not in it."""
    task = reply.task
    day = calendar.local_date(reply.written_at if is_draft(reply) else reply.reviewed_at or reply.written_at)
    return {
        "organ": reply.department.name, "organ_full": reply.department.name, "symbol": reply.doc_no,
        "title": f"关于《{task.title}》的答复", "main_to": task.jurisdiction.cppcc_office,
        "text": [f"《{task.title}》（{task.number}）收悉。经研究办理，现答复如下：", *body(reply),
                 f"办理结果：{result(reply)}"],
        "contact": reply.contact, "cc": "、".join(_copies(reply)),
        "date": day.isoformat(), "date_words": calendar.in_words(day)}


def body(reply: Reply) -> list[str]:
    """The answer, and to each point of the recommendation its own (逐条答复)."""
    said = [f"{han(n)}、关于“{point['asked'].rstrip('。；')}”。{point['answer']}" for n, point in enumerate(reply.points, 1)]
    return [*([reply.text] if reply.text else []), *said]


def han(n: int) -> str:
    """1 to 99 as the paper counts: 一, 十, 二十一."""
    tens, ones = divmod(n, 10)
    return f"{DIGITS[tens] if tens > 1 else ''}{'十' if tens else ''}{DIGITS[ones] if ones else ''}"


DIGITS = "零一二三四五六七八九"


def result(reply: Reply) -> str:
    """B类，正在解决或列入规划逐步解决；承诺于2026年12月24日前办结。"""
    outcome, promise_on = reply.approved_as
    promise = f"；承诺于{calendar.in_words(promise_on)}前办结" if promise_on else ""
    return f"{outcome}类，{OUTCOMES[Outcome(outcome)]}{promise}。"


def _copies(reply: Reply) -> list[str]:
    """Those who judge it, and the departments that handled it with this one."""
    others = [part.department.name for part in reply.task.parts if part.part == Part.CO]
    return ["区委区政府督查室", *others]


def facts(reply: Reply) -> dict[str, Any]:
    """The reply as data, to go with the letter: no person, no telephone number."""
    outcome, promise_on = reply.approved_as
    return {"task": reply.task.number, "handling": reply.round, "department": reply.department.name, "doc_no": reply.doc_no,
            "outcome": outcome, "promise_on": promise_on.isoformat() if promise_on else "",
            "state": reply.state, "publicity": reply.publicity}
