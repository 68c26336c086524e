"""Appraisal by ballot: of one task, or of a department over a period. Anonymous, and never by the evaluated."""

import random
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.evaluations import notices, rules, totals
from consult.evaluations.models import Appraisal, Ballot, Voter
from consult.evaluations.states import Aspect
from consult.followups import digest
from consult.kit import audit, calendar
from consult.kit.rules import require
from consult.kit.states import lock, move
from consult.people.models import Appointment, Department
from consult.tasks.holding import said
from consult.tasks.models import Assignment, Task

Voters = Iterable[tuple[Any, str]]


def open_appraisal(task: Task, *, title: str, voters: Voters, by: Any, at: datetime) -> Appraisal:
    """Open an anonymous appraisal; ``voters`` are (user, group) pairs, none of them of a handling department."""
    require(rules.may_open_appraisal, by, task)
    evaluated = Assignment.objects.filter(task=task).values("department_id")
    return _open(Appraisal(task=task, jurisdiction=task.jurisdiction, title=title, opened_by=by, opened_at=at), voters, evaluated)


def open_department_appraisal(*, department: Department, since: date, until: date, title: str, voters: Voters, by: Any,
                              at: datetime) -> Appraisal:
    """Open an anonymous appraisal of what a department did in a period that is over; nobody of that department votes."""
    require(rules.may_open_department_appraisal, by, department)
    digest.check_period(since, until, calendar.local_date(at))
    title = said("title", title, _("Give the appraisal a title."), 120)
    appraisal = Appraisal(department=department, since=since, until=until, jurisdiction=department.jurisdiction, title=title,
                          opened_by=by, opened_at=at)
    return _open(appraisal, voters, [department.pk], department=department.name, since=since, until=until)


def _open(appraisal: Appraisal, voters: Voters, evaluated: Any, **data: Any) -> Appraisal:
    people = list(voters)
    if Appointment.objects.filter(user__in=[user for user, _group in people], department__in=evaluated).exists():
        raise ValidationError({"voters": _("Take out those who work for a handling department: nobody judges themselves.")})
    if not people:
        raise ValidationError({"voters": _("Name those who vote.")})
    with transaction.atomic():
        appraisal.save()
        Voter.objects.bulk_create(Voter(appraisal=appraisal, user=user, group=group) for user, group in people)
        audit.write("evaluations.open", appraisal, by=appraisal.opened_by, at=appraisal.opened_at,
                    data={"voters": len(people), **data})
        notices.to_vote(appraisal, appraisal.opened_at)
    return appraisal


def cast(appraisal: Appraisal, *, by: Any, at: datetime, **scores: int) -> Appraisal:
    """One anonymous ballot: ``scores`` per aspect, 0..100. No time and no name is kept with it."""
    with transaction.atomic():
        voter = Voter.objects.select_for_update().filter(appraisal=appraisal, user=by).first()
        require(rules.may_cast, by, appraisal)
        lock(appraisal)
        if set(scores) != set(Aspect.values) or not all(0 <= mark <= 100 for mark in scores.values()):
            raise ValidationError(_("Give each aspect a mark from 0 to 100."))
        if appraisal.closed_at:
            raise ValidationError(_("This appraisal is closed."))
        assert voter is not None  # may_cast asked for it
        _shuffle_in(appraisal, Ballot(id=uuid.uuid4(), appraisal=appraisal, group=voter.group, scores=scores))
        Voter.objects.filter(pk=voter.pk).update(has_cast=True)
        audit.write("evaluations.cast", appraisal, by=None, at=at)
    return appraisal


def _shuffle_in(appraisal: Appraisal, ballot: Ballot) -> None:
    """Write all ballots anew in random order, so that no row order tells who voted when."""
    ballots = [*Ballot.objects.filter(appraisal=appraisal), ballot]
    random.SystemRandom().shuffle(ballots)
    Ballot.objects.filter(appraisal=appraisal).delete()
    Ballot.objects.bulk_create(ballots)


def close_appraisal(appraisal: Appraisal, *, by: Any, at: datetime) -> Appraisal:
    """No more ballots. The figures beside the score of a department are frozen, and the department may read the result."""
    with transaction.atomic():
        figures = totals.figures_of(lock(appraisal), calendar.local_date(at))
        move(appraisal, "close", by=by, at=at, rule=rules.may_close_appraisal, when=at, figures=figures)
        if appraisal.department_id:
            notices.appraised(appraisal, at)
    return appraisal
