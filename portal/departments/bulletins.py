"""The bulletins of the district on periods in which the department had a part in a task."""

from django.utils.translation import gettext_lazy as _

from portal.rooms.circulars import DistrictBulletinList


class DistrictBulletins(DistrictBulletinList):
    intro = _("Those on periods in which your department had a part in a task.")
