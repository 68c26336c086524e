"""The minutes: a first draft from the record, and the snapshot with its hash that the chair confirms."""

import hashlib
import json
from datetime import UTC
from typing import Any

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from consult.consultations.models import Consultation, Panelist, Statement
from consult.consultations.panel import said
from consult.consultations.states import Presence
from consult.kit import calendar
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
