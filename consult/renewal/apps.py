from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RenewalConfig(AppConfig):
    name = "consult.renewal"
    label = "renewal"
    verbose_name = _("renewal")

    def ready(self) -> None:
        """Make known who sees what, and the words of notices."""
        from consult.renewal import rules  # noqa: F401
