"""The resident's desk: its home and its lists."""

from django.utils.translation import gettext_lazy as _

from portal.kit import homes


class Home(homes.Home):
    desk = "residents"
    intro = _("What became of what you said, and what you can do now.")
