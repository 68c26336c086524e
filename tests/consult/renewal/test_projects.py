"""Renewal projects: who keeps the record, dated totals that are never overwritten, exact thresholds."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from consult.kit.rules import Denied
from consult.renewal import actions, progress, rules
from consult.renewal.states import LandKind, Measure, Mode, Stage
from tests import make

TODAY = make.AT.date()


def found(place: Any, by: Any, **values: Any) -> Any:
    return actions.found(**{
        "name": "东坡片区", "subdistrict": place.subdistrict, "households": 100, "consent_threshold": Decimal(90),
        "signing_threshold": Decimal(90), "threshold_basis": "征补方案第八条", "land_kind": LandKind.STATE,
        "mode": Mode.COMBINED, "by": by, "at": make.AT, **values})


def tell(project: Any, by: Any, **values: Any) -> Any:
    return actions.record_progress(project, **{
        "measure": Measure.SIGNED, "numerator": Decimal(90), "denominator": Decimal(100), "as_of": TODAY,
        "source": "征收办周报", "by": by, "at": make.AT, **values})


def test_the_office_records_a_project(cast: Any, place: Any) -> None:
    project = found(place, cast.office)
    assert project.number.startswith("XM2026-")
    assert project.stages.get().stage == Stage.SURVEY
    for who in ("member", "cadre", "clerk", "chair", "supervision", "other_office", "stranger"):
        with pytest.raises(Denied):
            found(place, getattr(cast, who))


def test_thresholds_need_their_basis(cast: Any, place: Any) -> None:
    with pytest.raises(ValidationError) as wrong:
        found(place, cast.office, threshold_basis=" ")
    assert "threshold_basis" in wrong.value.message_dict
    with pytest.raises(ValidationError):
        found(place, cast.office, consent_threshold=Decimal(101))


def test_public_ones_are_for_everybody(cast: Any, place: Any) -> None:
    hidden = make.project(place.jurisdiction, place.subdistrict, public=False)
    assert set(rules.visible_to(AnonymousUser())) == {place.project}
    assert hidden in rules.visible_to(cast.cadre)
    assert hidden not in rules.visible_to(cast.resident)
    assert hidden not in rules.visible_to(cast.other_office)


def test_progress_is_added_never_overwritten(cast: Any, place: Any) -> None:
    tell(place.project, cast.office, as_of=TODAY - timedelta(days=7), numerator=Decimal(80))
    assert progress.course(place.project) is None
    tell(place.project, cast.office)
    course = progress.course(place.project)
    assert course is not None
    assert [row[1] for row in course.table.rows] == [80.0, 90.0]
    rate, = progress.rates(place.project)
    assert (rate.numerator, rate.denominator, rate.as_of, rate.source) == (90, 100, TODAY, "征收办周报")
    assert progress.rates(place.project, TODAY - timedelta(days=1))[0].numerator == 80
    with pytest.raises(ValidationError):
        tell(place.project, cast.office, numerator=Decimal(91))
    assert place.project.snapshots.count() == 2


def test_thresholds_are_compared_exactly(cast: Any, place: Any) -> None:
    project = found(place, cast.office)
    tell(project, cast.office, numerator=Decimal(4799), denominator=Decimal(5333))
    rate, = progress.rates(project)
    assert str(rate.per_cent) == "89.9"
    assert rate.met is False
    tell(project, cast.office, measure=Measure.VACATED)
    assert progress.rates(project)[1].met is None
    tell(project, cast.office, source="复核", numerator=Decimal(90))
    assert progress.rates(project)[0].met is True


@pytest.mark.parametrize(("values", "field"), [
    ({"source": " "}, "source"), ({"denominator": Decimal(0)}, "denominator"), ({"numerator": Decimal(101)}, "numerator"),
    ({"as_of": TODAY + timedelta(days=1)}, "as_of"), ({"measure": "luck"}, "measure"),
])
def test_wrong_figures_name_their_field(cast: Any, place: Any, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        tell(place.project, cast.office, **values)
    assert field in wrong.value.message_dict


def test_stages(cast: Any, place: Any) -> None:
    project = found(place, cast.office)
    actions.enter_stage(project, stage=Stage.SIGNING, entered_on=TODAY, by=cast.office, at=make.AT)
    bar = {step.stage: step.where for step in progress.stage_bar(project)}
    assert (bar[Stage.SURVEY], bar[Stage.SIGNING], bar[Stage.MOVING]) == ("done", "now", "ahead")
    for values, field in (({"stage": Stage.SIGNING}, "stage"), ({"stage": Stage.PLAN}, "basis"),
                          ({"stage": Stage.MOVING, "entered_on": date(2026, 1, 1)}, "entered_on"),
                          ({"stage": Stage.MOVING, "entered_on": TODAY + timedelta(days=1)}, "entered_on")):
        with pytest.raises(ValidationError) as wrong:
            actions.enter_stage(project, **{"entered_on": TODAY, "by": cast.office, "at": make.AT, **values})
        assert field in wrong.value.message_dict
    with pytest.raises(Denied):
        actions.enter_stage(project, stage=Stage.MOVING, entered_on=TODAY, by=cast.cadre, at=make.AT)
