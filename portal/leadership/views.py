"""The desk of the chair and of district leaders: its home and its lists."""

from django.utils.translation import gettext_lazy as _

from portal.kit import homes


class Home(homes.Home):
    desk = "leadership"
    intro = _("What waits for your decision, and how the loop is doing.")
