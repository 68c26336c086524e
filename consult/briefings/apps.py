from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BriefingsConfig(AppConfig):
    name = "consult.briefings"
    label = "briefings"
    verbose_name = _("briefings")

    def ready(self) -> None:
        """Make known who sees what, and the words of notices."""
        from consult.briefings import notices, rules  # noqa: F401
