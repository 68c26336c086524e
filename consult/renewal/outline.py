"""The outline of a project area: read from GeoJSON with a sentence for whatever is wrong, and drawn as a simple map.

WGS-84 (EPSG:4326) or CGCS2000, longitude first. Coordinates from Chinese map services (GCJ-02, BD-09) are shifted by up to
500 m and can't be told apart from right ones: the form says so.
"""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.renewal.models import RenewalProject

Point = tuple[float, float]
Ring = list[Point]
Shape = list[list[Ring]]

MOST_POINTS = 1000
#: A project area wider than this (in degrees, some 50 km) is none.
WIDEST = 0.5
#: China with room around it: longitude and latitude.
EAST, NORTH = (73.0, 136.0), (3.0, 54.0)
NAMED = ("4326", "crs84", "4490", "cgcs2000", "wgs84", "wgs 84")


def read(text: str) -> dict[str, Any] | None:
    """The geometry of a pasted GeoJSON, checked, as it is kept; None for no text. Raises ValidationError for ``outline``."""
    if not text.strip():
        return None
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise _refuse(_("This is no GeoJSON: it can't be read. Copy the whole text, from the first { to the last }.")) from wrong
    geometry = _geometry(told)
    shape = [[_ring(ring) for ring in _list(polygon)] for polygon in _polygons(geometry)]
    _check(shape)
    kept = [[[list(point) for point in ring] for ring in polygon] for polygon in shape]
    return {"type": "Polygon", "coordinates": kept[0]} if len(kept) == 1 else {"type": "MultiPolygon", "coordinates": kept}


def _refuse(sentence: Any) -> ValidationError:
    return ValidationError({"outline": sentence})


def _geometry(told: Any) -> dict[str, Any]:
    """The one geometry of a file: bare, in a Feature, or in a FeatureCollection of one."""
    system = json.dumps(told["crs"]).casefold() if isinstance(told, dict) and told.get("crs") else "4326"
    if not any(name in system for name in NAMED):
        raise _refuse(_("The coordinates must be WGS-84 (EPSG:4326) or CGCS2000 (EPSG:4490): please export them so."))
    if isinstance(told, dict) and told.get("type") == "FeatureCollection":
        features = told.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise _refuse(_("The text must hold exactly one area. Join several parts into one MultiPolygon."))
        told = features[0]
    if isinstance(told, dict) and told.get("type") == "Feature":
        told = told.get("geometry")
    if not isinstance(told, dict) or told.get("type") not in ("Polygon", "MultiPolygon"):
        raise _refuse(_("The area must be a Polygon or a MultiPolygon, not a point or a line."))
    return told


def _polygons(geometry: dict[str, Any]) -> list[Any]:
    found = geometry.get("coordinates")
    return [found] if geometry["type"] == "Polygon" else _list(found)


def _list(found: Any) -> list[Any]:
    if not isinstance(found, list) or not found:
        raise _refuse(_("A part of the area has no points."))
    return found


def _ring(found: Any) -> Ring:
    told = [_point(point) for point in _list(found)]
    ring = [point for n, point in enumerate(told) if n == 0 or point != told[n - 1]]
    if len(ring) < 4:
        raise _refuse(_("An area needs at least three corners."))
    if ring[0] != ring[-1]:
        raise _refuse(_("The line is not closed: the last point must be the same as the first."))
    return ring


def _point(found: Any) -> Point:
    if not isinstance(found, list) or len(found) < 2 or not all(
            isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in found[:2]):
        raise _refuse(_("A point is not two numbers: longitude and latitude in degrees."))
    x, y = float(found[0]), float(found[1])
    if abs(x) > 180 or abs(y) > 180:
        raise _refuse(_("These are no degrees but metres of a projection: please export as WGS-84, longitude and latitude."))
    if _within(y, x) and not _within(x, y):
        raise _refuse(_("Longitude and latitude are exchanged: the longitude (about 73 to 136) comes first."))
    if not _within(x, y):
        raise _refuse(_("The point %(x)s, %(y)s lies far outside.") % {"x": found[0], "y": found[1]})
    return round(x, 6), round(y, 6)


