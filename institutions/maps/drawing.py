"""Outlines as SVG paths, with a place for the words of each region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians

from institutions.maps.geojson import Outlines, Point

WIDTH, TALLEST, EDGE = 460.0, 620.0, 4.0


@dataclass(frozen=True, slots=True)
class Outline:
    """One region: its path, and the middle of its largest part."""

    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """All outlines on one sheet, by region code."""

    width: float
    height: float
    outlines: Mapping[str, Outline]


def sheet_of(outlines: Outlines) -> Sheet:
    """North up, longitudes shortened by the middle latitude, fitted to the width of the page."""
    points = [point for rings in outlines.values() for ring in rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    shortening = cos(radians((south + north) / 2))
    wide, tall = max((east - west) * shortening, 1e-6), max(north - south, 1e-6)
    scale = min((WIDTH - 2 * EDGE) / wide, (TALLEST - 2 * EDGE) / tall)

    def placed(point: Sequence[float]) -> Point:
        x, y = (point[0] - west) * shortening * scale + EDGE, (north - point[1]) * scale + EDGE
        return (round(x, 1), round(y, 1))

    drawn = {
        code: _outline([[placed(point) for point in ring] for ring in rings])
        for code, rings in outlines.items()
    }
    return Sheet(round(wide * scale + 2 * EDGE, 1), round(tall * scale + 2 * EDGE, 1), drawn)


def _outline(rings: Sequence[Sequence[Point]]) -> Outline:
    path = "".join(f"M{' '.join(f'{x},{y}' for x, y in ring)}z" for ring in rings)
    x, y = _middle(max(rings, key=lambda ring: abs(_area(ring))))
    return Outline(path, round(x, 1), round(y, 1))


def _area(ring: Sequence[Point]) -> float:
    """Twice the signed area."""
    pairs = pairwise(ring)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)


def _middle(ring: Sequence[Point]) -> Point:
    """The centre of gravity; of a ring without area its first point."""
    area = _area(ring)
    if not area:
        return ring[0]
    x = y = 0.0
    for (x0, y0), (x1, y1) in pairwise(ring):
        cross = x0 * y1 - x1 * y0
        x += (x0 + x1) * cross
        y += (y0 + y1) * cross
    return (x / (3 * area), y / (3 * area))
