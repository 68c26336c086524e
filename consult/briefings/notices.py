"""Who hears what of a briefing: those who review and sign, those it is sent to, those who carry it on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.briefings.models import Briefing, Comment, Instruction, Issue
from consult.kit import calendar, notices
from consult.people.models import User
from consult.people.roles import Role
from consult.people.rules import people_in

notices.kinds(
    "briefings",
    {
        "submit_review": _("The briefing “%(title)s” waits for review."),
        "comment": _("%(name)s commented on the briefing “%(title)s”. Please settle it."),
        "settle_comment": _("Your comment on the briefing “%(title)s” was settled."),
        "send_back": _("The briefing “%(title)s” was sent back. Please read the comment."),
        "pass_review": _("The briefing “%(title)s” is reviewed and waits for sign-off."),
        "sign_off": _("The briefing “%(title)s” is signed off as issue %(number)s."),
        "issue": _("The paper of “%(title)s” is set. It can be dispatched now."),
        "fail": _("The paper of “%(title)s” could not be set. Please read why and try again."),
        "dispatch": _("A briefing was sent to you: “%(title)s”."), "void": _("The briefing “%(title)s” was voided."),
        "let_read": _("The briefing “%(title)s” was opened to you for reading."),
        "register": _("%(leader)s gave an instruction on “%(title)s”."),
        "recorded": _("Your instruction on “%(title)s” was put on record."),
        "report": _("The result of your instruction %(number)s is there for your read-back."),
        "close": _("Instruction %(number)s is closed by read-back.")
    },
)


def _tell(kind: str, people: Iterable[Any], briefing: Briefing, at: datetime, **params: Any) -> None:
    notices.queue(f"briefings.{kind}", people, briefing, at=at, title=briefing.title, **params)


def _holding(obj: Any, at: datetime, *roles: str, but: Any = None) -> Any:
    found = people_in(roles, obj.jurisdiction_id, calendar.local_date(at))
    return found.exclude(pk=but.pk) if but is not None else found


def submitted(briefing: Briefing, at: datetime) -> None:
    """The rest of the office; the chair when the compiler sits there alone."""
    others = _holding(briefing, at, Role.OFFICE, but=briefing.compiled_by)
    _tell("submit_review", others if others.exists() else _holding(briefing, at, Role.CHAIR), briefing, at)


def commented(comment: Comment, at: datetime) -> None:
    """The compiler, unless it is the compiler's own remark."""
    briefing = comment.briefing
    if comment.by_id != briefing.compiled_by_id:
        _tell("comment", [briefing.compiled_by], briefing, at, name=str(comment.by))


def comment_settled(comment: Comment, at: datetime) -> None:
    if comment.by_id != comment.settled_by_id:
        _tell("settle_comment", [comment.by], comment.briefing, at)


def sent_back(briefing: Briefing, at: datetime) -> None:
    _tell("send_back", [briefing.compiled_by], briefing, at)


def reviewed(briefing: Briefing, at: datetime) -> None:
    _tell("pass_review", _holding(briefing, at, Role.CHAIR), briefing, at)


def signed(issue: Issue, at: datetime) -> None:
    _tell("sign_off", [issue.briefing.compiled_by], issue.briefing, at, number=issue.issue_no)


def issued(briefing: Briefing, at: datetime) -> None:
    _tell("issue", _holding(briefing, at, Role.OFFICE), briefing, at)


def failed(briefing: Briefing, at: datetime) -> None:
    _tell("fail", _holding(briefing, at, Role.OFFICE), briefing, at)


def dispatched(briefing: Briefing, people: Iterable[User], at: datetime) -> None:
    _tell("dispatch", people, briefing, at)


def voided(briefing: Briefing, by: User, at: datetime) -> None:
    _tell("void", _holding(briefing, at, Role.OFFICE, but=by), briefing, at)


def opened_to(briefing: Briefing, reader: User, at: datetime) -> None:
    _tell("let_read", [reader], briefing, at)


def registered(instruction: Instruction, at: datetime) -> None:
    """The offices that carry it on; the leader too when somebody else wrote it down."""
    title, by = instruction.issue.briefing.title, instruction.registered_by
    notices.queue("briefings.register", _holding(instruction, at, Role.OFFICE, Role.SUPERVISION, but=by), instruction,
                  at=at, leader=str(instruction.leader), title=title)
    if instruction.leader_id != by.pk:
        notices.queue("briefings.recorded", [instruction.leader], instruction, at=at, title=title)


def reported(instruction: Instruction, at: datetime) -> None:
    notices.queue("briefings.report", [instruction.leader], instruction, at=at, number=instruction.number)


def closed(instruction: Instruction, by: User, at: datetime) -> None:
    notices.queue("briefings.close", _holding(instruction, at, Role.OFFICE, Role.SUPERVISION, but=by), instruction, at=at,
                  number=instruction.number)
