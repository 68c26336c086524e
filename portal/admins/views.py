"""The desk of the three administrators: its home and its lists."""

from django.utils.translation import gettext_lazy as _

from portal.kit import homes


class Home(homes.Home):
    desk = "admins"
    intro = _("Accounts, appointments and the log: three separate hands.")
