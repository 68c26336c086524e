"""The desk of the supervision office: its home and its lists."""

from django.utils.translation import gettext_lazy as _

from portal.kit import homes


class Home(homes.Home):
    desk = "supervision"
    intro = _("Instructions to assign, replies to check, deadlines to watch.")
