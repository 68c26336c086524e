"""The verbs of renewal projects: record one, enter a stage, tell its progress."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar, numbering, search
from consult.kit.rules import require
from consult.kit.states import lock
from consult.people.models import Community, Subdistrict
from consult.renewal import outline as outlines
from consult.renewal import rules
from consult.renewal.models import ProgressSnapshot, ProjectStage, RenewalProject
from consult.renewal.states import Stage


def found(*, name: str, subdistrict: Subdistrict, households: int, consent_threshold: Decimal,
          signing_threshold: Decimal, threshold_basis: str, land_kind: str, mode: str, by: Any, at: datetime,
          area: str = "", stage: str = Stage.SURVEY, entered_on: date | None = None,
          community: Community | None = None, **facts: Any) -> RenewalProject:
    """Record a project with its legal thresholds and their basis; ``facts`` are further fields of the model.

    ``entered_on``: since when it is in ``stage``, for one that began before it is recorded here (default: today).
    Raises ValidationError by field, Denied unless by the office of the district.
    """
    today = calendar.local_date(at)
    project = RenewalProject(
        name=name, area=area or name, subdistrict=subdistrict, jurisdiction=subdistrict.jurisdiction,
        community=community, households=households, consent_threshold=consent_threshold,
        signing_threshold=signing_threshold, threshold_basis=threshold_basis, land_kind=land_kind, mode=mode,
        stage=stage, **facts)
    require(rules.may_found, by, project)
    _check(project)
    if entered_on and entered_on > today:
        raise ValidationError({"entered_on": _("This day has not come yet: choose today or an earlier day.")})
    with transaction.atomic():
        project.number = f"XM{today.year}-{numbering.next_number('renewal', today.year):03d}"
        project.save()
        search.put(project)
        ProjectStage.objects.create(project=project, stage=stage, entered_on=entered_on or today)
        audit.write("renewal.found", project, by=by, at=at, after=stage)
    return project


def _check(project: RenewalProject) -> None:
    if not project.threshold_basis.strip():
        raise ValidationError({"threshold_basis": _("Name the law, notice or decision that sets the thresholds.")})
    if project.community and project.community.subdistrict_id != project.subdistrict_id:
        raise ValidationError({"community": _("Choose a community of this subdistrict.")})
    project.full_clean(exclude=["number"])


def enter_stage(project: RenewalProject, *, stage: str, entered_on: date, basis: str = "", by: Any,
                at: datetime) -> RenewalProject:
    """The project enters another stage. Going back is possible, but only on a named paper."""
    with transaction.atomic():
        fresh = lock(project)
        require(rules.may_enter_stage, by, fresh)
        _check_stage(fresh, stage, entered_on, basis, calendar.local_date(at))
        ProjectStage.objects.create(project=fresh, stage=stage, entered_on=entered_on, basis=basis)
        audit.write("renewal.enter_stage", fresh, by=by, at=at, before=fresh.stage, after=stage)
        fresh.stage = stage
        fresh.save(update_fields=["stage"])
    project.stage = stage
    return project


def _check_stage(project: RenewalProject, stage: str, entered_on: date, basis: str, today: date) -> None:
    if stage not in Stage.values or stage == project.stage:
        raise ValidationError({"stage": _("Choose the stage the project enters now.")})
    if entered_on > today:
        raise ValidationError({"entered_on": _("This day has not come yet: choose today or an earlier day.")})
    last = project.stages.order_by("entered_on", "id").last()
    if last and entered_on < last.entered_on:
        raise ValidationError({"entered_on": _("The stage before was entered on %(day)s: choose that day or a "
                                               "later one.")
                               % {"day": last.entered_on}})
    if Stage.values.index(stage) < Stage.values.index(project.stage) and not basis.strip():
        raise ValidationError({"basis": _("Going back to an earlier stage needs the paper that says so.")})


def record_progress(project: RenewalProject, *, measure: str, numerator: Decimal, denominator: Decimal, as_of: date,
                    source: str, by: Any, at: datetime) -> ProgressSnapshot:
    """Add a dated total; earlier ones stay. Totals of the project only, never a household."""
    require(rules.may_record_progress, by, project)
    snapshot = ProgressSnapshot(project=project, measure=measure, numerator=numerator, denominator=denominator,
                                as_of=as_of, source=source.strip(), recorded_by=by, recorded_at=at)
    _check_snapshot(snapshot, calendar.local_date(at))
    with transaction.atomic():
        snapshot.save()
        audit.write("renewal.record_progress", project, by=by, at=at, data={
            "measure": measure, "done": str(numerator), "of": str(denominator), "as_of": str(as_of)})
    return snapshot


def _check_snapshot(snapshot: ProgressSnapshot, today: date) -> None:
    if not snapshot.source:
        raise ValidationError({"source": _("Name the source of the figure, for example the expropriation office's "
                                           "report.")})
    if snapshot.denominator <= 0:
        raise ValidationError({"denominator": _("The whole must be more than zero.")})
    if not 0 <= snapshot.numerator <= snapshot.denominator:
        raise ValidationError({"numerator": _("The part done can't be below zero or above the whole.")})
    if snapshot.as_of > today:
        raise ValidationError({"as_of": _("This day has not come yet: choose today or an earlier day.")})
    same = ProgressSnapshot.objects.filter(project=snapshot.project, measure=snapshot.measure, as_of=snapshot.as_of,
                                           source=snapshot.source)
    if same.exists():
        raise ValidationError({"as_of": _("This source has already told this figure for this day. "
                                          "Figures are never overwritten: record the correction under its own date "
                                          "or source.")})
    snapshot.full_clean()


def set_outline(project: RenewalProject, *, outline: str, by: Any, at: datetime) -> RenewalProject:
    """Where the area lies, as GeoJSON in WGS-84; an empty text takes it off the map."""
    require(rules.may_set_outline, by, project)
    geometry = outlines.read(outline)
    with transaction.atomic():
        fresh = lock(project)
        fresh.outline = geometry
        fresh.save(update_fields=["outline"])
        audit.write("renewal.set_outline", fresh, by=by, at=at, data={
            "points": sum(len(ring) for polygon in outlines.parts(geometry) for ring in polygon)})
    project.outline = geometry
    return project
