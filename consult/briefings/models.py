"""Leadership is told, on paper; instructions come back."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.briefings.states import OUT, WORKING, BriefingKind, BriefingState, InstructionKind, InstructionState, Part
from consult.kit.grants import GrantBase
from consult.kit.paper.codes import new_code
from consult.kit.states import StateField, Stateful, transition
from consult.people.models import Jurisdiction
from consult.recommendations.models import Recommendation
from consult.topics.models import Topic

S = BriefingState
N = InstructionState


class BriefingQuerySet(models.QuerySet["Briefing"]):
    def out(self) -> "BriefingQuerySet":
        """Dispatched, whatever came back since."""
        return self.filter(state__in=OUT)


class Briefing(Stateful):
    """A paper to the district committee and government, compiled from chosen recommendations."""

    kind = models.CharField(_("kind"), max_length=12, choices=BriefingKind.choices, default=BriefingKind.BRIEFING)
    title = models.CharField(_("title"), max_length=120)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+", verbose_name=_("topic"))
    main_to = models.CharField(_("main recipient"), max_length=120, default="区委、区政府")
    cc = models.CharField(_("copies to"), max_length=300, blank=True)
    overview = models.TextField(_("overview of the consultation"))
    problems = models.TextField(_("problems"))
    dissent = models.TextField(_("dissent"), blank=True)
    contact = models.CharField(_("contact person and telephone of the office"), max_length=80, blank=True)
    copies = models.PositiveSmallIntegerField(_("printed copies"), null=True, blank=True)
    correction_reason = models.TextField(_("reason for the correction"), blank=True)
    personal = models.BooleanField(_("the correction is about personal data"), default=False)
    review_note = models.TextField(_("review comment"), blank=True)
    state = StateField(choices=S.choices, default=S.DRAFTED)
    compiled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("compiled by"))
    compiled_at = models.DateTimeField(_("compiled at"))
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
                                     verbose_name=_("put up for review by"))
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewed by"))
    corrects = models.ForeignKey(
        "briefings.Issue", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("corrects the issue"))

    objects = BriefingQuerySet.as_manager()

    class Meta:
        verbose_name = _("briefing")
        verbose_name_plural = _("briefings")
        ordering: ClassVar[Any] = ["-compiled_at", "-id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["jurisdiction", "-compiled_at", "-id"]),
            models.Index(fields=["jurisdiction", "state", "-compiled_at", "-id"])
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def issue_or_none(self) -> "Issue | None":
        """The numbered paper, once it is signed off."""
        return getattr(self, "paper", None)

    @transition(field="state", source=S.DRAFTED, target=S.IN_REVIEW)
    def submit_review(self, who: Any) -> None:
        self.submitted_by, self.reviewed_by = who, None

    @transition(field="state", source=[S.IN_REVIEW, S.REVIEWED], target=S.DRAFTED)
    def send_back(self, note: str) -> None:
        self.review_note = note

    @transition(field="state", source=S.IN_REVIEW, target=S.REVIEWED)
    def pass_review(self, reviewer: Any, note: str = "") -> None:
        self.reviewed_by, self.review_note = reviewer, note

    @transition(field="state", source=S.REVIEWED, target=S.SIGNED)
    def sign_off(self) -> None: ...

    @transition(field="state", source=S.SIGNED, target=S.ISSUED)
    def issue(self) -> None: ...

    @transition(field="state", source=[S.ISSUED, S.DISPATCHED], target=S.DISPATCHED)
    def dispatch(self) -> None: ...

    @transition(field="state", source=[S.DISPATCHED, S.INSTRUCTED], target=S.INSTRUCTED)
    def instruct(self) -> None: ...

    @transition(field="state", source=[S.DISPATCHED, S.INSTRUCTED], target=S.ARCHIVED)
    def archive(self) -> None: ...

    @transition(field="state", source=[S.DRAFTED, S.IN_REVIEW, S.REVIEWED, S.SIGNED, S.ISSUED], target=S.VOIDED)
    def void(self, note: str) -> None:
        self.review_note = note


class BriefingGrant(GrantBase):
    """One person may read one briefing for a while."""

    content_object = models.ForeignKey(Briefing, models.CASCADE)


class BriefingItem(models.Model):
    """One chosen recommendation in a briefing, in its words at the time."""

    briefing = models.ForeignKey(Briefing, models.CASCADE, related_name="items", verbose_name=_("briefing"))
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="+", verbose_name=_("recommendation"))
    order = models.PositiveSmallIntegerField(_("order"))

    class Meta:
        verbose_name = _("briefing item")
        verbose_name_plural = _("briefing items")
        ordering: ClassVar[Any] = ["order", "id"]
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=["briefing", "recommendation"], name="chosen_once")]


class Annex(models.Model):
    """A text bound behind the paper (附件): headings, lists and tables in the plain marks of Markdown."""

    briefing = models.ForeignKey(Briefing, models.CASCADE, related_name="annexes", verbose_name=_("briefing"))
    order = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("annex")
        verbose_name_plural = _("annexes")
        ordering: ClassVar[Any] = ["order", "id"]

    def __str__(self) -> str:
        return self.title


class CommentQuerySet(models.QuerySet["Comment"]):
    def open(self) -> "CommentQuerySet":
        """Nobody has seen to them yet: review and sign-off wait."""
        return self.filter(settled_at=None)


class Comment(models.Model):
    """A reader's remark on one part of a draft, settled by whoever saw to it."""

    briefing = models.ForeignKey(Briefing, models.CASCADE, related_name="comments", verbose_name=_("briefing"))
    part = models.CharField(_("part"), max_length=16, choices=Part.choices)
    text = models.TextField(_("comment"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))
    at = models.DateTimeField(_("written at"))
    answer = models.CharField(_("what was done"), max_length=300, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("settled by"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering: ClassVar[Any] = ["at", "id"]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 60 else self.text[:59] + "…"


class Issue(models.Model):
    """The frozen, numbered paper: its text as signed, its PDF and the hash of its bytes."""

    briefing = models.OneToOneField(Briefing, models.PROTECT, related_name="paper", verbose_name=_("briefing"))
    kind = models.CharField(_("kind"), max_length=12, choices=BriefingKind.choices)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    year = models.PositiveSmallIntegerField(_("year"))
    issue_no = models.PositiveIntegerField(_("issue number"))
    total_no = models.PositiveIntegerField(_("running total"))
    snapshot = models.JSONField(_("text as signed"))
    snapshot_sha256 = models.CharField(max_length=64)
    symbol = models.CharField(_("document number"), max_length=40, blank=True)
    code = models.CharField(_("verification code"), max_length=20, unique=True, default=new_code, editable=False)
    file = models.FileField(_("PDF"), upload_to="issues/", blank=True)
    sha256 = models.CharField(_("hash of the PDF"), max_length=64, blank=True)
    plain_sha256 = models.CharField(_("hash before signing"), max_length=64, blank=True)
    plain_size = models.PositiveIntegerField(_("bytes before signing"), default=0)
    report = models.JSONField(_("self-check"), default=dict, blank=True)
    failure = models.CharField(_("why setting failed"), max_length=300, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("signed by"))
    signed_at = models.DateTimeField(_("signed at"))
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("corrects"))

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering: ClassVar[Any] = ["-year", "-issue_no"]
        indexes: ClassVar[Any] = [models.Index(fields=["jurisdiction", "-year", "kind", "-issue_no"])]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["jurisdiction", "kind", "year", "issue_no"], name="issue_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}-{self.issue_no}"


class Recipient(models.Model):
    """Somebody an issue was dispatched to, and when it was first opened."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="recipients", verbose_name=_("issue"))
    #: That of the issue, which never changes: what somebody was sent is asked of an index alone.
    briefing = models.ForeignKey(Briefing, models.CASCADE, editable=False, db_index=False, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recipient"))
    serial = models.PositiveSmallIntegerField(_("copy number"))
    sent_at = models.DateTimeField(_("sent at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    file = models.FileField(_("marked copy"), upload_to="issues/", blank=True)
    sha256 = models.CharField(_("hash of the marked copy"), max_length=64, blank=True, db_index=True)

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        ordering: ClassVar[Any] = ["serial"]
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=["issue", "user"], name="sent_once")]
        indexes: ClassVar[Any] = [
            models.Index(fields=["user", "issue"]),
            models.Index(fields=["user", "briefing"]),
            models.Index(fields=["user", "briefing"], condition=models.Q(read_at=None), name="recipient_unread"),
        ]


class InstructionQuerySet(models.QuerySet["Instruction"]):
    def open(self) -> "InstructionQuerySet":
        """Not closed by a read-back yet."""
        return self.exclude(state=N.CLOSED)


class Instruction(Stateful):
    """A leader's instruction (批示), verbatim, on one issue."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="+", verbose_name=_("issue"))
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("leader"))
    kind = models.CharField(_("kind"), max_length=10, choices=InstructionKind.choices)
    text = models.TextField(_("verbatim text"))
    given_on = models.DateField(_("given on"))
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("registered by"))
    registered_at = models.DateTimeField(_("registered at"))
    state = StateField(choices=N.choices, default=N.REGISTERED)
    result = models.TextField(_("reported result"), blank=True)
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    read_back = models.TextField(_("read-back by the leader or the leader's office"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = InstructionQuerySet.as_manager()

    class Meta:
        verbose_name = _("instruction")
        verbose_name_plural = _("instructions")
        ordering: ClassVar[Any] = ["-registered_at", "-id"]
        indexes: ClassVar[Any] = [models.Index(fields=["jurisdiction", "state", "-registered_at"])]
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(kind__in=["read", "circled"]) | ~Q(text=""), name="working_instruction_has_words")]

    def __str__(self) -> str:
        return self.number

    @property
    def asks_for_work(self) -> bool:
        """Does it create tasks, or was the paper only read?"""
        return self.kind in WORKING

    @transition(field="state", source=[N.REGISTERED, N.ASSIGNED, N.REPORTED], target=N.ASSIGNED)
    def assign(self) -> None: ...

    @transition(field="state", source=[N.ASSIGNED, N.REPORTED], target=N.REPORTED)
    def report(self, when: datetime, result: str = "") -> None:
        self.reported_at, self.result = when, result or self.result

    @transition(field="state", source=[N.REGISTERED, N.REPORTED], target=N.CLOSED)
    def close(self, when: datetime, read_back: str = "") -> None:
        self.closed_at, self.read_back = when, read_back
