"""The minutes: a first draft from the record, and the snapshot with its hash that the chair confirms."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from consult.consultations.models import Consultation, Panelist, Statement
from consult.consultations.panel import said
from consult.consultations.states import NOTHING, Duty, Group, Presence
from consult.kit import calendar
from consult.kit.paper import blocks
from consult.kit.sealing import mask
from consult.topics.states import Kind

#: Minutes are a paper of the district: written in its language, whatever language the writer's screens have.
LANGUAGE = "zh-hans"


def draft(consultation: Consultation) -> str:
    """A first wording from what was recorded; residents by their first character, numbers masked."""
    with translation.override(LANGUAGE):
        blocks = [_head(consultation), _present(consultation), _talk(consultation), _method(consultation),
                  _result(consultation)]
        return mask("\n\n".join(block for block in blocks if block))


def _moment(moment: Any) -> str:
    return formats.date_format(timezone.localtime(moment, calendar.ZONE), "DATETIME_FORMAT")


def _head(consultation: Consultation) -> str:
    return "\n".join((
        _("Consultation: %(title)s (%(number)s)") % {"title": consultation.title, "number": consultation.number},
        _("Topic: %(title)s (%(number)s)") % {"title": consultation.topic.title, "number": consultation.topic.number},
        _("Time: %(time)s") % {"time": _moment(consultation.started_at or consultation.starts_at)},
        _("Place: %(place)s") % {"place": consultation.venue}))


def _seat(seat: Panelist) -> str:
    post = f"（{seat.post}）" if seat.post else ""
    return f"{seat.minuted_name}{post}"


def _present(consultation: Consultation) -> str:
    came: list[str] = []
    away: list[str] = []
    for seat in consultation.panel.select_related("attendance"):
        presence = getattr(getattr(seat, "attendance", None), "presence", "")
        (came if presence in (Presence.ATTENDED, Presence.PARTLY) else away).append(_seat(seat))
    lines = [_("Present: %(names)s") % {"names": "、".join(came) or "—"}]
    if away:
        lines.append(_("Not present: %(names)s") % {"names": "、".join(away)})
    return "\n".join(lines)


def _talk(consultation: Consultation) -> str:
    statements = consultation.statements.select_related("asked_by", "answered_by")
    return "\n".join(_exchange(n, statement) for n, statement in enumerate(statements, 1))


def _exchange(n: int, statement: Statement) -> str:
    lines = [_("%(n)s. %(name)s asked: %(text)s") % {
        "n": n, "name": statement.asked_by.minuted_name, "text": statement.question}]
    if statement.answered_by and statement.answer:
        lines.append(_("%(name)s answered: %(text)s") % {
            "name": statement.answered_by.minuted_name, "text": statement.answer})
    if statement.on_the_spot is False:
        lines.append(_("Taken back, answer promised by %(day)s.") % {"day": statement.answer_due_on})
    if statement.rejoinder:
        lines.append(_("Rejoinder: %(text)s") % {"text": statement.rejoinder})
    return "\n".join(lines)


def _method(consultation: Consultation) -> str:
    kind = consultation.topic.kind
    if kind == Kind.POLICY:
        return "\n".join(f"{n}. {statement.question}：{statement.get_cleared_display()}"
                         for n, statement in enumerate(consultation.statements.all(), 1))
    if kind == Kind.PLANNING:
        return "\n".join(
            _("Demand: %(text)s; %(verdict)s (%(version)s); reason: %(reason)s") % {
                "text": demand.text, "verdict": demand.get_verdict_display(), "version": demand.plan_version or "—",
                "reason": demand.reason or "—"} for demand in consultation.demands.all())
    return "\n".join(
        _("Party: %(party)s; position: %(text)s; agreement: %(agreement)s") % {
            "party": position.party, "text": position.position, "agreement": position.agreement or "—"}
        for position in consultation.positions.all())


def _result(consultation: Consultation) -> str:
    return "\n".join((
        _("Consensus: %(text)s") % {"text": said(consultation.consensus) or "—"},
        _("Dissent: %(text)s") % {"text": said(consultation.dissent) or "—"},
        _("Open points: %(text)s") % {"text": said(consultation.open_points) or "—"}))


# --- what is confirmed --------------------------------------------------------------------------------------------


def snapshot(consultation: Consultation, text: str) -> dict[str, Any]:
    """Everything the chair confirms, as plain JSON. Residents by their first character: papers travel."""
    return {
        "number": consultation.number, "title": consultation.title, "form": consultation.form,
        "topic": {"number": consultation.topic.number, "title": consultation.topic.title, "kind": consultation.topic.kind},
        "venue": consultation.venue, "started_at": _iso(consultation.started_at), "ended_at": _iso(consultation.ended_at),
        "panel": [_panelist(seat) for seat in consultation.panel.select_related("attendance", "department")],
        "statements": [_statement(statement) for statement in consultation.statements.all()],
        "demands": list(consultation.demands.values("id", "raised_by_id", "text", "verdict", "reason", "plan_version")),
        "positions": list(consultation.positions.values("id", "party", "position", "agreed", "agreement")),
        "consensus": consultation.consensus, "dissent": consultation.dissent, "open_points": consultation.open_points,
        "text": text,
    }


def _iso(moment: Any) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""


def _panelist(seat: Panelist) -> dict[str, Any]:
    attendance = getattr(seat, "attendance", None)
    return {"id": seat.pk, "name": seat.minuted_name, "post": seat.post, "group": seat.group, "duty": seat.duty,
            "department": seat.department.name if seat.department else "",
            "presence": attendance.presence if attendance else ""}


def _statement(statement: Statement) -> dict[str, Any]:
    return {"id": statement.pk, "asked_by": statement.asked_by_id, "question": statement.question,
            "answered_by": statement.answered_by_id, "answer": statement.answer, "on_the_spot": statement.on_the_spot,
            "answer_due_on": str(statement.answer_due_on or ""), "rejoinder": statement.rejoinder,
            "cleared": statement.cleared}


def digest(said: dict[str, Any]) -> str:
    """SHA-256 of a snapshot in canonical JSON."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


