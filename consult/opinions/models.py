"""Somebody says something: the opinion, its sealed identity, its messages and what triage decided."""

import uuid
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar
from consult.kit.grants import GrantBase
from consult.kit.sealing import mask
from consult.kit.states import RETURN_VALUE, StateField, Stateful, transition
from consult.opinions.states import (
    ASIDE,
    OPEN,
    TAKEN_BACK,
    Channel,
    Doubt,
    IdentityMode,
    Letter,
    OpinionState,
    Outcome,
    Reason,
    Tag,
)
from consult.people.models import CommitteeMember, Community, Jurisdiction, Resident, Subdistrict
from consult.renewal.models import RenewalProject

S = OpinionState


class ImportBatch(models.Model):
    """One sheet of opinions brought in at once."""

    name = models.CharField(_("file name"), max_length=120)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField(_("rows"))
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField(_("imported at"))

    class Meta:
        verbose_name = _("import batch")
        verbose_name_plural = _("import batches")


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def waiting(self) -> "OpinionQuerySet":
        """Waiting for triage by the office."""
        return self.filter(state__in=OPEN)

    def heard(self) -> "OpinionQuerySet":
        """All but those in quarantine and those set aside as spam: what is seen, counted, searched and compared."""
        return self.exclude(state__in=ASIDE)

    def standing(self) -> "OpinionQuerySet":
        """Neither merged nor turned away nor closed nor doubtful: what others say may be the same as these."""
        return self.exclude(state__in=(S.MERGED, S.DECLINED, S.ARCHIVED, *ASIDE))

    def between(self, first: date, until: date) -> "OpinionQuerySet":
        """Handed in from ``first`` on and before ``until``, by the calendar here."""
        return self.filter(submitted_at__gte=calendar.midnight(first), submitted_at__lt=calendar.midnight(until))


