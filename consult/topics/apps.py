from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TopicsConfig(AppConfig):
    name = "consult.topics"
    label = "topics"
    verbose_name = _("topics")

    def ready(self) -> None:
        """Make known who sees what, and the words of notices."""
        from consult.topics import notices, rules  # noqa: F401
