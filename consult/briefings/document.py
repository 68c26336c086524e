"""What stands on the paper: the words of a briefing gathered once, then frozen. The paper speaks Chinese."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings

from consult.briefings import compare, sources
from consult.briefings.models import Briefing, Issue
from consult.briefings.states import BriefingKind
from consult.briefings.suggestion import consultations_of
from consult.consultations.models import Consultation
from consult.kit.calendar import in_words, local_date
from consult.people.models import Jurisdiction
from consult.recommendations import wording
from consult.recommendations.models import Recommendation

#: The name at the head of each kind of paper.
MARKS = {
    BriefingKind.BRIEFING: "商量专报", BriefingKind.MOTION: "建议案", BriefingKind.REPORT: "协商报告",
    BriefingKind.INFORMATION: "社情民意信息"
}
#: What the office writes itself, beside recommendations and annexes.
OWN = ("title", "main_to", "cc", "overview", "problems", "dissent", "contact", "copies", "correction_reason", "personal")
#: Kinds that carry a document number (发文字号): its word says which run of numbers it belongs to.
SYMBOLS = {BriefingKind.MOTION: "发", BriefingKind.REPORT: "报"}


# --- the frozen words -------------------------------------------------------------------------------------------


def snapshot(briefing: Briefing, *, issue_no: int = 0, total_no: int = 0, signer: str = "", at: datetime | None = None,
             code: str = "") -> dict[str, Any]:
    """Everything that is printed, as plain JSON: from recommendations and the briefing's own text, nothing else."""
    items = list(_items(briefing))
    words = {
        **_head(briefing, issue_no, total_no, at), "title": briefing.title, "topic": briefing.topic.title,
        "main_to": briefing.main_to, "cc": briefing.cc, "contact": briefing.contact, "copies": briefing.copies,
        "overview": paragraphs(briefing.overview), "problems": paragraphs(briefing.problems),
        "recommendations": [_advice(item.recommendation) for item in items], "dissent": paragraphs(briefing.dissent),
        "annexes": [{"title": one.title, "text": one.text} for one in briefing.annexes.all()],
        "corrects": _corrected(briefing.corrects), "correction_reason": briefing.correction_reason,
        "code": code, "verify_url": verify_url(code),
        "editor": str(briefing.compiled_by), "reviewer": str(briefing.reviewed_by or ""), "signer": signer
    }
    words["changes"] = _changes(briefing, briefing.corrects.snapshot, words) if briefing.corrects else []
    sessions = consultations_of(item.recommendation for item in items)
    words["sources"] = sources.figures(briefing.topic, sessions, len(items))
    return {**words, "doubts": sources.doubts(words)}


def _head(briefing: Briefing, issue_no: int, total_no: int, at: datetime | None) -> dict[str, Any]:
    place, day = briefing.jurisdiction, local_date(at) if at else None
    return {
        "kind": briefing.kind, "mark": MARKS[BriefingKind(briefing.kind)], "organ": place.cppcc_office,
        "organ_full": f"政协{place.name}委员会", "year": day.year if day else 0, "issue_no": issue_no, "total_no": total_no,
        "symbol": symbol(briefing.kind, place, day.year, issue_no) if day else "",
        "date": day.isoformat() if day else "", "date_words": in_words(day) if day else ""
    }


def symbol(kind: str, place: Jurisdiction, year: int, issue_no: int) -> str:
    """云政协发〔2026〕3号: organ, year in six-cornered brackets, number without 第 or zero (GB/T 9704-2012, 7.2.5); or ""."""
    word = SYMBOLS.get(BriefingKind(kind), "")
    return f"{place.code}{word}〔{year}〕{issue_no}号" if word else ""


def verify_url(code: str) -> str:
    """Where the paper can be checked, for its QR code; "" while the installation has no public address."""
    return f"{settings.SITE_URL}/verify/{code}/" if settings.SITE_URL and code else ""


def _items(briefing: Briefing) -> Any:
    return (briefing.items.select_related("recommendation__lead").prefetch_related("recommendation__co_departments")
            .order_by("order", "id"))


def _advice(one: Recommendation) -> dict[str, Any]:
    return {
        "number": one.number, "version": one.version, "title": one.title, "problem": one.problem,
        "text": paragraphs(one.text), "basis": one.basis, "lead": one.lead.name,
        "co_departments": [body.name for body in one.co_departments.all()],
        "wanted_by": in_words(one.wanted_by) if one.wanted_by else ""
    }


def _changes(briefing: Briefing, wrong: dict[str, Any], words: dict[str, Any]) -> list[dict[str, Any]]:
    """What a correction lists. It must not print again what it takes out: residents who sat at a table on this topic are

    covered, and where the office says that it is about personal data, what stood there is left out (``hidden``).
    """
    found = compare.changes(wrong, words)
    if briefing.personal:
        return [{**one, "part": one["part"].partition("“")[0], "before": "", "hidden": True} if one["before"] else one
                for one in found]
    tables = Consultation.objects.filter(topic=briefing.topic_id).values_list("pk", flat=True)
    cover, names = wording.cover(tables), wording.cover(tables, numbers=False)
    return [{side: (names if one["part"] == compare.CONTACT else cover)(said) for side, said in one.items()} for one in found]


def _corrected(issue: Issue | None) -> str:
    return "" if issue is None else issue.symbol or f"{issue.year}年第{issue.issue_no}期"


def carried(words: dict[str, Any]) -> dict[str, Any]:
    """What the PDF carries of a snapshot, for every reader: without the office's doubts and the keys of our records."""
    told = [{name: value for name, value in one.items() if name != "records"} for one in words.get("sources", ())]
    return {**{name: value for name, value in words.items() if name != "doubts"}, "sources": told}


def digest(words: dict[str, Any]) -> str:
    """SHA-256 of a snapshot in canonical JSON."""
    return hashlib.sha256(json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def mark(briefing: Briefing) -> str:
    """The same for the same words of a draft's own: who writes it anew knows whether somebody was faster."""
    return digest({name: getattr(briefing, name) for name in OWN})


def words_of(issue: Issue) -> str:
    """The words of a frozen paper as plain text, in reading order."""
    return "\n".join(_spoken(issue.snapshot))


def _spoken(words: dict[str, Any]) -> Iterator[str]:
    yield words["title"]
    yield from (*words["overview"], *words["problems"])
    for one in words["recommendations"]:
        yield from (one["title"], *one["text"], one["lead"], *one["co_departments"])
    yield from words["dissent"]
    for one in words.get("annexes", ()):
        yield from (one["title"], *paragraphs(one["text"]))


def number_words(words: dict[str, Any]) -> str:
    """The document number, or 第3期（总第27期）, as at the head of the paper; "" while it is a draft."""
    if not words["issue_no"]:
        return ""
    return words.get("symbol") or f"第{words['issue_no']}期（总第{words['total_no']}期）"


def number_of(issue: Issue) -> str:
    """The same by the issue's own columns, for lists: a snapshot is the whole paper."""
    return number_words({"symbol": issue.symbol, "issue_no": issue.issue_no, "total_no": issue.total_no})


def paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
