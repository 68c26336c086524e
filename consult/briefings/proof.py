"""What the public is told of a paper: which issue it is and whether it is unaltered; never its title, content or readers."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from django.db.models import QuerySet

from consult.briefings import document
from consult.briefings.models import Issue, Recipient
from consult.briefings.states import BriefingState
from consult.kit import audit
from consult.kit.paper import codes, exhibit
from consult.kit.rules import Sentence


class State(StrEnum):
    """The answer. VOIDED and CORRECTED are said only of what is otherwise on record and unaltered."""

    ON_RECORD = "on_record"  # the code is that of an issue; no file was compared
    GENUINE = "genuine"  # the file is the issue
    COPY = "copy"  # the file is the copy of one reader
    VOIDED = "voided"
    CORRECTED = "corrected"  # a later issue takes its place
    ALTERED = "altered"  # it bears our code or our seal and is not what we issued
    UNRECORDED = "unrecorded"  # our seal is unbroken, but the file is not on record here
    UNKNOWN = "unknown"  # nothing of ours


@dataclass(frozen=True)
class Proof:
    """``sha256`` is the file's that was handed in, else the issue's; the words of an issue are empty when there is none."""

    state: State
    sha256: str
    kind: Sentence = ""
    number: str = ""
    on: date | None = None
    organ: str = ""
    code: str = ""
    corrected_by: str = ""
    is_copy: bool = False


def find(code: str) -> Proof | None:
    """The issue of a code, however it was typed; None also while its paper is not set, so that nothing is told early."""
    issue = _of_code(codes.normal(code))
    return _standing(issue, State.ON_RECORD, issue.sha256) if issue else None


def of_file(content: bytes) -> Proof:
    """What a file is. Raises exhibit.Busy; a hostile file is looked at by a child process within limits."""
    sha256 = hashlib.sha256(content).hexdigest()
    return of_hash(sha256) or _examined(exhibit.look(content), sha256)


def of_hash(sha256: str) -> Proof | None:
    """The issue, or the recipient's copy, with this SHA-256; None says nothing yet (see of_file)."""
    issue = _issues().filter(sha256=sha256).first()
    if issue is not None:
        return _standing(issue, State.GENUINE, sha256)
    copy = Recipient.objects.filter(sha256=sha256).first()
    return _standing(_issues().get(pk=copy.issue_id), State.COPY, sha256) if copy else None


def _issues() -> "QuerySet[Issue]":
    return Issue.objects.exclude(sha256="").select_related("briefing").order_by("pk")


def _of_code(code: str) -> Issue | None:
    return _issues().filter(code=code).first() if code else None


def _examined(seen: exhibit.Exhibit, sha256: str) -> Proof:
    """A file that is neither an issue nor a recipient's copy."""
    seal = seen.verdict
    issue = next(filter(None, map(_of_code, seen.codes)), None)
    if issue is None:
        if not seal.ours:
            return Proof(State.UNKNOWN, sha256)
        return Proof(State.UNRECORDED if seal.intact else State.ALTERED, sha256)
    if seal.intact and _was_given(issue, sha256):
        return _standing(issue, State.COPY, sha256)
    return _told(issue, State.UNRECORDED if seal.intact else State.ALTERED, sha256)


def _was_given(issue: Issue, sha256: str) -> bool:
    """Readers who are no recipients get copies that are kept nowhere but in the log."""
    given = audit.trail_of(issue.briefing).filter(verb="briefings.download").values_list("data", flat=True)
    return any(data.get("sha256") == sha256 for data in given)


def _standing(issue: Issue, state: State, sha256: str) -> Proof:
    """The same, unless the issue was voided or corrected since."""
    later = _issues().filter(corrects=issue).exclude(briefing__state=BriefingState.VOIDED).last()
    proof = _told(issue, state, sha256)
    if issue.briefing.state == BriefingState.VOIDED:
        return replace(proof, state=State.VOIDED)
    if later is not None:
        return replace(proof, state=State.CORRECTED, corrected_by=document.number_words(later.snapshot))
    return proof


def _told(issue: Issue, state: State, sha256: str) -> Proof:
    words = issue.snapshot
    return Proof(state=state, sha256=sha256, kind=issue.get_kind_display(), number=document.number_words(words),
                 on=date.fromisoformat(words["date"]), organ=words["organ"], code=issue.code, is_copy=state == State.COPY)
