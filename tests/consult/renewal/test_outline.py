"""Outlines: what is wrong with them is said, what is right is drawn in its place."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from consult.kit import audit
from consult.kit.rules import Denied
from consult.renewal import actions, outline
from tests import make

BOW = [[117.0, 36.6], [117.01, 36.61], [117.01, 36.6], [117.0, 36.61], [117.0, 36.6]]


def test_bare_in_a_feature_and_in_a_collection(place: Any, cast: Any) -> None:
    bare = json.loads(make.geojson())
    feature = {"type": "Feature", "properties": {"name": "片区"}, "geometry": bare}
    for told in (bare, feature, {"type": "FeatureCollection", "features": [feature]},
                 {**bare, "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}}):
        actions.set_outline(place.project, outline=json.dumps(told), by=cast.office, at=make.AT)
        place.project.refresh_from_db()
        assert place.project.outline == bare
    actions.set_outline(place.project, outline=" ", by=cast.office, at=make.AT)
    assert place.project.outline is None
    assert audit.trail_of(place.project).filter(verb="renewal.set_outline").count() == 5


@pytest.mark.parametrize("told", [
    "hier", "[]", "1", '{"type": "Point", "coordinates": [117, 36]}', '{"type": "LineString", "coordinates": [[117, 36]]}',
    '{"type": "FeatureCollection", "features": []}', '{"type": "Polygon"}', '{"type": "Polygon", "coordinates": []}',
    make.geojson([[117.0, 36.6], [117.01, 36.6], [117.0, 36.6]]), make.geojson(make.square()[:-1]),
    make.geojson([["a", 1]] * 4), make.geojson([[True, 36.6]] * 4), make.geojson([[36.6, 117.0], [36.61, 117.0], [36.61, 117.01],
                                                                                 [36.6, 117.0]]),
    make.geojson(make.square(500000.0, 4000000.0, 10.0)), make.geojson(make.square(2.3, 48.8)),
    make.geojson(make.square(side=0.6)), make.geojson(BOW),
    make.geojson([[117.0, 36.6], [117.01, 36.6], [117.02, 36.6], [117.0, 36.6]]),
    make.geojson([[117.0 + n * 1e-5, 36.6 + n % 2 * 1e-5] for n in range(1100)] + [[117.0, 36.7], [117.0, 36.6]]),
    json.dumps({**json.loads(make.geojson()), "crs": {"properties": {"name": "EPSG:3857"}}}),
    '{"type": "Polygon", "coordinates": [[[NaN, 1], [1, 2], [2, 3], [NaN, 1]]]}', "[" * 50_000,
])
def test_what_is_wrong_is_said(place: Any, cast: Any, told: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        actions.set_outline(place.project, outline=told, by=cast.office, at=make.AT)
    assert set(wrong.value.message_dict) == {"outline"}
    place.project.refresh_from_db()
    assert place.project.outline is None


def test_exchanged_numbers_are_named(place: Any, cast: Any) -> None:
    def said(told: str) -> str:
        with pytest.raises(ValidationError) as wrong:
            outline.read(told)
        return str(wrong.value)
    ways = [make.geojson([[36.6, 117.0]] * 4), make.geojson(make.square(500000.0, 4000000.0)), make.geojson(BOW),
            make.geojson(make.square()[:-1])]
    assert len({said(told) for told in ways}) == 4


def test_a_point_told_twice_in_a_row_is_no_crossing() -> None:
    ring = make.square()
    assert outline.read(make.geojson([ring[0], *ring])) == json.loads(make.geojson())


@pytest.mark.parametrize("who", ["member", "cadre", "clerk", "chair", "resident", "stranger", "other_office"])
def test_the_office_alone_sets_it(place: Any, cast: Any, who: str) -> None:
    with pytest.raises(Denied):
        actions.set_outline(place.project, outline=make.geojson(), by=getattr(cast, who), at=make.AT)


def test_north_is_up_east_is_right_and_holes_are_kept(place: Any, cast: Any) -> None:
    hole = [[117.002, 36.602], [117.004, 36.602], [117.004, 36.604], [117.002, 36.602]]
    west = place.project
    actions.set_outline(west, outline=make.geojson(make.square(), hole), by=cast.office, at=make.AT)
    east = make.outlined(make.project(place.jurisdiction, place.subdistrict), cast.office, make.square(117.03, 36.62))
    drawn = outline.drawn([west, east])
    assert drawn
    first, second = drawn.areas
    assert first.x < second.x and first.y > second.y
    assert first.path.count("M") == 2
    numbers = [float(n) for area in drawn.areas for n in area.path.replace("M", " ").replace("Z", " ").split()]
    assert all(0 <= n <= max(drawn.width, drawn.height) for n in numbers)
    assert outline.drawn([make.project(place.jurisdiction, place.subdistrict)]) is None
