"""The desk of members, experts and subdistrict cadres: its home and its lists."""

from django.utils.translation import gettext_lazy as _

from portal.kit import homes


class Home(homes.Home):
    desk = "members"
    intro = _("Opinions, consultations and look-backs that wait for you.")
