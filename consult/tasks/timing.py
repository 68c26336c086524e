"""The clock stands still, runs again, and reminds: automatically at blue, yellow and red, or by hand."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar
from consult.kit.states import WrongState
from consult.tasks import clock, notices, rules
from consult.tasks.holding import held, said
from consult.tasks.models import ClockStop, Reminder, Task
from consult.tasks.states import OWED, Ground, Light, Rung


def stop_clock(task: Task, *, ground: str, reason: str, by: Any, at: datetime) -> ClockStop:
    """The supervision office lets the clock stand still, on a lawful ground and with the reason; never to heal an overrun."""
    reason = said("reason", reason, _("Say what the task waits for."), 200)
    if ground not in Ground.values:
        raise ValidationError({"ground": _("Choose on which ground the clock may stand still.")})
    with held(task, rules.may_stop_clock, by, *OWED) as fresh:
        today = calendar.local_date(at)
        if fresh.stopped:
            raise WrongState(_("The clock stands still already."))
        if fresh.due_on is not None and today > fresh.due_on:
            raise WrongState(_("The task is overdue since %(date)s: a clock that has run out can't be stopped.") % {
                "date": fresh.due_on})
        stop = ClockStop.objects.create(task=fresh, ground=ground, reason=reason, since=today, approved_by=by)
        audit.write("tasks.stop_clock", fresh, by=by, at=at, data={"ground": ground, "reason": reason})
        notices.tell_departments("clock_stopped", fresh, at=at)
    return stop


def resume_clock(task: Task, *, by: Any, at: datetime) -> Task:
    """The clock runs again; the days it stood still are added to the due date."""
    with held(task, rules.may_resume_clock, by) as fresh:
        stop = fresh.stopped
        if stop is None:
            raise WrongState(_("The clock is running."))
        stop.until = calendar.local_date(at)
        stop.save(update_fields=["until"])
        audit.write("tasks.resume_clock", fresh, by=by, at=at, data={"since": stop.since, "until": stop.until})
        clock.recompute(fresh, by=by, at=at)
        notices.tell_departments("clock_resumed", fresh, at=at)
    return task


def urging_words(text: str) -> str:
    """What is said when a task is urged; nothing said, or too much, is an error of the field ``text``."""
    return said("text", text, _("Say what the department should do."), 300)


def urge(task: Task, *, text: str, by: Any, at: datetime) -> Reminder:
    """A reminder by hand (催办), to every department that has a part."""
    text = urging_words(text)
    with held(task, rules.may_urge, by, *OWED) as fresh:
        light = clock.light(fresh, calendar.local_date(at))
        made = Reminder.objects.create(task=fresh, light=light, round=fresh.round, text=text, by=by, at=at)
        audit.write("tasks.urge", fresh, by=by, at=at, data={"light": light})
        notices.tell_departments("urged", fresh, at=at, text=text)
    return made


#: From the red light on no rung is left out, whatever days the timer missed.
CLIMB = (Rung.RED, Rung.BULLETIN, Rung.LEADER)


def remind(*, today: date, at: datetime) -> int:
    """The clock's verb: each owed task is taken up the ladder, each rung once in a handling. Gives how many were reminded."""
    limits = clock.limits(today)
    owed = Task.objects.ticking().prefetch_related("stops", "replies", "reminders").order_by("pk")
    return sum(_remind(task, clock.rung(task, today, limits), clock.light(task, today, limits), at)
               for task in owed.iterator(chunk_size=200))


def _remind(task: Task, rung: Rung | None, light: Light, at: datetime) -> bool:
    given = {one.rung for one in task.reminders.all() if one.rung and one.round == task.round}
    wanted = CLIMB[:CLIMB.index(rung) + 1] if rung in CLIMB else (rung,) if rung else ()
    missing = [one for one in wanted if one not in given]
    if not missing:
        return False
    with transaction.atomic():
        for one in missing:
            Reminder.objects.create(task=task, light=light, rung=one, round=task.round, text="", by=None, at=at)
            audit.write("tasks.remind", task, by=None, at=at, data={"rung": one, "light": light, "due_on": task.due_on})
        _tell(missing[-1], task, at)
    return True


def _tell(rung: Rung, task: Task, at: datetime) -> None:
    """The highest rung alone is told: to the departments, from red on to the supervision office, and so on upwards."""
    notices.tell_departments(str(rung), task, at=at, due_on=task.due_on)
    if rung in CLIMB:
        notices.tell_supervision(str(rung), task, at=at, due_on=task.due_on)
    if rung in (Rung.BULLETIN, Rung.LEADER):
        notices.tell_office(str(rung), task, at=at, due_on=task.due_on)
    if rung == Rung.LEADER:
        notices.tell_leader(str(rung), task, at=at, due_on=task.due_on)
