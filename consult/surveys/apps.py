from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "consult.surveys"
    label = "surveys"
    verbose_name = _("surveys")

    def ready(self) -> None:
        """Make known who sees what, and the words of notices."""
        from consult.surveys import notices, rules  # noqa: F401
