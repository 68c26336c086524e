"""The look-backs a member leads or may read."""

from django.utils.translation import gettext_lazy as _

from portal.filters.followups import MyLookBackFilters
from portal.rooms.followups import LookBackList


class LookBacks(LookBackList):
    title = _("Look-backs")
    intro = _("Those you lead, and those on consultations you sat in.")
    empty = _("No look-back is planned for you yet.")
    filterset = MyLookBackFilters