def _within(x: float, y: float) -> bool:
    return EAST[0] <= x <= EAST[1] and NORTH[0] <= y <= NORTH[1]


def _check(shape: Shape) -> None:
    rings = [ring for polygon in shape for ring in polygon]
    if sum(map(len, rings)) > MOST_POINTS:
        raise _refuse(_("The outline has more than %(most)s points. Please simplify it.") % {"most": MOST_POINTS})
    xs, ys = zip(*(point for ring in rings for point in ring), strict=True)
    if max(xs) - min(xs) > WIDEST or max(ys) - min(ys) > WIDEST:
        raise _refuse(_("The area is wider than 50 km: this is no project area."))
    for ring in rings:
        if abs(_area(ring)) < 1e-12:
            raise _refuse(_("The line encloses no area."))
        if _crosses(ring):
            raise _refuse(_("The line crosses itself: please mend the outline."))


def _area(ring: Ring) -> float:
    """In square degrees, by the shoelace; the sign is the direction."""
    x0, y0 = ring[0]
    return sum((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0) for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def _crosses(ring: Ring) -> bool:
    sides = list(pairwise(ring))
    last = len(sides) - 1
    return any(_cut(*sides[n], *sides[m]) for n in range(last) for m in range(n + 2, last + (n > 0)))


def _cut(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Do the two sides cross, or does one touch the other?"""
    if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]):
        return False
    return _side(a, b, c) * _side(a, b, d) <= 0 and _side(c, d, a) * _side(c, d, b) <= 0


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


# --- drawn --------------------------------------------------------------------------------------------------------

#: Of the drawing, in its own units; as high as the areas want, within reason.
WIDTH, LEAST_HEIGHT, MOST_HEIGHT, MARGIN = 640, 240, 520, 36


@dataclass(frozen=True)
class Area:
    """One project on the map: the path around it, and where its name stands."""

    project: RenewalProject
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Map:
    """A drawing without ground: areas side by side as they lie."""

    width: int
    height: int
    areas: list[Area]


def drawn(projects: Iterable[RenewalProject]) -> Map | None:
    """The map of those projects whose outline is known; None when there is none."""
    shapes = [(project, shape) for project in projects if (shape := parts(project.outline))]
    points = [point for _project, shape in shapes for point in _points(shape)]
    if not points:
        return None
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    # One degree of longitude is shorter than one of latitude; in a district a flat picture is true enough.
    narrow = math.cos(math.radians((south + north) / 2))
    wide, high = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    scale = min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / high)
    height = max(round(high * scale) + 2 * MARGIN, LEAST_HEIGHT)
    left, top = (WIDTH - wide * scale) / 2, (height - high * scale) / 2

    def place(point: Point) -> Point:
        return round(left + (point[0] - west) * narrow * scale, 1), round(top + (north - point[1]) * scale, 1)

    return Map(WIDTH, height, [_drawn(project, [[[place(point) for point in ring] for ring in polygon] for polygon in shape])
                               for project, shape in shapes])


def _drawn(project: RenewalProject, shape: Shape) -> Area:
    path = " ".join("M" + " ".join(f"{x:g} {y:g}" for x, y in ring[:-1]) + "Z" for polygon in shape for ring in polygon)
    largest = max((polygon[0] for polygon in shape), key=lambda ring: abs(_area(ring)))
    return Area(project, path, *_middle(largest))


def _middle(ring: Ring) -> Point:
    """The centre of gravity."""
    x0, y0 = ring[0]
    twice = 2 * _area(ring) or 1.0
    slices = [((x1 + x2 - 2 * x0), (y1 + y2 - 2 * y0), (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0))
              for (x1, y1), (x2, y2) in pairwise(ring)]
    return (round(x0 + sum(x * cross for x, _y, cross in slices) / (3 * twice), 1),
            round(y0 + sum(y * cross for _x, y, cross in slices) / (3 * twice), 1))


def parts(outline: Any) -> Shape:
    """The polygons of a kept outline; none for no outline."""
    if not outline:
        return []
    found = outline["coordinates"]
    return [found] if outline["type"] == "Polygon" else list(found)


def _points(shape: Shape) -> Iterator[Point]:
    return (point for polygon in shape for ring in polygon for point in ring)
