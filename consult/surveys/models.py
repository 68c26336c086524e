"""Asked before a consultation, asked after: surveys without accounts, counted, never traced to a person."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit.states import StateField, Stateful, transition
from consult.people.models import Jurisdiction
from consult.renewal.models import RenewalProject
from consult.surveys.states import Channel, Purpose, QuestionKind, SurveyState

S = SurveyState


class Survey(Stateful):
    """A questionnaire about one project; one asked after a consultation names the one before, with which it is compared."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    project = models.ForeignKey(RenewalProject, models.PROTECT, related_name="+", verbose_name=_("renewal project"))
    title = models.CharField(_("title"), max_length=120)
    intro = models.TextField(_("introduction"), blank=True)
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose.choices)
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+",
                                verbose_name=_("survey before the consultation"))
    invited = models.PositiveIntegerField(_("people asked"), default=0)
    invited_source = models.CharField(_("where the number comes from"), max_length=120, blank=True)
    sheets = models.PositiveIntegerField(_("sheets numbered"), default=0)
    closes_on = models.DateField(_("closes on"), null=True, blank=True)
    state = StateField(choices=S.choices, default=S.DRAFTED)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering: ClassVar[Any] = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def asked(self) -> str:
        """The words of its questions, for the search."""
        return "\n".join(self.questions.values_list("text", flat=True))

    @transition(field="state", source=S.DRAFTED, target=S.OPENED)
    def open(self) -> None: ...

    @transition(field="state", source=S.OPENED, target=S.CLOSED)
    def close(self) -> None: ...


class Question(models.Model):
    """One question of a survey."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions", verbose_name=_("survey"))
    order = models.PositiveSmallIntegerField(_("order"))
    text = models.CharField(_("question"), max_length=200)
    kind = models.CharField(_("kind"), max_length=8, choices=QuestionKind.choices)
    same_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+",
                                verbose_name=_("compared with the question"))

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering: ClassVar[Any] = ["order", "id"]


class Choice(models.Model):
    """One choice of a question."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices", verbose_name=_("question"))
    order = models.PositiveSmallIntegerField(_("order"))
    text = models.CharField(_("choice"), max_length=120)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering: ClassVar[Any] = ["order", "id"]


class Responses(models.QuerySet["Response"]):
    """Filled questionnaires."""

    def counted(self) -> "Responses":
        """Without the sheets that were taken out again."""
        return self.filter(voided_at=None)

    def on_paper(self) -> "Responses":
        return self.filter(channel=Channel.PAPER)


class Response(models.Model):
    """One filled questionnaire; the name of whoever filled it in is not kept, that of whoever copied a sheet is."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="responses", verbose_name=_("survey"))
    key = models.UUIDField(unique=True)
    answered_on = models.DateField(_("answered on"))
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.WEB)
    serial = models.PositiveIntegerField(_("number of the sheet"), null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
                                   verbose_name=_("entered by"))
    voided_at = models.DateTimeField(_("taken out at"), null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
                                  verbose_name=_("taken out by"))
    void_reason = models.CharField(_("why it was taken out"), max_length=300, blank=True)

    objects = Responses.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["survey", "serial"], condition=models.Q(voided_at=None), name="sheet_counts_once"),
            models.CheckConstraint(
                name="sheet_has_number_and_hand",
                condition=models.Q(channel=Channel.WEB, serial=None, entered_by=None)
                | models.Q(channel=Channel.PAPER, serial__isnull=False, entered_by__isnull=False)),
        ]

    @property
    def jurisdiction_id(self) -> int:
        return self.survey.jurisdiction_id


class Answer(models.Model):
    """One answer: a choice or words."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="answers", verbose_name=_("response"))
    question = models.ForeignKey(Question, models.CASCADE, related_name="+", verbose_name=_("question"))
    choice = models.ForeignKey(Choice, models.CASCADE, null=True, blank=True, related_name="+",
                               verbose_name=_("choice"))
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
