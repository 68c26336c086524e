"""Who takes part: people, the bodies they belong to, and their dated appointments."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consult.people.roles import BODY, Role


class User(AbstractUser):
    """Somebody who signs in. What they may do follows from their appointments, never from flags here."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=50)
    must_change_password = models.BooleanField(_("must change the password"), default=False)
    appointments: "models.Manager[Appointment]"

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Body(models.Model):
    """A named public body in administrative order."""

    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(_("administrative order"), default=0)

    class Meta:
        abstract = True
        ordering: ClassVar[Any] = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class Jurisdiction(Body):
    """A city, or a district of a city; a district's CPPCC is one installation's tenant."""

    class Level(models.TextChoices):
        CITY = "city", _("city")
        DISTRICT = "district", _("district")

    level = models.CharField(_("level"), max_length=8, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("city"))
    code = models.CharField(_("document code"), max_length=12, help_text=_("As in document numbers, e.g. 市中政协."))

    class Meta(Body.Meta):
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")

    @property
    def cppcc_office(self) -> str:
        """The CPPCC office in full, as it stands on papers."""
        return f"政协{self.name}委员会办公室"


class Subdistrict(Body):
    """A street office (街道) of a district."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))

    class Meta(Body.Meta):
        verbose_name = _("subdistrict")
        verbose_name_plural = _("subdistricts")


class Community(Body):
    """A community or village (社区 / 村居) of a subdistrict."""

    subdistrict = models.ForeignKey(Subdistrict, models.PROTECT, related_name="+", verbose_name=_("subdistrict"))

    class Meta(Body.Meta):
        verbose_name = _("community")
        verbose_name_plural = _("communities")


class Department(Body):
    """A handling unit (承办单位) of the district government or Party committee."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))

    class Meta(Body.Meta):
        verbose_name = _("department")
        verbose_name_plural = _("departments")


class SpecialCommittee(Body):
    """A special committee (专门委员会) of the CPPCC."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))

    class Meta(Body.Meta):
        verbose_name = _("special committee")
        verbose_name_plural = _("special committees")


class LiaisonOffice(Body):
    """A street members' liaison office (街道政协委员联络室)."""

    subdistrict = models.ForeignKey(Subdistrict, models.PROTECT, related_name="+", verbose_name=_("subdistrict"))

    class Meta(Body.Meta):
        verbose_name = _("liaison office")
        verbose_name_plural = _("liaison offices")


class Expertise(models.TextChoices):
    LAW = "law", _("law")
    MEDIATION = "mediation", _("mediation")
    PLANNING = "planning", _("urban planning")
    CONSTRUCTION = "construction", _("construction")
    FINANCE = "finance", _("finance")
    EDUCATION = "education", _("education")
    HEALTH = "health", _("health")
    COMMUNITY = "community", _("community work")


class CommitteeMember(models.Model):
    """A member of the CPPCC committee with the four attributes districts sort by, and expertise codes."""

    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="membership",
                                verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=50)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    post = models.CharField(_("unit and post"), max_length=80, blank=True)
    sector = models.CharField(_("sector"), max_length=40)
    affiliation = models.CharField(_("political affiliation"), max_length=40, blank=True)
    committee = models.ForeignKey(SpecialCommittee, models.PROTECT, null=True, blank=True, related_name="+",
                                  verbose_name=_("special committee"))
    liaison_office = models.ForeignKey(LiaisonOffice, models.PROTECT, null=True, blank=True, related_name="+",
                                       verbose_name=_("liaison office"))
    expertise = models.JSONField(_("expertise"), default=list, blank=True, help_text=_("Codes of Expertise."))

    class Meta:
        verbose_name = _("committee member")
        verbose_name_plural = _("committee members")
        ordering: ClassVar[Any] = ["id"]

    def __str__(self) -> str:
        return self.name

    def knows(self, *fields: str) -> bool:
        """Has the member one of these fields of expertise?"""
        return not set(self.expertise).isdisjoint(fields)


class Resident(models.Model):
    """A resident with an account (most have none: the receipt code serves them)."""

    user = models.OneToOneField(User, models.CASCADE, related_name="residency", verbose_name=_("account"))
    community = models.ForeignKey(Community, models.PROTECT, null=True, blank=True, related_name="+",
                                  verbose_name=_("community"))

    class Meta:
        verbose_name = _("resident")
        verbose_name_plural = _("residents")

    def __str__(self) -> str:
        return self.user.name


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def in_force(self, today: date) -> "AppointmentQuerySet":
        return self.filter(Q(until=None) | Q(until__gte=today), since__lte=today)


class Appointment(models.Model):
    """User × role × body × since/until. Rights follow the dated appointment, read again each request."""

    user = models.ForeignKey(User, models.PROTECT, related_name="appointments", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=24, choices=Role.choices)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+",
                                   verbose_name=_("department"))
    subdistrict = models.ForeignKey(Subdistrict, models.PROTECT, null=True, blank=True, related_name="+",
                                    verbose_name=_("subdistrict"))
    post = models.CharField(_("post"), max_length=60, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        indexes: ClassVar[Any] = [models.Index(fields=["user", "since"]), models.Index(fields=["role", "jurisdiction"])]
        constraints: ClassVar[Any] = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="appointment_ends_after_it_begins"),
            *(models.CheckConstraint(condition=~Q(role=role) | Q(**{f"{body}__isnull": False}),
                                     name=f"appointment_{role}_names_its_{body}") for role, body in BODY.items()),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

    @property
    def body(self) -> Body:
        """The narrowest body named."""
        return self.department or self.subdistrict or self.jurisdiction


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, today: date) -> "AbsenceQuerySet":
        """In force on a day."""
        return self.filter(since__lte=today, until__gte=today)


class Absence(models.Model):
    """Somebody is away, and a colleague of the same body stands in. No right moves: the deputy has the same ones already."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("who is away"))
    deputy = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("deputy"))
    since = models.DateField(_("since"))
    until = models.DateField(_("until"))
    at = models.DateTimeField(_("at"))

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering: ClassVar[Any] = ["-since", "-id"]
        indexes: ClassVar[Any] = [models.Index(fields=["user", "until"]), models.Index(fields=["deputy", "until"])]
        constraints: ClassVar[Any] = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="absence_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(user=F("deputy")), name="nobody_is_their_own_deputy")]

    def __str__(self) -> str:
        return f"{self.user} → {self.deputy}"
