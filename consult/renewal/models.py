"""What consultations are about: renewal projects, their stages, and dated totals. Never a household."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consult.people.models import Community, Department, Jurisdiction, Subdistrict
from consult.renewal.states import LandKind, Measure, Mode, Stage


class RenewalProject(models.Model):
    """An urban-village renewal project of one area, with its legal thresholds and their basis."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80)
    area = models.CharField(_("area"), max_length=80)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    subdistrict = models.ForeignKey(Subdistrict, models.PROTECT, related_name="+", verbose_name=_("subdistrict"))
    community = models.ForeignKey(Community, models.PROTECT, null=True, blank=True, related_name="+",
                                  verbose_name=_("community"))
    land_kind = models.CharField(_("land"), max_length=12, choices=LandKind.choices)
    mode = models.CharField(_("renewal mode"), max_length=12, choices=Mode.choices)
    stage = models.CharField(_("stage"), max_length=16, choices=Stage.choices, default=Stage.SURVEY)
    implementer = models.CharField(_("implementing body"), max_length=80, blank=True)
    expropriation_department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+",
                                                 verbose_name=_("expropriation department"))
    approval_no = models.CharField(_("approval or notice number"), max_length=60, blank=True)
    approval_on = models.DateField(_("approved on"), null=True, blank=True)
    households = models.PositiveIntegerField(_("households"))
    residents = models.PositiveIntegerField(_("people"), null=True, blank=True)
    land_area = models.DecimalField(_("land area (㎡)"), max_digits=12, decimal_places=2, null=True, blank=True)
    floor_area = models.DecimalField(_("floor area (㎡)"), max_digits=12, decimal_places=2, null=True, blank=True)
    consent_threshold = models.DecimalField(_("consent threshold (%)"), max_digits=5, decimal_places=2)
    signing_threshold = models.DecimalField(_("signing threshold (%)"), max_digits=5, decimal_places=2)
    threshold_basis = models.CharField(_("legal basis of the thresholds"), max_length=200)
    signing_until = models.DateField(_("signing closes on"), null=True, blank=True)
    transition_fee = models.DecimalField(_("temporary-housing fee (yuan/㎡/month)"), max_digits=8, decimal_places=2,
                                         null=True, blank=True)
    facilities = models.TextField(_("facilities: school, kindergarten, clinic, care, market, bus"), blank=True)
    outline = models.JSONField(_("outline (GeoJSON, WGS-84)"), null=True, blank=True)
    public = models.BooleanField(_("shown to the public"), default=True)

    class Meta:
        verbose_name = _("renewal project")
        verbose_name_plural = _("renewal projects")
        ordering: ClassVar[Any] = ["subdistrict__order", "id"]
        constraints: ClassVar[Any] = [models.CheckConstraint(
            condition=Q(consent_threshold__gt=0, consent_threshold__lte=100, signing_threshold__gt=0,
                        signing_threshold__lte=100), name="project_thresholds_are_percentages")]

    def __str__(self) -> str:
        return self.name


class ProjectStage(models.Model):
    """One stage of a project as it was entered: when, on which paper."""

    project = models.ForeignKey(RenewalProject, models.CASCADE, related_name="stages", verbose_name=_("project"))
    stage = models.CharField(_("stage"), max_length=16, choices=Stage.choices)
    entered_on = models.DateField(_("entered on"))
    basis = models.CharField(_("basis"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("project stage")
        verbose_name_plural = _("project stages")
        ordering: ClassVar[Any] = ["entered_on", "id"]


class ProgressSnapshot(models.Model):
    """One dated total of one project: numerator, denominator, source. Added, never overwritten."""

    project = models.ForeignKey(RenewalProject, models.CASCADE, related_name="snapshots", verbose_name=_("project"))
    measure = models.CharField(_("measure"), max_length=16, choices=Measure.choices)
    numerator = models.DecimalField(_("done"), max_digits=12, decimal_places=2)
    denominator = models.DecimalField(_("of"), max_digits=12, decimal_places=2)
    as_of = models.DateField(_("as of"))
    source = models.CharField(_("source"), max_length=120)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
                                    verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("progress snapshot")
        verbose_name_plural = _("progress snapshots")
        ordering: ClassVar[Any] = ["-as_of", "-id"]
        constraints: ClassVar[Any] = [
            models.CheckConstraint(condition=Q(denominator__gt=0, numerator__gte=0, numerator__lte=F("denominator")),
                                   name="snapshot_is_a_share"),
            models.UniqueConstraint(fields=["project", "measure", "as_of", "source"], name="snapshot_told_once"),
        ]

    @property
    def rate(self) -> float:
        """Share in per cent."""
        return float(self.numerator / self.denominator * 100)
