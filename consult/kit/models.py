"""What the tools keep: audit events and their seals, number series, notices, files, days, dated settings, workers, limits."""

import uuid
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from consult.kit.bigrams import GramIndex, GramsField


class AppendOnly(TypeError):
    """An audit record can be added, never changed or removed."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """A queryset without the doors that change or remove rows."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("audit records are never changed or removed")

    update = delete = bulk_update = update_or_create = _raw_delete = _update = _refuse


class AppendOnlyModel(models.Model):
    """A row that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Not domain logic: the one thing this guard does is to refuse a second write.
        if self.pk is not None:
            raise AppendOnly("audit records are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("audit records are never removed")


class AuditEvent(AppendOnlyModel):
    """Who did what to which object, when; its digest makes a later change visible."""

    at = models.DateTimeField(_("time"))
    verb = models.CharField(_("act"), max_length=60)
    app_label = models.CharField(_("room"), max_length=40)
    model = models.CharField(_("kind of object"), max_length=40)
    object_id = models.CharField(_("object"), max_length=40)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
                              verbose_name=_("by"))
    actor_label = models.CharField(_("name at that time"), max_length=150, blank=True)
    before = models.CharField(_("before"), max_length=60, blank=True)
    after = models.CharField(_("after"), max_length=60, blank=True)
    data = models.JSONField(_("details"), default=dict)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering: ClassVar[Any] = ["id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["app_label", "model", "object_id", "id"], name="auditevent_object"),
            models.Index(fields=["actor", "id"], name="auditevent_actor"),
            models.Index(fields=["at"], name="auditevent_at"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.app_label}.{self.model}:{self.object_id}"


class AuditCheckpoint(AppendOnlyModel):
    """A signed Merkle root over a run of events; a copy is kept out of the administrators' reach."""

    first_event = models.BigIntegerField(_("first event"))
    last_event = models.BigIntegerField(_("last event"), unique=True)
    count = models.PositiveBigIntegerField(_("number of events"))
    root = models.CharField(_("root"), max_length=64)
    previous = models.CharField(_("previous root"), max_length=64, blank=True)
    signature = models.CharField(_("signature"), max_length=128)
    at = models.DateTimeField(_("time"))

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("audit checkpoint")
        verbose_name_plural = _("audit checkpoints")
        ordering: ClassVar[Any] = ["last_event"]

    def __str__(self) -> str:
        return f"{self.first_event}–{self.last_event} {self.root[:12]}"


class NumberSeries(models.Model):
    """The last number given in one series and year; voided numbers stay on record."""

    series = models.CharField(_("series"), max_length=60)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)
    voided = models.JSONField(_("voided numbers"), default=list, blank=True)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        ordering: ClassVar[Any] = ["series", "year"]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["series", "year"], name="numberseries_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"


class Notice(models.Model):
    """Something one person should know about one object; shown in the inbox, sent by e-mail when there is one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("for"))
    kind = models.CharField(_("kind"), max_length=60)
    app_label = models.CharField(_("room"), max_length=40)
    model = models.CharField(_("kind of object"), max_length=40)
    object_id = models.CharField(_("object"), max_length=40)
    params = models.JSONField(_("details"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"))
    post_after = models.DateTimeField(_("send after"))
    posted_at = models.DateTimeField(_("sent"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar[Any] = ["-created_at", "-id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["user", "-created_at"], name="notice_inbox"),
            models.Index(fields=["post_after"], condition=Q(posted_at=None), name="notice_outbox"),
        ]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["user", "kind", "app_label", "model", "object_id"],
                                    condition=Q(read_at=None), name="notice_not_repeated_while_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.user_id}"


class Attachment(models.Model):
    """An uploaded file of one object; stored under a random name, fetched through the owner's visibility."""

    class Mark(models.TextChoices):
        OPEN = "open", _("open to the public")
        INTERNAL = "internal", _("internal")
        RESTRICTED = "restricted", _("work secret, restricted reading")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app_label = models.CharField(_("room"), max_length=40)
    model = models.CharField(_("kind of object"), max_length=40)
    object_id = models.CharField(_("object"), max_length=40)
    file = models.FileField(_("file"), upload_to="attachments/%Y/%m", max_length=120)
    name = models.CharField(_("file name"), max_length=150)
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
                                    related_name="+", verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded"))
    is_public = models.BooleanField(_("open to the public"), default=False)
    mark = models.CharField(_("mark"), max_length=12, choices=Mark.choices, default=Mark.INTERNAL)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering: ClassVar[Any] = ["uploaded_at", "id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["app_label", "model", "object_id"], name="attachment_object"),
        ]

    def __str__(self) -> str:
        return self.caption or self.name

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")


