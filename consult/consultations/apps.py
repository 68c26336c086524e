from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    name = "consult.consultations"
    label = "consultations"
    verbose_name = _("consultations")

    def ready(self) -> None:
        """Make known who sees what, and the words of notices."""
        from consult.consultations import notices, rules  # noqa: F401
