"""The press: sets the frozen words of an issue as a PDF, checks, seals and keeps it, once; and the marked copies of it.

The worker runs it after the sign-off and after the dispatch. Killed at any point, or run by two at once, it leaves one
whole file: what is made is kept under the lock of its row, and what was there first stays.
"""

import hashlib
import json
import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django_tasks import task
from django_tasks_db import DatabaseBackend

from consult.briefings import document, layout, notices, rules, shelf
from consult.briefings.models import Issue, Recipient
from consult.briefings.shelf import Damaged
from consult.briefings.states import BriefingKind, BriefingState
from consult.kit import audit, calendar, jobs, pdf
from consult.kit.paper import copies, signing
from consult.kit.paper.report import LABELS
from consult.kit.states import move

__all__ = ["Damaged", "copy_for", "enqueue", "enqueue_copies", "examine", "paper_for", "read", "render", "set_paper", "try_out"]

#: The checks of the self-check that must have been made and passed; the others are shown to the office.
MUST_HOLD = ("missing_glyphs", "text")
log = logging.getLogger(__name__)


# --- jobs ---------------------------------------------------------------------------------------------------------


@task()
def typeset(issue_id: int) -> str:
    """The queued job; gives the hash of the file."""
    return set_paper(issue_id, at=calendar.now()).sha256


@task()
def mark_copies(issue_id: int) -> int:
    """The queued job: makes the copies that are not there yet; gives their number."""
    waiting = Recipient.objects.select_related("issue__briefing", "user").filter(issue=issue_id, sha256="")
    return len([copy_for(one, at=calendar.now()) for one in waiting])


def enqueue(issue: Issue) -> None:
    """Queue the setting, with what the caller's transaction does."""
    _queue(typeset, issue.pk)


def enqueue_copies(issue: Issue) -> None:
    """Queue the marked copies of its recipients, with what the caller's transaction does."""
    _queue(mark_copies, issue.pk)


def _queue(job: Any, *args: Any) -> None:
    """A row of the same transaction: signed and queued, or neither. Elsewhere (in tests) it runs once that is through."""
    if isinstance(job.get_backend(), DatabaseBackend):
        job.enqueue(*args)
    else:
        transaction.on_commit(lambda: job.enqueue(*args))


def _given_up(issue_id: int, *, reason: Any, at: datetime) -> None:
    _note_failure(issue_id, str(reason), at)


jobs.declare(typeset, _("Set a paper"), _given_up)
jobs.declare(mark_copies, _("Mark the copies of a paper"))


# --- setting ------------------------------------------------------------------------------------------------------


class Failed(Exception):
    """The self-check found what no paper may have: ``faults`` are codes of checks, ``report`` is all it measured."""

    def __init__(self, faults: list[str], report: dict[str, Any]) -> None:
        super().__init__(", ".join(faults))
        self.faults, self.report = faults, report


def set_paper(issue_id: int, *, at: datetime) -> Issue:
    """Set the paper unless it is set already; what goes wrong is kept with the issue and told to the office."""
    issue = Issue.objects.select_related("briefing").get(pk=issue_id)
    if issue.sha256 or issue.briefing.state != BriefingState.SIGNED:
        return issue
    try:
        made = _make(issue.snapshot)
        return _keep(issue, made, at)
    except jobs.PASSING:  # nothing is wrong with the paper: the job is put back
        raise
    except Exception as wrong:
        log.exception("issue %s could not be set", issue_id)
        with override(settings.LANGUAGE_CODE):
            return _note_failure(issue_id, _sentence(wrong), at, getattr(wrong, "report", None))


def examine(words: dict[str, Any]) -> None:
    """Before the sign-off: raise ValidationError where these words could not be set."""
    pdf.examine(layout.template_of(words), layout.context(words))


def try_out(words: dict[str, Any]) -> None:
    """Set the words and throw the paper away: raise ValidationError where it could not be set, or would not say what they say."""
    try:
        _make(words)
    except (pdf.PaperFailed, Failed) as wrong:
        where = [one for one in getattr(wrong, "report", {}).get("checks", ()) if not one["ok"] and one["code"] == "text"]
        quoted = "".join(f" …{one['wanted'] or one['measured']}…" for one in where[:1])  # for the writer, never for the log
        raise ValidationError(_sentence(wrong) + quoted, code="unset") from wrong


def render(words: dict[str, Any], *, draft: bool = False) -> bytes:
    """The PDF of a snapshot, unsealed: the same words give the same paper. Errors as of ``pdf.make``."""
    return pdf.render(layout.template_of(words), layout.context(words, draft=draft), assets=layout.assets(words))


def _make(words: dict[str, Any]) -> pdf.Paper:
    """The paper with its source inside, measured. Raises Failed where it does not say what its words say."""
    source = json.dumps(document.carried(words), ensure_ascii=False, indent=1, sort_keys=True).encode()
    made = pdf.make(layout.template_of(words), layout.context(words), assets=layout.assets(words),
                    sources={"issue.json": source}, measured=True)
    if faults := _faults(made.report):
        raise Failed(faults, made.report)
    return made


def _faults(report: dict[str, Any]) -> list[str]:
    """The checks that must hold and were not made or not passed."""
    held = {code: [one["ok"] for one in report.get("checks", ()) if one["code"] == code] for code in MUST_HOLD}
    return [code for code, found in held.items() if not found or not all(found)]


