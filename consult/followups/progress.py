"""How far a task has come, as a bulletin tells it: its parts, the days it took, what the look-backs found.

The facts of an issued bulletin are frozen with it as plain JSON (codes, never words); the page and the paper say them.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.followups.models import Bulletin, Finding, LookBack
from consult.followups.rules import findings_visible_to
from consult.followups.states import FindingKind, LookBackState, Moment
from consult.kit import calendar, charts
from consult.kit.models import Attachment
from consult.kit.rules import Sentence
from consult.recommendations.wording import cover
from consult.tasks.models import Assignment, Reply, Task
from consult.tasks.states import Outcome, Part, ReplyState, TaskState

#: Photos on one bulletin; the rest stays with the look-back.
MOST_PHOTOS = 4


def told(bulletin: Bulletin, *, at: datetime) -> dict[str, Any]:
    """What the bulletin reports: as it was issued, or as it would be issued now."""
    return bulletin.progress or gathered(bulletin.task, at=at)


def gathered(task: Task, *, at: datetime) -> dict[str, Any]:
    """The facts of a task today. Look-backs count once they are confirmed: the departments read it, too."""
    hide = cover([task.recommendation.consultation_id])
    confirmed = LookBack.objects.filter(task=task, state=LookBackState.CONFIRMED).order_by("visited_on", "pk")
    findings = list(Finding.objects.filter(look_back__in=confirmed).order_by("at", "pk"))
    now = [one for one in findings if one.moment != Moment.BEFORE]
    return {
        "as_of": calendar.local_date(at).isoformat(), "number": task.number, "title": task.title, "state": task.state,
        "assigned_on": _day(task.assigned_at), "original_due_on": _day(task.original_due_on), "due_on": _day(task.due_on),
        "parts": [_part(task, part, hide) for part in sorted(task.parts, key=lambda part: (not part.answers, part.pk))],
        "look_backs": [{"number": one.number, "kind": one.kind, "on": _day(one.visited_on), "place": hide(one.place),
                        "summary": hide(one.summary)} for one in confirmed],
        "findings": {kind: sum(one.kind == kind for one in now) for kind in FindingKind.values},
        "photos": [str(file.pk) for file in _files(findings) if file.is_image][:MOST_PHOTOS],
    }


def _files(findings: list[Finding]) -> Any:
    return Attachment.objects.filter(app_label="followups", model="finding", object_id__in=[str(one.pk) for one in findings]
                                     ).order_by("uploaded_at", "id")


def _part(task: Task, part: Assignment, hide: Callable[[str], str]) -> dict[str, Any]:
    """One department: what it has to do, how far it is, and its last word on it."""
    reply = next((one for one in task.replies_now if one.department_id == part.department_id), None)
    said = task.progress.filter(department=part.department).last()
    final = reply if reply and reply.state == ReplyState.APPROVED else Reply()
    return {
        "department": part.department.name, "part": part.part, "signed_on": _day(part.signed_at),
        "state": _state(task, part, final), "outcome": final.outcome,
        "approved_on": _day(final.reviewed_at), "promise_on": _day(final.promise_on), "kept_on": _day(final.fulfilled_on),
        "said": hide(said.text) if said else "", "said_on": _day(said.at) if said else "",
    }


def _state(task: Task, part: Assignment, final: Reply) -> str:
    """The state of one part; a co-handling department goes with the task."""
    if part.signed_at is None and task.state in (TaskState.ASSIGNED, TaskState.HANDLING):
        return TaskState.ASSIGNED
    if final.outcome and task.state != TaskState.CLOSED:
        return TaskState.ANSWERED
    return TaskState.HANDLING if task.state == TaskState.ASSIGNED else task.state


def _day(moment: date | datetime | None) -> str:
    if moment is None:
        return ""
    return (calendar.local_date(moment) if isinstance(moment, datetime) else moment).isoformat()


def day(text: str) -> date | None:
    """A day of the facts; None where it has not come."""
    return date.fromisoformat(text) if text else None


# --- said on the page and on the paper -------------------------------------------------------------------------------

COLUMNS: tuple[Sentence, ...] = (_("Department"), _("Part"), _("Due on"), _("State"), _("Promise"))


def rows(facts: dict[str, Any], say: Callable[[date], str]) -> list[tuple[Sentence, ...]]:
    """One row for each department, under ``COLUMNS``; ``say`` writes a day."""
    due = say(date.fromisoformat(facts["due_on"])) if facts["due_on"] else ""
    return [(part["department"], Part(part["part"]).label, due, _outcome(part), _promise(part, say)) for part in facts["parts"]]


def _outcome(part: dict[str, Any]) -> Sentence:
    if part["kept_on"]:
        return Outcome.A.label
    return Outcome(part["outcome"]).label if part["outcome"] else TaskState(part["state"]).label


def _promise(part: dict[str, Any], say: Callable[[date], str]) -> Sentence:
    if part["kept_on"]:
        return _("promise kept on %(date)s") % {"date": say(date.fromisoformat(part["kept_on"]))}
    if part["promise_on"]:
        return _("promised by %(date)s") % {"date": say(date.fromisoformat(part["promise_on"]))}
    return "–"


def reports(facts: dict[str, Any]) -> list[tuple[str, date | None, str]]:
    """(department, day, words): what the departments said last of what they have done."""
    return [(part["department"], day(part["said_on"]), part["said"]) for part in facts["parts"] if part["said"]]


def days(facts: dict[str, Any]) -> charts.ChartSpec:
    """How many days after the assignment each step was reached, beside the days allowed."""
    begun = facts["assigned_on"]
    lead = [part for part in facts["parts"] if part["part"] != Part.CO]
    reached: list[tuple[Sentence, str]] = [
        (_("Signed for"), _last(lead, "signed_on")), (_("Reply approved"), _last(lead, "approved_on")),
        (_("Looked back on"), max((one["on"] for one in facts["look_backs"]), default="")),
        (_("Promise kept"), max((part["kept_on"] for part in lead), default="")),
        (_("Days allowed"), facts["due_on"])]
    found = [(name, (date.fromisoformat(on) - date.fromisoformat(begun)).days) for name, on in reached if on and begun]
    gone = (date.fromisoformat(facts["as_of"]) - date.fromisoformat(begun)).days if begun else 0
    return charts.bars(_("Days from the assignment to each step"), found, measure=_("Days"), label=_("Step"),
                       summary=_("By %(date)s, %(n)s days had passed since the task was assigned.") % {
                           "date": facts["as_of"], "n": gone})


def _last(parts: list[dict[str, Any]], key: str) -> str:
    """The day the last of them got there; empty while one has not."""
    return max(part[key] for part in parts) if parts and all(part[key] for part in parts) else ""


def found(facts: dict[str, Any]) -> charts.ChartSpec:
    """What the look-backs found, by how far it is carried out."""
    total = sum(facts["findings"].values())
    counted = [(kind.label, facts["findings"][kind]) for kind in FindingKind] if total else []
    return charts.bars(_("What the look-backs found"), counted, label=_("Finding"), summary=_(
        "%(good)s of %(all)s things looked at are carried out.") % {
            "good": facts["findings"][FindingKind.CARRIED_OUT], "all": total})


def drawings(facts: dict[str, Any]) -> list[charts.ChartSpec]:
    """The charts of a bulletin, the same on page and paper; those with nothing to count are left out."""
    return [chart for chart in (days(facts), found(facts)) if not chart.is_empty]


def photos(facts: dict[str, Any], user: Any) -> list[Attachment]:
    """The pictures of the look-backs that this reader may see, in the order they were taken."""
    files = list(Attachment.objects.filter(pk__in=facts["photos"], app_label="followups", model="finding"))
    seen = findings_visible_to(user).filter(pk__in=[file.object_id for file in files]).values_list("pk", flat=True)
    mine = {str(pk) for pk in seen} if files else set()
    return sorted((file for file in files if file.object_id in mine), key=lambda file: facts["photos"].index(str(file.pk)))


def shown_as(files: list[Attachment]) -> dict[str, Finding]:
    """The finding of each of these pictures, by the key of the picture: before, after or now, and on which day."""
    findings = {str(one.pk): one for one in Finding.objects.filter(pk__in=[file.object_id for file in files])} if files else {}
    return {str(file.pk): findings[file.object_id] for file in files if file.object_id in findings}