# --- the paper ----------------------------------------------------------------------------------------------------

GROUPS = {Group.MEMBERS: "政协委员", Group.SUBDISTRICT: "街道干部", Group.DEPARTMENTS: "部门代表", Group.EXPERTS: "专家",
          Group.PUBLIC: "居民代表"}
CAME = (Presence.ATTENDED, Presence.PARTLY)


def record(consultation: Consultation) -> dict[str, Any]:
    """What was confirmed, word for word; before that what would be confirmed now."""
    kept = consultation.minutes
    return kept.snapshot or snapshot(consultation, kept.text)


def paper(consultation: Consultation, cover: Callable[[str], str]) -> dict[str, Any]:
    """The words of the minutes on paper; ``cover`` hides the names of residents in free text.

    出席, 请假 and 列席 follow GB/T 9704-2012 (纪要). Nothing is worked out again once the minutes are confirmed, and
    what the recorder wrote into the text already is not said twice.
    """
    said = record(consultation)
    told = said["text"]
    began, ended = (_local(said[key]) for key in ("started_at", "ended_at"))
    day = calendar.local_date(ended or began or consultation.starts_at)
    seats = said["panel"]
    came = [seat for seat in seats if seat["presence"] in CAME]
    by_duty = {seat["duty"]: seat["name"] for seat in seats}
    return {
        "organ": consultation.jurisdiction.cppcc_office, "date": day.isoformat(), "date_words": calendar.in_words(day),
        "title": said["title"], "number": said["number"], "blocks": _body(said, cover),
        "held": "" if said["venue"] in told else _held(said, began, ended),
        "chair": by_duty.get(Duty.CHAIR, ""), "recorder": by_duty.get(Duty.RECORDER, ""),
        "present": together([seat for seat in came if seat["duty"] != Duty.OBSERVER]),
        "excused": together([seat for seat in seats if seat["presence"] == Presence.LEAVE]),
        "absent": together([seat for seat in seats if seat["presence"] == Presence.ABSENT]),
        "observers": together([seat for seat in came if seat["duty"] == Duty.OBSERVER])}


def _body(said: dict[str, Any], cover: Callable[[str], str]) -> list[blocks.Block]:
    """The text, then consensus, dissent and open points under their headings; none of them is smoothed away."""
    found = blocks.paragraphs(cover(said["text"]))
    for title, label, words in (("达成共识", "共识", said["consensus"]), ("分歧意见", "分歧", said["dissent"]),
                                ("未决事项", "未决事项", said["open_points"])):
        if (f"{label}：无" if words == NOTHING else words) not in said["text"]:
            found += blocks.section(title, blocks.paragraphs(plain(cover(words))))
    return found


def facts(consultation: Consultation) -> dict[str, Any]:
    """The minutes as figures, to go with the paper: no person and no free word."""
    said, kept = record(consultation), consultation.minutes
    return {"number": said["number"], "title": said["title"], "topic": said["topic"], "form": said["form"],
            "venue": said["venue"], "started_at": said["started_at"], "ended_at": said["ended_at"],
            "present": {group: heads(said, group) for group in Group.values},
            "statements": len(said["statements"]), "demands": len(said["demands"]), "positions": len(said["positions"]),
            "confirmed_at": _iso(kept.confirmed_at), "record_sha256": kept.sha256}


def heads(said: dict[str, Any], group: str) -> int:
    """How many of a group came."""
    return sum(seat["group"] == group and seat["presence"] in CAME for seat in said["panel"])


def together(seats: list[dict[str, Any]]) -> str:
    """The seats by group, in the order of the groups: 政协委员王某（职务）、李某；街道干部张某。"""
    named = {group: "、".join(_named(seat) for seat in seats if seat["group"] == group) for group in GROUPS}
    return "；".join(f"{label}{named[group]}" for group, label in GROUPS.items() if named[group])


def _named(seat: dict[str, Any]) -> str:
    """A resident without what they are: it would tell who they are."""
    post = seat["post"] if seat["group"] != Group.PUBLIC else ""
    return f"{seat['name']}（{post}）" if post else str(seat["name"])


def plain(text: str) -> str:
    """Consensus or dissent as papers write it: there is none, or what it is."""
    return "无。" if text == NOTHING else text


def _local(moment: str) -> datetime | None:
    return datetime.fromisoformat(moment) if moment else None


def _held(said: dict[str, Any], began: datetime | None, ended: datetime | None) -> str:
    """When, where and about what, in one sentence."""
    when = _clock(began) + (f"至{_clock(ended, began)}" if began and ended else "")
    return f"{when}，在{said['venue']}就“{said['topic']['title']}”召开协商会议。现将会议情况纪要如下。"


def _clock(moment: datetime | None, since: datetime | None = None) -> str:
    """2026年12月8日9时30分; without the day where ``since`` is on it."""
    if moment is None:
        return ""
    here, same = timezone.localtime(moment, calendar.ZONE), since and calendar.local_date(since) == calendar.local_date(moment)
    minute = f"{here.minute:02d}分" if here.minute else ""
    return ("" if same else calendar.in_words(here.date())) + f"{here.hour}时{minute}"
