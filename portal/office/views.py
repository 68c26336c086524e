"""The desk of the CPPCC office: its home and its lists."""

from django.utils.translation import gettext_lazy as _

from portal.kit import homes


class Home(homes.Home):
    desk = "office"
    intro = _("Everything that waits for the CPPCC office.")
