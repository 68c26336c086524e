"""The verbs of a review: remarks on one part of a draft, and what was done about them."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.briefings import notices, rules
from consult.briefings.models import Briefing, Comment
from consult.briefings.sending import closed
from consult.briefings.states import UNSIGNED, Part
from consult.kit import audit
from consult.kit.rules import require
from consult.kit.states import lock

LENGTH = 2_000


def comment(briefing: Briefing, *, part: str, text: str, by: Any, at: datetime) -> Comment:
    """Remark on one part of a paper that is not signed yet. Review and sign-off wait until it is settled."""
    with transaction.atomic():
        fresh = _unsigned(briefing)
        require(rules.may_comment, by, fresh)
        if part not in Part.values:
            raise ValidationError({"part": _("Choose the part the comment is about.")})
        if not text.strip() or len(text) > LENGTH:
            raise ValidationError({"text": _("Please write the comment, in at most %(limit)s characters.") % {"limit": LENGTH}})
        made = Comment.objects.create(briefing=fresh, part=part, text=text.strip(), by=by, at=at)
        audit.write("briefings.comment", fresh, by=by, at=at, data={"comment": made.pk, "part": part})
        notices.commented(made, at)
    return made


def settle_comment(briefing: Briefing, *, comment: Comment, answer: str, by: Any, at: datetime) -> Comment:
    """Say what was done about a comment; whoever wrote it is told. Settled once."""
    with transaction.atomic():
        fresh = _unsigned(briefing)
        require(rules.may_settle_comment, by, fresh)
        found = fresh.comments.filter(pk=comment.pk, settled_at=None).first()
        if found is None:
            raise ValidationError({"comment": _("This comment is settled already. Please look at the page again.")})
        if not answer.strip():
            raise ValidationError({"answer": _("Please say what was done, or why nothing was.")})
        found.answer, found.settled_by, found.settled_at = answer.strip(), by, at
        found.clean_fields()
        found.save(update_fields=["answer", "settled_by", "settled_at"])
        audit.write("briefings.settle_comment", fresh, by=by, at=at, data={"comment": found.pk, "part": found.part})
        notices.comment_settled(found, at)
    return found


def _unsigned(briefing: Briefing) -> Briefing:
    fresh = lock(briefing)
    if fresh.state not in UNSIGNED:
        raise closed(fresh)
    return fresh
