"""Replies made public: within their time, without anybody's data, and taken back where something slipped through."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.kit import audit
from consult.kit.states import WrongState
from consult.recommendations.wording import check_words
from consult.tasks import notices, rules
from consult.tasks.holding import held, said
from consult.tasks.models import Reply, Task
from consult.tasks.states import Publicity, ReplyState, TaskState

#: What is published was answered.
DONE = (TaskState.ANSWERED, TaskState.CLOSED, TaskState.HANDLING, TaskState.ASSIGNED, TaskState.COSIGNING, TaskState.IN_REVIEW)


def to_publish(task: Task) -> list[Reply]:
    """The approved replies that are open to the public and not there yet."""
    return [reply for reply in task.replies.all() if reply.state == ReplyState.APPROVED and reply.publish_by
            and reply.published_at is None]


def published(task: Task) -> list[Reply]:
    return [reply for reply in task.replies.all() if reply.published_at is not None]


def publish(task: Task, *, reply: Reply, text: str, by: Any, at: datetime) -> Reply:
    """Publish one reply in a wording from which everything that tells who spoke is taken out (区分处理后公开).

    The approved paper stays as it is; ``text`` is what the public reads. Names of residents, telephone numbers and the like
    are refused by field. The department's contact person is never published.
    """
    text = said("text", text, _("Write what the public shall read."), 30000)
    with held(task, rules.may_publish, by, *DONE) as fresh:
        found = _mine(fresh, reply)
        if found not in to_publish(fresh):
            raise WrongState(_("This reply is published already, or it is not open to the public."))
        check_words({"text": text}, consultations=[fresh.recommendation.consultation_id])
        found.public_text, found.published_at, found.published_by = text, at, by
        found.save(update_fields=["public_text", "published_at", "published_by"])
        audit.write("tasks.publish", fresh, by=by, at=at, data={
            "reply": found.pk, "by": found.publish_by, "whole": text == found.whole})
        notices.tell_departments("published", fresh, at=at)
        notices.tell_office("published", fresh, at=at)
    return found


def withdraw(task: Task, *, reply: Reply, reason: str, by: Any, at: datetime) -> Reply:
    """Take a published reply back at once, with the reason; it can be published again in another wording."""
    reason = said("reason", reason, _("Say why it is taken back."), 300)
    with held(task, rules.may_withdraw, by, *DONE) as fresh:
        found = _mine(fresh, reply)
        if found.published_at is None:
            raise WrongState(_("This reply is not published."))
        found.published_at = found.published_by = None
        found.save(update_fields=["published_at", "published_by"])
        audit.write("tasks.withdraw", fresh, by=by, at=at, data={"reply": found.pk, "reason": reason})
        notices.tell_departments("withdrawn", fresh, at=at)
    return found


def close_to_public(task: Task, *, reply: Reply, publicity: str, reason: str, by: Any, at: datetime) -> Reply:
    """Decide after the review that a reply is not published on one's own initiative after all, with the reason."""
    reason = said("reason", reason, _("Say why the reply is not published on your own initiative."), 200)
    if publicity not in (Publicity.ON_REQUEST, Publicity.CLOSED):
        raise ValidationError({"publicity": _("Choose whether the reply is published.")})
    with held(task, rules.may_publish, by, *DONE) as fresh:
        found = _mine(fresh, reply)
        if found not in to_publish(fresh):
            raise WrongState(_("This reply is published already, or it is not open to the public."))
        found.publicity, found.publicity_reason, found.publish_by = publicity, reason, None
        found.save(update_fields=["publicity", "publicity_reason", "publish_by"])
        audit.write("tasks.close_to_public", fresh, by=by, at=at, data={
            "reply": found.pk, "publicity": publicity, "reason": reason})
    return found


def _mine(task: Task, reply: Reply) -> Reply:
    found = next((one for one in task.replies.select_related("department") if one.pk == reply.pk), None)
    if found is None:
        raise ValidationError({"reply": _("Choose a reply of this task.")})
    return found