class Opinion(Stateful):
    """One matter said by one person. Who said it is sealed apart; text is de-identified before it leaves the office."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4, help_text=_("Sent by the form: the same key is the "
                                                                        "same opinion."))
    receipt_hash = models.CharField(max_length=160, blank=True)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    subdistrict = models.ForeignKey(Subdistrict, models.PROTECT, null=True, blank=True, related_name="+",
                                    verbose_name=_("subdistrict"))
    community = models.ForeignKey(Community, models.PROTECT, null=True, blank=True, related_name="+",
                                  verbose_name=_("community"))
    project = models.ForeignKey(RenewalProject, models.PROTECT, null=True, blank=True, related_name="+",
                                verbose_name=_("renewal project"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    text = models.TextField(_("what you want to say"))
    tags = models.JSONField(_("about"), default=list, blank=True)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices, default=Channel.WEB)
    identity_mode = models.CharField(_("who may know who you are"), max_length=12, choices=IdentityMode.choices,
                                     default=IdentityMode.CPPCC_ONLY)
    state = StateField(choices=S.choices, default=S.SUBMITTED)
    doubts = models.JSONField(_("why it was checked first"), default=list, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged",
                                    verbose_name=_("merged into"))
    split_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts",
                                   verbose_name=_("split off from"))
    resident = models.ForeignKey(Resident, models.SET_NULL, null=True, blank=True, related_name="+",
                                 verbose_name=_("resident with an account"))
    bearer = models.ForeignKey(CommitteeMember, models.PROTECT, null=True, blank=True, related_name="+",
                               verbose_name=_("brought in by member"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
                                   verbose_name=_("entered by"))
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, blank=True, related_name="+")
    external_no = models.CharField(_("number elsewhere"), max_length=60, blank=True, help_text=_("As in the hotline's sheet."))
    joins = models.CharField(_("topic it joins"), max_length=32, blank=True, db_index=True, help_text=_(
        "The number of a public topic, as chosen by whoever handed it in."))
    submitted_at = models.DateTimeField(_("handed in at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    deidentified_at = models.DateTimeField(_("personal numbers starred at"), null=True, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering: ClassVar[Any] = ["-submitted_at", "-id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["jurisdiction", "-submitted_at", "-id"]),
            models.Index(fields=["jurisdiction", "state", "-submitted_at", "-id"]),
            models.Index(fields=["project", "-submitted_at", "-id"]),
            models.Index(fields=["bearer", "-submitted_at", "-id"]),
            models.Index(fields=["subdistrict", "-submitted_at", "-id"]),
            models.Index(fields=["resident", "-submitted_at", "-id"]),
        ]
        constraints: ClassVar[Any] = [models.UniqueConstraint(
            fields=["jurisdiction", "external_no"], condition=~models.Q(external_no=""), name="number_elsewhere_once")]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> str:
        """The first words, for lists: without telephone and identity numbers, whoever looks."""
        words = mask(self.text)
        return words if len(words) <= 40 else words[:39] + "…"

    @property
    def tag_labels(self) -> list[Any]:
        """What it is about, in words; codes of earlier lists are shown as they are."""
        return [Tag(code).label if code in Tag.values else code for code in self.tags]

    @property
    def doubt_labels(self) -> list[Any]:
        return [Doubt(code).label for code in self.doubts]

    @transition(field="state", source=[S.QUARANTINED, S.SPAM], target=S.SUBMITTED)
    def admit(self) -> None: ...

    @transition(field="state", source=S.QUARANTINED, target=S.SPAM)
    def set_aside(self) -> None: ...

    @transition(field="state", source=S.SUBMITTED, target=S.ACCEPTED)
    def accept(self, accepted_at: Any) -> None:
        self.accepted_at = accepted_at

    @transition(field="state", source=[S.SUBMITTED, S.ACCEPTED, S.KEPT], target=S.ADOPTED)
    def adopt(self) -> None: ...

    @transition(field="state", source=S.ADOPTED, target=S.ACCEPTED)
    def release(self) -> None: ...

    @transition(field="state", source=[S.SUBMITTED, S.ACCEPTED], target=S.MERGED)
    def merge(self, into: "Opinion") -> None:
        self.merged_into = into

    @transition(field="state", source=[S.SUBMITTED, S.ACCEPTED], target=S.REFERRED)
    def refer(self) -> None: ...

    @transition(field="state", source=list(TAKEN_BACK), target=RETURN_VALUE(S.SUBMITTED, S.ACCEPTED))
    def take_back(self, to: str) -> str:
        """Where it stood before the decision."""
        self.merged_into = None
        if to == S.SUBMITTED:
            self.accepted_at = None
        return to

    @transition(field="state", source=list(OPEN), target=None)
    def split(self) -> None: ...

    @transition(field="state", source=[S.SUBMITTED, S.ACCEPTED, S.REFERRED], target=S.ANSWERED)
    def answer(self) -> None: ...

    @transition(field="state", source=[S.SUBMITTED, S.ACCEPTED], target=S.KEPT)
    def keep(self) -> None: ...

    @transition(field="state", source=[S.SUBMITTED, S.ACCEPTED], target=S.DECLINED)
    def decline(self) -> None: ...

    @transition(field="state", source=[S.ADOPTED, S.MERGED, S.RESPONDED, S.RATED], target=S.RESPONDED)
    def respond(self) -> None: ...

    @transition(field="state", source=[S.RESPONDED, S.ANSWERED, S.RATED], target=S.RATED)
    def rate(self) -> None: ...

    @transition(field="state", target=S.ARCHIVED,
                source=[S.RESPONDED, S.ANSWERED, S.RATED, S.REFERRED, S.KEPT, S.DECLINED])
    def archive(self) -> None: ...


class OpinionGrant(GrantBase):
    """One person may see one opinion for a while."""

    content_object = models.ForeignKey(Opinion, models.CASCADE)


class SealedIdentity(models.Model):
    """Who said it: one encrypted blob apart from the content. Every opening leaves an event."""

    opinion = models.OneToOneField(Opinion, models.CASCADE, related_name="identity", verbose_name=_("opinion"))
    sealed = models.BinaryField(_("sealed name, telephone, address"))
    key_id = models.CharField(_("key it is sealed with"), max_length=16, blank=True, db_index=True)
    blind_phone = models.CharField(max_length=64, blank=True, db_index=True)
    consent_version = models.CharField(_("consent wording"), max_length=20)
    consented_at = models.DateTimeField(_("consented at"))
    share_with_department = models.BooleanField(_("separate consent to tell the department"), default=False)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sealed identity")
        verbose_name_plural = _("sealed identities")


class Consent(models.Model):
    """What somebody agreed to, in exactly these words. Kept as proof when the contact itself is erased."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("the CPPCC office keeps the contact")
        DEPARTMENT = "department", _("the handling department is told")

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="consents", verbose_name=_("opinion"))
    kind = models.CharField(_("agreed to what"), max_length=12, choices=Kind.choices)
    version = models.CharField(_("consent wording"), max_length=20)
    wording = models.TextField(_("the words agreed to"))
    sha256 = models.CharField(_("fingerprint of the words"), max_length=64)
    given_at = models.DateTimeField(_("given at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering: ClassVar[Any] = ["given_at", "id"]


class OpinionMessage(models.Model):
    """One message on an opinion: to the submitter, from the submitter, or an inner note."""

    class Way(models.TextChoices):
        TO_SUBMITTER = "out", _("to the submitter")
        FROM_SUBMITTER = "in", _("from the submitter")
        INTERNAL = "note", _("inner note")

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="messages", verbose_name=_("opinion"))
    key = models.UUIDField(unique=True, null=True, blank=True, help_text=_("Sent by the form: the same key is the same "
                                                                           "message."))
    way = models.CharField(_("direction"), max_length=4, choices=Way.choices)
    text = models.TextField(_("text"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar[Any] = ["at", "id"]


class TriageDecision(models.Model):
    """What triage decided, with its reason and the words sent to the submitter. Decisions are added, never changed."""

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="decisions", verbose_name=_("opinion"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices, blank=True)
    passed_to = models.CharField(_("passed to"), max_length=80, blank=True)
    message = models.TextField(_("message to the submitter"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("triage decision")
        verbose_name_plural = _("triage decisions")
        ordering: ClassVar[Any] = ["at", "id"]
        constraints: ClassVar[Any] = [models.CheckConstraint(
            condition=~models.Q(outcome="decline") | ~models.Q(reason=""), name="declining_needs_a_reason")]


class TakenBack(models.Model):
    """One decision of triage that was taken back, and why."""

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="taken_back", verbose_name=_("opinion"))
    move = models.CharField(_("what was taken back"), max_length=12)
    reason = models.CharField(_("reason"), max_length=300)
    message = models.TextField(_("message to the submitter"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("decision taken back")
        verbose_name_plural = _("decisions taken back")
        ordering: ClassVar[Any] = ["at", "id"]

    @property
    def label(self) -> Any:
        """What it was, in words."""
        return audit.label(f"opinions.{self.move}")


class Claim(models.Model):
    """Who has an opinion in hand, and until when. ``taken``: on purpose, not only by opening its page."""

    opinion = models.OneToOneField(Opinion, models.CASCADE, related_name="claim", verbose_name=_("opinion"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("in the hands of"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))
    taken = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("opinion in hand")
        verbose_name_plural = _("opinions in hand")


class TriageTemplate(models.Model):
    """The office's own usual words for one outcome; the first in order is the one a form begins with."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="+", verbose_name=_("jurisdiction"))
    outcome = models.CharField(_("used for"), max_length=12, choices=Letter.choices)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices, blank=True)
    name = models.CharField(_("name"), max_length=60)
    text = models.TextField(_("text"), max_length=3000)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("in use"), default=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
                                   verbose_name=_("changed by"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("usual words")
        verbose_name_plural = _("usual words")
        ordering: ClassVar[Any] = ["outcome", "reason", "order", "id"]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["jurisdiction", "outcome", "reason", "name"], name="usual_words_named_once"),
            models.CheckConstraint(condition=models.Q(outcome="decline") | models.Q(reason=""), name="reason_only_to_decline")]

    def __str__(self) -> str:
        return self.name


class ReceiptTry(models.Model):
    """One wrong try at a receipt code, kept for an hour: who guesses is stopped. Says nothing about who tried."""

    number = models.CharField(max_length=32, db_index=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("wrong receipt code")
        verbose_name_plural = _("wrong receipt codes")
