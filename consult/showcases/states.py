"""Where a public case stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit import audit


class CaseState(models.TextChoices):
    DRAFTED = "drafted", _("drafted")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


audit.names("showcases", {"write": _("written"), "edit": _("edited"), "publish": _("published"), "withdraw": _("withdrawn")})
