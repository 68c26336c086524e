"""A sample for look-back (抽查): what somebody was not satisfied with, what came late, and by lot a share of the rest.

The lot can be drawn again by anybody: the keys it was drawn from, the share and the seed are on record, and their order is
that of SHA-256 over seed and key, never the database's own chance.
"""

import hashlib
import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from consult.followups import rules
from consult.followups.holding import LOOKABLE
from consult.followups.models import LookBack, Sample, SampleItem
from consult.followups.states import LookBackState, Reason
from consult.kit import audit, calendar, numbering
from consult.kit.rules import require
from consult.people.models import Jurisdiction
from consult.tasks.models import Task


def draw(jurisdiction: Jurisdiction, *, since: date, until: date, share: int, seed: str, unhappy: Iterable[int] = (), by: Any,
         at: datetime) -> Sample:
    """Draw from the tasks answered or closed from ``since`` to ``until`` and not looked back on since their answer.

    ``unhappy``: keys of tasks somebody was not satisfied with and nobody looked at since; all of them are drawn (a rating
    follows a look-back, so these are looked at again). So are all that were answered after their due date, and ``share``
    per cent of the rest, rounded up. Evaluations know who was not satisfied: ``evaluations.actions.draw_sample`` calls this.
    """
    require(rules.may_draw, by, Sample(jurisdiction=jurisdiction))
    seed = seed.strip()
    _check(since, until, share, seed, calendar.local_date(at))
    found = _sorted(jurisdiction, since, until, set(unhappy))
    if not any(found.values()):
        raise ValidationError(_("No task of this period waits for a look-back: choose another period."))
    rest, found[Reason.RANDOM] = found[Reason.RANDOM], lot(found[Reason.RANDOM], share, seed)
    with transaction.atomic():
        year = calendar.local_date(at).year
        made = Sample.objects.create(
            number=f"CC{year}-{numbering.next_number(f'samples:{jurisdiction.pk}', year):03d}", jurisdiction=jurisdiction,
            since=since, until=until, share=share, seed=seed, rest=rest, by=by, at=at)
        SampleItem.objects.bulk_create(SampleItem(sample=made, task_id=pk, reason=reason)
                                       for reason, keys in found.items() for pk in keys)
        audit.write("followups.draw", made, by=by, at=at, data={
            "share": share, "seed": seed, "rest": len(rest), **{str(reason): len(keys) for reason, keys in found.items()}})
    return made


def _check(since: date, until: date, share: int, seed: str, today: date) -> None:
    wrong: dict[str, Any] = {}
    if until > today:
        wrong["until"] = _("This day has not come yet: choose today or an earlier day.")
    elif since > until:
        wrong["since"] = _("The period begins after it ends: choose an earlier day.")
    if not 0 <= share <= 100:
        wrong["share"] = _("Give a number from 0 to 100.")
    if not seed:
        wrong["seed"] = _("Write the seed: the same seed draws the same tasks again.")
    if wrong:
        raise ValidationError(wrong)


def _sorted(jurisdiction: Jurisdiction, since: date, until: date, unhappy: set[int]) -> dict[Reason, list[int]]:
    """The keys of what may be drawn, each under the first reason that holds; three queries, whatever the size."""
    ended = Task.objects.filter(
        Q(answered_at__date__gte=since, answered_at__date__lte=until) | Q(closed_at__date__gte=since, closed_at__date__lte=until),
        jurisdiction=jurisdiction, state__in=LOOKABLE)
    open_ = ended.exclude(pk__in=_looked().filter(planned_at__gte=F("task__answered_at")).values("task_id"))
    again = _keys(ended.filter(pk__in=unhappy)) if unhappy else []
    late = [pk for pk in _keys(open_.answered_late()) if pk not in unhappy]
    taken = {*again, *late}
    return {Reason.NOT_SATISFIED: again, Reason.OVERDUE: late, Reason.RANDOM: [pk for pk in _keys(open_) if pk not in taken]}


def _keys(tasks: Any) -> list[int]:
    return list(tasks.order_by("pk").values_list("pk", flat=True))


def _looked() -> QuerySet[LookBack]:
    return LookBack.objects.exclude(state=LookBackState.CANCELLED)


def lot(keys: Iterable[int], share: int, seed: str) -> list[int]:
    """``share`` per cent of the keys, rounded up: those whose hash with the seed comes first."""
    order = sorted(keys, key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).hexdigest())
    return sorted(order[:math.ceil(len(order) * share / 100)])


def holds(sample: Sample, items: Iterable[SampleItem]) -> bool:
    """Does drawing again give the tasks that are on record?"""
    return lot(sample.rest, sample.share, sample.seed) == sorted(one.task_id for one in items if one.reason == Reason.RANDOM)


# --- what became of it ------------------------------------------------------------------------------------------------

def items_of(sample: Sample) -> list[tuple[SampleItem, LookBack | None]]:
    """Each task with the last look-back planned on it since the draw; two queries."""
    items = list(sample.items.select_related("task"))
    last = {one.task_id: one for one in _looked().filter(
        task__in=[one.task_id for one in items], planned_at__gte=sample.at).order_by("planned_at", "pk")}
    return [(one, last.get(one.task_id)) for one in items]


def counted(samples: QuerySet[Sample]) -> QuerySet[Any]:
    """Each with ``drawn``, ``planned`` and ``done``: its tasks, those somebody goes to, those confirmed since the draw."""
    return samples.annotate(drawn=_count(), planned=_count(_looked()),
                            done=_count(_looked().filter(state=LookBackState.CONFIRMED)))


def _count(look_backs: QuerySet[LookBack] | None = None) -> Coalesce:
    """How many tasks of the sample in the outer query there are, or those that such a look-back was planned on since."""
    items = SampleItem.objects.filter(sample=OuterRef("pk"))
    if look_backs is not None:
        items = items.filter(Exists(look_backs.filter(task=OuterRef("task"), planned_at__gte=OuterRef("sample__at"))))
    return Coalesce(Subquery(items.order_by().values("sample").annotate(n=Count("pk")).values("n")), 0)
