"""The bulletins of the district: written here."""

from django.utils.translation import gettext_lazy as _

from portal.rooms.circulars import DistrictBulletinList


class DistrictBulletins(DistrictBulletinList):
    intro = _("Compiled from what the tasks of a period say: answers, deadlines, promises. You write the foreword.")
    start = ("districtbulletin.draft", _("Draft a district bulletin"))
