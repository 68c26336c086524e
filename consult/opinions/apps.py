from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpinionsConfig(AppConfig):
    name = "consult.opinions"
    label = "opinions"
    verbose_name = _("opinions")

    def ready(self) -> None:
        """Make known who sees what, and the words of notices."""
        from consult.opinions import notices, rules  # noqa: F401
