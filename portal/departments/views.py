"""The desk of a handling unit: its home and its lists."""

from django.utils.translation import gettext_lazy as _

from portal.kit import homes


class Home(homes.Home):
    desk = "departments"
    intro = _("Your unit's tasks, with their deadlines.")
