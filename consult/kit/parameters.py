"""Dated settings: every limit has a default, a unit and a basis; a dated row in the database overrides it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar
from consult.kit.models import Parameter
from consult.kit.recall import recall
from consult.kit.rules import Sentence

Unit = Literal["workdays", "months", "days", "minutes", "seconds", "times"]
UNITS: dict[str, Sentence] = {"workdays": _("working days"), "months": _("months"), "days": _("days"),
                              "minutes": _("minutes"), "seconds": _("seconds"), "times": _("times")}


@dataclass(frozen=True)
class Default:
    """What holds when nobody set anything else."""

    value: int
    unit: Unit
    label: Sentence
    basis: str

    @property
    def unit_label(self) -> Sentence:
        return UNITS[self.unit]


_SESSION = "协商工作规则"
_HANDLING = "提案、意见建议办理通行做法"
_HOTLINE = "12345 热线办理通行做法"
_SPREAD = "本系统默认，按计数控制图（c 图）均值加三倍均值平方根，GB/T 17989.2"
_OWN = "本系统默认"

defaults: dict[str, Default] = {
    "opinion_ack_days": Default(2, "workdays", _("Tell the submitter that an opinion arrived"), _HOTLINE),
    "opinion_triage_days": Default(5, "workdays", _("Triage an opinion"), _HOTLINE),
    "opinion_undo_days": Default(3, "workdays", _("Take a decision of triage back"), "本系统默认"),
    "opinion_claim": Default(15, "minutes", _("An opinion counts as in the hands of whoever opened it"), "本系统默认"),
    "opinion_bulk_max": Default(500, "times", _("Opinions decided in one go"), "本系统默认"),
    "opinion_feedback_after_session": Default(10, "workdays", _("Answer the submitter after a session"), _SESSION),
    "session_notice": Default(5, "workdays", _("Announce a session beforehand"), _SESSION),
    "session_materials": Default(3, "workdays", _("Hand out the papers before a session"), _SESSION),
    "session_minutes": Default(7, "workdays", _("Finish the minutes of a session"), _SESSION),
    "briefing_draft": Default(10, "workdays", _("Draft the briefing after a session"), _SESSION),
    "instruction_register": Default(0, "workdays", _("Register an instruction"), "批示件办理通行做法"),
    "task_sign_for": Default(2, "workdays", _("Sign for a task"), _HOTLINE),
    "task_bulk_max": Default(500, "times", _("Tasks urged in one go"), _OWN),
    "task_return_window": Default(5, "workdays", _("Return a task that is another's duty"), _HANDLING),
    "task_return_max": Default(2, "times", _("Returns of one task before the leader decides"), _OWN),
    "face_to_face": Default(15, "workdays", _("Talk face to face with the proposer"), _HANDLING),
    "co_opinion": Default(1, "months", _("Give the co-handling opinion"), _HANDLING),
    "task_reply": Default(3, "months", _("Reply to a task"), _HANDLING),
    "task_reply_urgent": Default(5, "workdays", _("Reply to an urgent task"), _HOTLINE),
    "task_reply_urgent_hard": Default(15, "workdays", _("Reply to an urgent task that is hard"), _HOTLINE),
    "task_extension_max": Default(1, "months", _("Longest extension of a task"), _HANDLING),
    "task_extension_times": Default(1, "times", _("Extensions of one task"), _HANDLING),
    "task_absolute_max": Default(6, "months", _("Final answer to a task at the latest"), _HANDLING),
    "rating_window": Default(15, "workdays", _("Rate a reply; then it counts as unrated"), _HANDLING),
    "second_handling": Default(1, "months", _("Handle a second time"), _HANDLING),
    "publish_reply": Default(20, "workdays", _("Publish a reply"), "国办发〔2014〕46号及地方规定"),
    "look_back_first": Default(3, "months", _("First look-back after closing"), "“回头看”通行做法"),
    "light_blue": Default(5, "workdays", _("Blue light: near the due date"), "督查督办通行做法"),
    "light_yellow": Default(2, "workdays", _("Yellow light: very near the due date"), "督查督办通行做法"),
    "light_red": Default(0, "workdays", _("Red light: overdue"), "督查督办通行做法"),
    "light_escalate": Default(5, "workdays", _("From the red light to the bulletin"), "督查督办通行做法"),
    "light_leader": Default(10, "workdays", _("From the red light to the leader"), _OWN),
    "rating_minimum": Default(5, "times", _("Ballots needed before a score is shown"), _OWN),
    "intake_per_hour": Default(60, "times", _("Opinions handed in from one network within an hour"), _OWN),
    "intake_network_per_hour": Default(300, "times", _("Opinions from neighbouring networks within an hour, together"), _OWN),
    "intake_calm": Default(20, "times", _("Opinions from one network within an hour, before proof of work is asked for"), _OWN),
    "intake_calm_district": Default(200, "times", _("Opinions within an hour in all, before proof of work is asked for"), _OWN),
    "intake_seconds": Default(5, "seconds", _("Faster than this nobody fills in the form"), _OWN),
    "quarantine_per_hour": Default(3000, "times", _("Suspicious opinions kept within an hour; more are asked to wait"), _OWN),
    "hint_per_hour": Default(600, "times", _("Hints of similar matters shown to one network within an hour"), _OWN),
    "survey_per_hour": Default(60, "times", _("Survey answers from one network within an hour"), _OWN),
    "receipt_per_hour": Default(60, "times", _("Receipts looked up from one network within an hour"), _OWN),
    "feed_per_hour": Default(240, "times", _("Calendars fetched from one network within an hour"), _OWN),
    "verify_per_hour": Default(120, "times", _("Files checked for one network within an hour"), _OWN),
    "rise_before": Default(56, "days", _("Days before that tell how many opinions are usual in a week"), _SPREAD),
    "rise_minimum": Default(5, "times", _("Opinions in seven days below which no rise is told"), _SPREAD),
    "rise_spreads": Default(3, "times", _("A rise lies so many times the root of the mean above the mean"), _SPREAD),
    "receipt_wrong_per_hour": Default(1000, "times", _("Wrong receipt codes within an hour, all numbers together"), _OWN),
    "photos_at_once": Default(3, "times", _("Photos handed in at once"), _OWN),
    "photos_of_opinion": Default(12, "times", _("Photos of one opinion altogether"), _OWN),
    "contact_retention": Default(180, "days", _("Keep contact data after closing"), "个人信息保护法第四十七条"),
}


def in_force(key: str, on: date) -> Parameter | None:
    """The dated row that holds on a day: the one that began last."""
    return (Parameter.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), key=key, valid_from__lte=on)
            .order_by("valid_from").last())


def value(key: str, on: date) -> int:
    """The number that holds on ``on``, in the unit of ``defaults[key]``. KeyError for an unknown key."""
    default = defaults[key]
    row = in_force(key, on)
    return row.value if row else default.value


def dated(*keys: str) -> Callable[[str, date], int]:
    """The numbers by key and day, read in one query: for lists whose rows began on different days."""
    return _by_day(_rows(keys))


def shown(*keys: str) -> Callable[[str, date], int]:
    """The same for lights and for what a page says beside its rows: read again after a minute. No deadline is worked out so."""
    return _by_day(recall(("numbers", keys), lambda: _rows(keys)))


def _rows(keys: tuple[str, ...]) -> list[Parameter]:
    return list(Parameter.objects.filter(key__in=keys).order_by("-valid_from"))


def _by_day(rows: list[Parameter]) -> Callable[[str, date], int]:
    def on(key: str, day: date) -> int:
        return next((row.value for row in rows if row.key == key and row.valid_from <= day
                     and (row.valid_until is None or day <= row.valid_until)), defaults[key].value)

    return on


def due(key: str, start: date | datetime) -> calendar.Due:
    """When the period ``key`` that begins with an event on ``start`` ends, by the value of that day."""
    begin = calendar.local_date(start) if isinstance(start, datetime) else start
    number, unit = value(key, begin), defaults[key].unit
    if unit in ("minutes", "seconds", "times"):
        raise TypeError(f"{key} is a number, not a period in days")
    return calendar.due_on(begin, **{unit: number})


def put(key: str, value: int, *, since: date, basis: str, by: Any, at: datetime) -> Parameter:
    """Let a value hold from a day on. The past is not rewritten; the same day again corrects what was planned."""
    if key not in defaults:
        raise ValidationError({"key": _("There is no such setting.")})
    if since < calendar.local_date(at):
        raise ValidationError({"since": _("A setting can change from today on, not for the past.")})
    if not basis.strip():
        raise ValidationError({"basis": _("Please name the rule or decision this comes from.")})
    with transaction.atomic():
        row, _made = Parameter.objects.update_or_create(
            key=key, valid_from=since, defaults={"value": value, "basis": basis, "valid_until": None})
        audit.write("kit.set_parameter", row, by=by, at=at,
                    data={"key": key, "value": value, "since": str(since), "basis": basis})
    return row