class CalendarDay(models.Model):
    """A day on which the official calendar differs from the week: a holiday, or a weekend day worked."""

    date = models.DateField(_("date"), unique=True)
    is_workday = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering: ClassVar[Any] = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class Parameter(models.Model):
    """A dated setting: its value from a day on, and the rule it comes from."""

    key = models.CharField(_("key"), max_length=60)
    value = models.PositiveIntegerField(_("value"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=200)

    class Meta:
        verbose_name = _("parameter")
        verbose_name_plural = _("parameters")
        ordering: ClassVar[Any] = ["key", "valid_from"]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["key", "valid_from"], name="parameter_one_value_from_a_day"),
            models.CheckConstraint(condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                                   name="parameter_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class Job(DBTaskResult[Any, Any]):
    """A queued piece of work, as django-tasks-db keeps it."""

    class Meta:
        proxy = True
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self) -> str:
        return f"{self.task_path} {self.pk}"

    @property
    def attempts(self) -> int:
        """How often a worker took it."""
        return len(self.worker_ids)


class Worker(models.Model):
    """A process that does the queued jobs. While it lives it says so every few seconds: that renews its lease."""

    id = models.CharField(primary_key=True, max_length=32)
    host = models.CharField(_("machine"), max_length=80)
    place = models.CharField(_("boot and process namespace"), max_length=120, blank=True)
    pid = models.PositiveIntegerField(_("process number"))
    began = models.CharField(_("start of the process in ticks"), max_length=20, blank=True)
    started_at = models.DateTimeField(_("started"))
    seen_at = models.DateTimeField(_("last seen"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    job = models.UUIDField(_("job"), null=True, blank=True)
    job_since = models.DateTimeField(_("at work on it since"), null=True, blank=True)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering: ClassVar[Any] = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"


class SearchText(models.Model):
    """The words by which one object is found, masked; ``grams`` is the index over them."""

    kind = models.CharField(_("kind of object"), max_length=40)
    object_id = models.PositiveBigIntegerField(_("object"))
    area = models.PositiveBigIntegerField(_("area"), null=True, blank=True)
    month = models.PositiveIntegerField(_("month"), null=True, blank=True)
    text = models.TextField(_("text"))
    grams = GramsField(editable=False, default="")

    class Meta:
        verbose_name = _("text to search")
        verbose_name_plural = _("texts to search")
        indexes: ClassVar[Any] = [GramIndex(fields=["grams"], name="searchtext_grams")]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="searchtext_one_per_object"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}"


class Bucket(models.Model):
    """How often one thing was done in one stretch of time. Says nothing about who did it; gone when the time is over."""

    key = models.CharField(primary_key=True, max_length=80)
    count = models.PositiveIntegerField(_("count"), default=0)
    until = models.DateTimeField(_("until"), db_index=True)

    class Meta:
        verbose_name = _("limit")
        verbose_name_plural = _("limits")

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"


class DayChance(models.Model):
    """Chance made anew each day, half of a key: when the day is over, nobody can work out any more what it stood for."""

    day = models.DateField(_("day"), primary_key=True)
    chance = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("chance of a day")
        verbose_name_plural = _("chances of days")

    def __str__(self) -> str:
        return str(self.day)


class Export(models.Model):
    """A list somebody took away as a file: which, narrowed how, how many rows. The file itself is gone after some days."""

    class Kind(models.TextChoices):
        XLSX = "xlsx", _("workbook (xlsx)")
        CSV = "csv", _("text (CSV)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("by"))
    list = models.CharField(_("list"), max_length=80)
    query = models.TextField(_("filters"), blank=True)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices)
    language = models.CharField(_("language"), max_length=10)
    asked_at = models.DateTimeField(_("asked for"))
    total = models.PositiveIntegerField(_("rows to write"), default=0)
    done = models.PositiveIntegerField(_("rows written"), default=0)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    failure = models.CharField(_("what went wrong"), max_length=200, blank=True)
    file = models.FileField(_("file"), upload_to="exports", max_length=120, blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering: ClassVar[Any] = ["-asked_at"]
        indexes: ClassVar[Any] = [models.Index(fields=["user", "-asked_at"])]

    def __str__(self) -> str:
        return f"{self.list}.{self.kind}"


class Reach(models.Model):
    """How one person wants to be reached beside the inbox, and the secret link of their calendar (its fingerprint alone)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("of"))
    quiet = models.JSONField(_("rooms without e-mail"), default=list, blank=True)
    texted = models.JSONField(_("rooms with a text message"), default=list, blank=True)
    mobile = models.CharField(_("mobile number for text messages"), max_length=20, blank=True)
    feed = models.CharField(_("fingerprint of the calendar link"), max_length=64, blank=True, db_index=True)
    feed_made_at = models.DateTimeField(_("calendar link made"), null=True, blank=True)

    class Meta:
        verbose_name = _("way to be reached")
        verbose_name_plural = _("ways to be reached")

    def __str__(self) -> str:
        return str(self.user_id)


class SavedFilter(models.Model):
    """How one person narrows one list, kept under a name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("of"))
    page = models.CharField(_("page"), max_length=200)
    query = models.CharField(_("filters"), max_length=1000)
    name = models.CharField(_("name"), max_length=40)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering: ClassVar[Any] = ["name", "id"]
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_filter_once_a_name")]

    def __str__(self) -> str:
        return self.name
