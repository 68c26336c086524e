"""Published replies, for everybody: what departments answered, without anybody's data."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.tasks import rules
from consult.tasks.models import Reply
from portal.filters.replies import PublicReplies
from portal.kit.lists import Column, List


class Replies(List):
    model = Reply
    visible_to = rules.replies_readable_by
    filterset = PublicReplies
    title = _("Published replies")
    intro = _("What departments answered to recommendations, as they are published. Names and telephone numbers are taken out.")
    empty = _("No reply has been published yet.")
    related = ("department", "task")
    order = ("-published_at", "-pk")
    public = True
    columns = (Column("title", _("Title"), link=True, value="task.title"), Column("department", _("Department")),
               Column("outcome", _("Outcome"), value=lambda reply: reply.get_outcome_display()),
               Column("published_at", _("Published at")))

    def rows(self, user: Any) -> Any:
        return super().rows(user).filter(published_at__isnull=False)
