"""What stands on the paper: the words of a briefing gathered once, then frozen. The paper speaks Chinese."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from consult.briefings.models import Briefing, Issue
from consult.briefings.states import BriefingKind
from consult.consultations.models import Consultation
from consult.consultations.states import NOTHING, Group, Presence
from consult.kit.calendar import local_date
from consult.recommendations.models import Recommendation
from consult.topics.models import Topic, TopicOpinion

#: The name at the head of each kind of paper.
MARKS = {
    BriefingKind.BRIEFING: "商量专报", BriefingKind.MOTION: "建议案", BriefingKind.REPORT: "协商报告",
    BriefingKind.INFORMATION: "社情民意信息"
}
SEATS = {
    Group.MEMBERS: "政协委员", Group.SUBDISTRICT: "街道干部", Group.DEPARTMENTS: "部门负责人", Group.EXPERTS: "专家",
    Group.PUBLIC: "群众代表"
}


# --- suggestions for a new briefing -----------------------------------------------------------------------------


def consultations_of(recommendations: Iterable[Recommendation]) -> list[Consultation]:
    """The sessions these recommendations were born in, in the order they were held."""
    return list(
        Consultation.objects.filter(pk__in={one.consultation_id for one in recommendations}).order_by("starts_at", "id"))


def suggestion(topic: Topic, recommendations: Iterable[Recommendation]) -> dict[str, str]:
    """A first wording for overview, problems and dissent: when, where, who by number, and what was kept on record."""
    chosen = list(recommendations)
    sessions = consultations_of(chosen)
    return {
        "overview": "\n".join([*(_session(one, topic) for one in sessions), _voices(topic)]),
        "problems": "\n".join(f"{number}．{one.problem}" for number, one in enumerate(chosen, 1)),
        "dissent": "\n".join(one.dissent for one in sessions if one.dissent not in ("", NOTHING))
    }


def _session(session: Consultation, topic: Topic) -> str:
    began = session.started_at or session.starts_at
    return (f"{in_words(local_date(began))}，区政协在{session.venue}围绕“{topic.title}”开展协商。"
            f"{_seats(session)}共同参加，会上提问{session.statements.count()}个。")


def _seats(session: Consultation) -> str:
    came = session.panel.exclude(attendance__presence__in=(Presence.ABSENT, Presence.LEAVE))
    groups = list(came.values_list("group", flat=True))
    return "、".join(f"{name}{groups.count(group)}名" for group, name in SEATS.items() if group in groups) or "有关方面"


def _voices(topic: Topic) -> str:
    return f"会前围绕本议题梳理群众意见{TopicOpinion.objects.filter(topic=topic).count()}条，均已去除个人信息。"


# --- the frozen words -------------------------------------------------------------------------------------------


def snapshot(
    briefing: Briefing, *, issue_no: int = 0, total_no: int = 0, signer: str = "", at: datetime | None = None) -> dict[str, Any]:
    """Everything that is printed, as plain JSON: from recommendations and the briefing's own text, nothing else."""
    place = briefing.jurisdiction.name
    return {
        "kind": briefing.kind, "mark": MARKS[BriefingKind(briefing.kind)], "organ": f"政协{place}委员会办公室",
        "year": local_date(at).year if at else 0, "issue_no": issue_no, "total_no": total_no,
        "date": local_date(at).isoformat() if at else "", "date_words": in_words(local_date(at)) if at else "",
        "title": briefing.title, "topic": briefing.topic.title, "main_to": briefing.main_to, "cc": briefing.cc,
        "overview": paragraphs(briefing.overview), "problems": paragraphs(briefing.problems),
        "recommendations": [_advice(item.recommendation) for item in _items(briefing)],
        "dissent": paragraphs(briefing.dissent), "corrects": _corrected(briefing.corrects),
        "editor": str(briefing.compiled_by), "reviewer": str(briefing.reviewed_by or ""), "signer": signer
    }


def _items(briefing: Briefing) -> Any:
    return (briefing.items.select_related("recommendation__lead") .prefetch_related("recommendation__co_departments")
            .order_by("order", "id"))


def _advice(one: Recommendation) -> dict[str, Any]:
    return {
        "number": one.number, "version": one.version, "title": one.title, "problem": one.problem,
        "text": paragraphs(one.text), "basis": one.basis, "lead": one.lead.name,
        "co_departments": [body.name for body in one.co_departments.all()],
        "wanted_by": in_words(one.wanted_by) if one.wanted_by else ""
    }


def _corrected(issue: Issue | None) -> str:
    return "" if issue is None else f"{issue.year}年第{issue.issue_no}期"


def digest(words: dict[str, Any]) -> str:
    """SHA-256 of a snapshot in canonical JSON."""
    return hashlib.sha256(json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def words_of(issue: Issue) -> str:
    """The words of a frozen paper as plain text, in reading order."""
    return "\n".join(_spoken(issue.snapshot))


def _spoken(words: dict[str, Any]) -> Iterator[str]:
    yield words["title"]
    yield from (*words["overview"], *words["problems"])
    for one in words["recommendations"]:
        yield from (one["title"], *one["text"], one["lead"], *one["co_departments"])
    yield from words["dissent"]


def context(words: dict[str, Any], *, draft: bool = False) -> dict[str, Any]:
    """What the template of the paper is given: the frozen words and nothing else."""
    return {"paper": words, "number": number_words(words), "draft": draft}


def number_words(words: dict[str, Any]) -> str:
    """第3期（总第27期）, as at the head of the paper."""
    return f"第{words['issue_no']}期（总第{words['total_no']}期）" if words["issue_no"] else ""


def paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def in_words(day: date) -> str:
    """2026年11月24日: no zero before month and day."""
    return f"{day.year}年{day.month}月{day.day}日"
