"""GeoJSON of small square regions, and a map made of it, for tests."""

from __future__ import annotations

import json
from typing import Any

from institutions.models import MapFile, Region, RegionPlacement
from yiyang.access.models import User

APPROVAL = "蒙S（2026）001号"


def square(west: float, south: float, size: float = 1.0) -> list[list[float]]:
    """A closed ring, anticlockwise."""
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(name: Any, *rings: Any, kind: str = "Polygon") -> dict[str, Any]:
    coordinates = [[ring] for ring in rings] if kind == "MultiPolygon" else list(rings)
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"name": name}, "geometry": geometry}


def geojson(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def make_map(region: Region, by: User, approval_number: str = APPROVAL) -> MapFile:
    """A map of the regions below, side by side, that nobody has checked yet."""
    below = RegionPlacement.objects.filter(parent=region).order_by("region__code")
    outlines = {row.region.code: [square(106 + n, 39)] for n, row in enumerate(below)}
    return MapFile.objects.create(
        region=region,
        approval_number=approval_number,
        file_name="map.geojson",
        outlines=outlines,
        uploaded_by=by,
    )
