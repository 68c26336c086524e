"""The press: sets the frozen words of an issue as a PDF, once. The worker runs it after the sign-off."""

import hashlib
import logging
import os
import uuid
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from consult.briefings import document, notices
from consult.briefings.models import Issue
from consult.briefings.states import BriefingState
from consult.kit import audit, calendar, pdf
from consult.kit.rules import Denied
from consult.kit.states import move

TEMPLATE = "documents/briefing.html"
log = logging.getLogger(__name__)


@task()
def typeset(issue_id: int) -> str:
    """The queued job; gives the hash of the file."""
    return set_paper(issue_id, at=calendar.now()).sha256


def enqueue(issue: Issue) -> None:
    """Queue the job once the caller's transaction is through."""
    transaction.on_commit(lambda: typeset.enqueue(issue.pk))


def set_paper(issue_id: int, *, at: datetime) -> Issue:
    """Set the paper unless it is set already; what goes wrong is kept with the issue and told to the office."""
    issue = Issue.objects.select_related("briefing").get(pk=issue_id)
    if issue.sha256 or issue.briefing.state != BriefingState.SIGNED:
        return issue
    try:
        content = render(issue.snapshot)
        return _keep(issue_id, content, at)
    except Exception as wrong:
        log.exception("issue %s could not be set", issue_id)
        return _note_failure(issue_id, wrong, at)


def render(words: dict[str, object], *, draft: bool = False) -> bytes:
    """The PDF of a snapshot: the same words give the same paper."""
    return pdf.render(TEMPLATE, document.context(words, draft=draft))


class Damaged(Denied):
    """The stored file is not the one that was frozen."""


def read(issue: Issue) -> bytes:
    """The bytes of the frozen file, or Damaged when they are not those whose hash was kept."""
    with issue.file.open("rb") as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() != issue.sha256:
        raise Damaged(_("The stored file is not the one that was signed off. Please tell the system administrator."))
    return content


def _keep(issue_id: int, content: bytes, at: datetime) -> Issue:
    """Store the file and move the briefing on; a second press that comes later finds it done."""
    with transaction.atomic():
        issue = Issue.objects.select_for_update(of=("self",)).get(pk=issue_id)
        if issue.sha256:
            return issue
        issue.file.name = _store(
            f"issues/{issue.year}/{issue.kind}-{issue.issue_no}-{issue.snapshot_sha256[:16]}.pdf", content)
        issue.sha256, issue.issued_at, issue.failure = hashlib.sha256(content).hexdigest(), at, ""
        issue.save(update_fields=["file", "sha256", "issued_at", "failure"])
        move(issue.briefing, "issue", by=None, at=at, data={"sha256": issue.sha256, "bytes": len(content)})
        notices.issued(issue.briefing, at)
    return issue


def _store(name: str, content: bytes) -> str:
    """Write beside, then rename: a reader never meets half a file. Gives the stored name."""
    beside = default_storage.save(f"issues/tmp/{uuid.uuid4().hex}.pdf", ContentFile(content))
    target = default_storage.path(name)
    os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
    os.replace(default_storage.path(beside), target)
    return name


def _note_failure(issue_id: int, wrong: Exception, at: datetime) -> Issue:
    with transaction.atomic():
        issue = Issue.objects.select_for_update(of=("self",)).get(pk=issue_id)
        issue.failure = f"{type(wrong).__name__}: {wrong}"[:300]
        issue.save(update_fields=["failure"])
        audit.write("briefings.fail", issue.briefing, by=None, at=at, data={"why": issue.failure})
        notices.failed(issue.briefing, at)
    return issue
