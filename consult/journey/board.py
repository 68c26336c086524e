"""The notice-board sheet of one consultation (张贴单): what the village may read of it, and how to follow it."""

from typing import Any

from consult.consultations.minutes import GROUPS, heads, plain, record
from consult.consultations.models import Consultation
from consult.consultations.rules import cover as cover_names
from consult.consultations.rules import visible_to
from consult.consultations.states import CONFIRMED_ON, NOTHING
from consult.kit import calendar
from consult.kit.sealing import mask
from consult.recommendations.models import Recommendation
from consult.recommendations.states import IN_FORCE
from consult.tasks.models import Task
from consult.tasks.states import OWED, TaskState
from consult.topics.models import Topic
from consult.topics.states import ANNOUNCED, Kind


def printable_by(user: Any) -> Any:
    """Whose sheet the user may print: minutes confirmed, the topic public, and the session announced or open to them.

    A conflict between people is never posted.
    """
    return visible_to(user).filter(state__in=CONFIRMED_ON, topic__state__in=ANNOUNCED).exclude(
        topic__in=Topic.objects.conflicts())


def stands(consultation: Consultation) -> bool:
    """Is there a sheet of it, for whoever sees the consultation?"""
    topic = consultation.topic
    return consultation.state in CONFIRMED_ON and topic.state in ANNOUNCED and topic.kind != Kind.CONFLICT


def paper(consultation: Consultation, url: str) -> dict[str, Any]:
    """The words of the sheet. ``url``: the absolute address of the public topic page.

    Figures instead of people; what was confirmed, as it was confirmed; recommendations in force by title and department.
    """
    said, topic = record(consultation), consultation.topic
    day = calendar.local_date(consultation.started_at or consultation.starts_at)
    shown = calendar.local_date(consultation.minutes.confirmed_at or consultation.starts_at)
    return {
        "organ": consultation.jurisdiction.cppcc_office, "title": topic.title, "asked": topic.focus,
        "together": f"{calendar.in_words(day)}，{said['venue']}：{_together(said)}",
        "outcome": _outcome(consultation, said), "next": _next(consultation), "more": _more(consultation),
        "date": shown.isoformat(), "date_words": calendar.in_words(shown), "verify_url": url}


def facts(consultation: Consultation) -> dict[str, Any]:
    """The sheet as data: figures and titles."""
    said = record(consultation)
    return {"topic": {"number": consultation.topic.number, "title": consultation.topic.title},
            "consultation": said["number"], "venue": said["venue"], "present": {group: heads(said, group) for group in GROUPS},
            "recommendations": [{"number": one.number, "title": one.title, "lead": one.lead.name}
                                for one in _advice(consultation)]}


def _together(said: dict[str, Any]) -> str:
    counted = [(label, heads(said, group)) for group, label in GROUPS.items()]
    return f"共{sum(n for _label, n in counted)}人，" + "、".join(f"{label}{n}人" for label, n in counted if n) + "。"


def _outcome(consultation: Consultation, said: dict[str, Any]) -> list[str]:
    """What was agreed, what was not, and what is advised: one line each, without names and numbers of people."""
    hide = cover_names(consultation)
    told = [f"共识：{one_line(plain(said['consensus']))}"]
    if said["dissent"] not in ("", NOTHING):
        told.append(f"不同意见：{one_line(said['dissent'])}")
    if advice := _advice(consultation):
        told.append("建议：" + "；".join(f"{one.title}（建议{one.lead.name}牵头）" for one in advice) + "。")
    return [mask(hide(line)) for line in told]


def one_line(text: str) -> str:
    return "".join(line.strip() for line in text.splitlines())


def _advice(consultation: Consultation) -> list[Recommendation]:
    found = Recommendation.objects.filter(consultation=consultation, state__in=IN_FORCE)
    return list(found.select_related("lead").order_by("pk"))


def _next(consultation: Consultation) -> str:
    """What happens next and by when, from the tasks that came of it; before there are any, the date of the topic."""
    tasks = list(Task.objects.filter(recommendation__consultation=consultation).exclude(
        state__in=(TaskState.PROPOSED, TaskState.DROPPED)))
    if due := [task.due_on for task in tasks if task.state in (*OWED, TaskState.IN_REVIEW) and task.due_on]:
        return f"已交有关部门办理，{calendar.in_words(min(due))}前答复。"
    if back := [task.look_back_on for task in tasks if task.state == TaskState.ANSWERED and task.look_back_on]:
        return f"部门已经答复，政协委员将于{calendar.in_words(min(back))}前后回头看。"
    if tasks:
        return "已经办结，请您评一评。"
    return f"意见建议报送区委、区政府研究，{calendar.in_words(consultation.topic.finish_on)}前反馈办理情况。"


def _more(consultation: Consultation) -> str:
    return f"扫码看办理进展。编号{consultation.topic.number}。"
