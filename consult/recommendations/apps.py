from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommendationsConfig(AppConfig):
    name = "consult.recommendations"
    label = "recommendations"
    verbose_name = _("recommendations")

    def ready(self) -> None:
        """Make known who sees what, and the words of notices."""
        from consult.recommendations import notices, rules  # noqa: F401
