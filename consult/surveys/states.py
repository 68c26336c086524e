"""Where a survey stands and which kinds of questions there are."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit import audit


class SurveyState(models.TextChoices):
    DRAFTED = "drafted", _("draft")
    OPENED = "opened", _("open for answers")
    CLOSED = "closed", _("closed for answers")


class Purpose(models.TextChoices):
    BEFORE = "before", _("before the consultation")
    AFTER = "after", _("after the consultation")


class QuestionKind(models.TextChoices):
    ONE = "one", _("one choice")
    MANY = "many", _("several choices")
    TEXT = "text", _("free text")


class Channel(models.TextChoices):
    WEB = "web", _("on the web")
    PAPER = "paper", _("on paper")


audit.names("surveys", {
    "draft": _("drafted"), "open": _("opened"), "close": _("closed"), "respond": _("filled in"),
    "tell_invited": _("number of people asked told"), "number_sheets": _("sheets numbered"), "enter": _("sheet entered"),
    "void": _("sheet taken out"),
})
