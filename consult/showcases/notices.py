"""Who hears of a published case."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from consult.kit import notices
from consult.people.notices import holders
from consult.people.roles import Role
from consult.showcases.models import Case

notices.kinds("showcases", {"published": _("The case “%(title)s” is published.")})


def published(case: Case, at: datetime) -> None:
    notices.queue("showcases.published", holders(Role.CHAIR, where=case.jurisdiction_id, at=at), case, at=at, title=case.title)
