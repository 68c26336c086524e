"""The bulletins of the district: read here once they are issued."""

from portal.rooms.circulars import DistrictBulletinList


class DistrictBulletins(DistrictBulletinList):
    pass
