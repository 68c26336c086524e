"""One definition per figure, used by desk, public page, export and paper. Counts only, never a person."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Q
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Consultation
from consult.evaluations.models import Rating
from consult.evaluations.states import RatingState, Satisfaction
from consult.journey.receipt import HELD
from consult.kit.charts import ChartSpec, bars
from consult.kit.rules import Sentence, visibility
from consult.opinions.models import Opinion
from consult.opinions.states import OPEN, OpinionState
from consult.showcases.models import Case
from consult.showcases.states import CaseState
from consult.tasks.models import Task
from consult.tasks.states import OWED, TaskState
from consult.topics.models import Topic
from consult.topics.states import TopicState


@dataclass(frozen=True)
class Figure:
    """One number with what it is out of. ``list`` names the desk list holding exactly these rows, if there is one."""

    key: str
    label: Sentence
    number: int | float
    of: int | None = None
    unit: Sentence = ""
    note: Sentence = ""


def public(today: date) -> list[Figure]:
    """What everybody may know: how much was said, talked over and settled."""
    return [
        Figure("opinions", _("opinions handed in"), Opinion.objects.heard().count()),
        Figure("consultations", _("consultations held"), Consultation.objects.filter(state__in=HELD).count()),
        Figure("answered", _("matters answered by departments"),
               Task.objects.filter(state__in=[TaskState.ANSWERED, TaskState.CLOSED]).count()),
        Figure("cases", _("cases told in public"), Case.objects.filter(state=CaseState.PUBLISHED).count()),
    ]


def loop(jurisdictions: set[int], today: date) -> list[Figure]:
    """The loop of some districts in few figures, for leadership, the office and the chair. Seven queries."""
    opinions = Opinion.objects.heard().filter(jurisdiction__in=jurisdictions).aggregate(
        all=Count("pk"), waiting=Count("pk", filter=Q(state__in=OPEN)),
        told=Count("pk", filter=~Q(state__in=[*OPEN, OpinionState.ADOPTED, OpinionState.MERGED])))
    topics = Topic.objects.filter(jurisdiction__in=jurisdictions).aggregate(
        open=Count("pk", filter=~Q(state__in=[TopicState.CLOSED, TopicState.WITHDRAWN])),
        closed=Count("pk", filter=Q(state=TopicState.CLOSED)))
    return [
        Figure("opinions_waiting", _("opinions waiting for triage"), opinions["waiting"], opinions["all"]),
        Figure("opinions_told", _("opinions with a result told"), opinions["told"], opinions["all"]),
        Figure("topics_open", _("topics on the way"), topics["open"], topics["open"] + topics["closed"]),
        *tasks(jurisdictions, today), *ratings(jurisdictions),
    ]


def tasks(jurisdictions: set[int], today: date) -> list[Figure]:
    """Departments' tasks: owed, overdue, and answered by the original date (extensions do not make it on time)."""
    found = Task.objects.filter(jurisdiction__in=jurisdictions).aggregate(
        owed=Count("pk", filter=Q(state__in=OWED)),
        answered=Count("pk", filter=Q(state__in=[TaskState.ANSWERED, TaskState.CLOSED])),
        on_time=Count("pk", filter=Q(state__in=[TaskState.ANSWERED, TaskState.CLOSED],
                                     answered_at__date__lte=F("original_due_on"))),
        days=Avg(F("answered_at") - F("assigned_at"), filter=Q(answered_at__isnull=False)))
    # Overdue is the tasks' own word: a stopped clock is not late.
    late = Task.objects.overdue(today).filter(jurisdiction__in=jurisdictions).count()
    days = found["days"].days if isinstance(found["days"], timedelta) else 0
    return [
        Figure("tasks_owed", _("tasks being handled"), found["owed"]),
        Figure("tasks_overdue", _("tasks overdue"), late, found["owed"]),
        Figure("tasks_on_time", _("answered by the original date"), found["on_time"], found["answered"],
               note=_("Extensions do not count as on time.")),
        Figure("tasks_days", _("days from assignment to answer, on average"), days),
    ]


def ratings(jurisdictions: set[int]) -> list[Figure]:
    """Satisfaction with its response rate and redo count beside it: the rate alone says nothing."""
    found = Rating.objects.filter(jurisdiction__in=jurisdictions).exclude(state=RatingState.INVITED).aggregate(
        asked=Count("pk"), given=Count("pk", filter=Q(state=RatingState.GIVEN)),
        content=Count("pk", filter=Q(state=RatingState.GIVEN, result__in=[Satisfaction.SATISFIED, Satisfaction.BASICALLY])))
    redone = Task.objects.filter(jurisdiction__in=jurisdictions, round__gt=1).count()
    return [
        Figure("satisfied", _("satisfied or basically satisfied with the result"), found["content"], found["asked"],
               note=_("Of everybody asked: whoever did not rate is not counted as satisfied.")),
        Figure("response", _("asked and rated"), found["given"], found["asked"]),
        Figure("redone", _("tasks handled a second time"), redone),
    ]


def by_state(model: Any, user: Any, labels: Any, title: Sentence) -> ChartSpec:
    """How many of the objects the user may see stand in which state: a bar chart with its table."""
    rows = dict(visibility(model, user).order_by().values_list("state").annotate(n=Count("pk")))
    data = [(label, rows.get(code, 0)) for code, label in labels.choices if rows.get(code)]
    return bars(title, data)