def _keep(issue: Issue, made: pdf.Paper, at: datetime) -> Issue:
    """Seal the paper, before anything is locked; store it and move the briefing on. A second press that comes later finds

    it done and drops its own.
    """
    content = signing.sign(made.content, at=at, reason=_reason(issue), contact=_contact(issue))
    with transaction.atomic():
        issue = Issue.objects.select_for_update(of=("self",)).get(pk=issue.pk)
        if issue.sha256 or issue.briefing.state != BriefingState.SIGNED:
            return issue
        name = f"{issue.year}/{issue.kind}-{issue.issue_no}-{issue.snapshot_sha256[:16]}.pdf"
        issue.file.name, issue.sha256 = shelf.put(name, content), hashlib.sha256(content).hexdigest()
        issue.plain_size, issue.plain_sha256 = len(made.content), hashlib.sha256(made.content).hexdigest()
        issue.report, issue.issued_at, issue.failure = made.report, at, ""
        issue.save(update_fields=["file", "sha256", "plain_size", "plain_sha256", "report", "issued_at", "failure"])
        move(issue.briefing, "issue", by=None, at=at, data={"sha256": issue.sha256, "bytes": len(content)})
        notices.issued(issue.briefing, at)
    return issue


def _reason(issue: Issue) -> str:
    """What readers of the file are told beside the signature: 商量专报2026年第3期."""
    return f"{issue.snapshot['mark']}{issue.symbol or f'{issue.year}年第{issue.issue_no}期'}"


def _contact(issue: Issue) -> str:
    return issue.snapshot.get("verify_url") or issue.code


def _sentence(wrong: Exception) -> str:
    """Why it could not be set, for the office."""
    if isinstance(wrong, ValidationError):
        return " ".join(wrong.messages)
    if isinstance(wrong, pdf.PaperFailed):
        return str(wrong.reason)
    if isinstance(wrong, Failed):
        found = "、".join(_fault(code, wrong.report) for code in wrong.faults)
        return _("The paper was set, but its self-check failed: %(checks)s.") % {"checks": found}
    if isinstance(wrong, OSError):
        return _("The paper could not be stored: %(why)s.") % {"why": wrong.strerror or type(wrong).__name__}
    return _("The paper could not be set (%(kind)s). Please tell the system administrator.") % {"kind": type(wrong).__name__}


def _fault(code: str, report: dict[str, Any]) -> str:
    """A check that failed, and where."""
    label = str(LABELS.get(code, code))
    pages = [one["page"] for one in report.get("checks", ()) if one["code"] == code and not one["ok"] and one.get("page")]
    return f"{label} (P{pages[0]})" if pages else label


def _note_failure(issue_id: int, why: str, at: datetime, report: dict[str, Any] | None = None) -> Issue:
    with transaction.atomic():
        issue = Issue.objects.select_for_update(of=("self",)).get(pk=issue_id)
        if issue.sha256 or issue.briefing.state != BriefingState.SIGNED:
            return issue
        issue.failure, issue.report = why[:300], report or {}
        issue.save(update_fields=["failure", "report"])
        audit.write("briefings.fail", issue.briefing, by=None, at=at, data={"why": issue.failure})
        notices.failed(issue.briefing, at)
    return issue


# --- reading ------------------------------------------------------------------------------------------------------


def read(issue: Issue) -> bytes:
    """The bytes of the frozen file, or Damaged when they are not those whose hash was kept."""
    return shelf.get(str(issue.file.name), issue.sha256)


def paper_for(user: Any, issue: Issue, *, at: datetime) -> bytes:
    """What this reader takes away: a recipient the own marked copy, office and chair otherwise the issue itself, and whoever

    else may read it a copy marked with their name, kept nowhere: its hash goes on record with the download
    (``sending.download``, which asks the rule too). Raises Damaged.
    """
    recipient = issue.recipients.select_related("issue__briefing", "user").filter(user=user).first()
    if recipient is not None:
        return copy_for(recipient, at=at)
    if rules.may_preview(user, issue.briefing):
        return read(issue)
    return _marked(issue, str(user), 0, at, at)


def copy_for(recipient: Recipient, *, at: datetime) -> bytes:
    """The recipient's own copy: made once, then read back. Raises Damaged."""
    if not recipient.sha256:
        issue = recipient.issue
        content = _marked(issue, str(recipient.user), recipient.serial, recipient.sent_at, at)
        with transaction.atomic():
            row = Recipient.objects.select_for_update(of=("self",)).get(pk=recipient.pk)
            if not row.sha256:
                name = f"{issue.year}/{issue.kind}-{issue.issue_no}-{issue.snapshot_sha256[:16]}-{row.serial:06}.pdf"
                row.file.name, row.sha256 = shelf.put(name, content), hashlib.sha256(content).hexdigest()
                row.save(update_fields=["file", "sha256"])
        recipient.file, recipient.sha256 = row.file, row.sha256
    return shelf.get(str(recipient.file.name), recipient.sha256)


def _marked(issue: Issue, name: str, serial: int, since: datetime, at: datetime) -> bytes:
    plain = read(issue)[:issue.plain_size]
    if hashlib.sha256(plain).hexdigest() != issue.plain_sha256:
        raise Damaged(_("The stored file is not the one that was signed off. Please tell the system administrator."))
    reason = _reason(issue) + (f" 份号{serial:06}" if serial else "")
    numbered = issue.kind == BriefingKind.MOTION and not issue.snapshot.get("serial")
    return signing.sign(copies.mark(plain, name=name, serial=serial, at=since, numbered=numbered), at=at, reason=reason,
                        contact=_contact(issue))
