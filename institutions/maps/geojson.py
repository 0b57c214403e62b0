"""A GeoJSON file read as outlines of named regions: everything else in it is refused or left."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError

MAX_MAP_BYTES = 2 * 1024 * 1024
MOST_POINTS = 50_000
FEWEST_POINTS = 4
# 我国陆海范围的经纬度；投影过的坐标（米）一眼可辨。
LONGITUDES, LATITUDES = (73, 136), (3, 54)

Point = tuple[float, float]
Ring = list[Point]
Outlines = dict[str, list[Ring]]


def read_outlines(content: bytes, codes: Mapping[str, str]) -> Outlines:
    """The outlines by region code; `codes` gives the code of each name that must be there."""
    if len(content) > MAX_MAP_BYTES:
        raise ValidationError(f"文件超过 {MAX_MAP_BYTES // 1024 // 1024} MB；请简化界线后再上传。")
    found: Outlines = {}
    for feature in _features(_parsed(content)):
        name = _name(feature)
        if name not in codes:
            raise ValidationError(f"“{name}”不是这里的下级区划；名称须与登记的一致。")
        if codes[name] in found:
            raise ValidationError(f"“{name}”出现了两次；请合并为一个要素（MultiPolygon）。")
        found[codes[name]] = _rings(name, feature.get("geometry"))
    lacking = [name for name, code in codes.items() if code not in found]
    if lacking:
        raise ValidationError(f"文件里没有：{'、'.join(lacking)}；每个下级区划都要有。")
    if sum(len(ring) for rings in found.values() for ring in rings) > MOST_POINTS:
        raise ValidationError(f"界线的点超过 {MOST_POINTS:,} 个；请简化后再上传。")
    return found


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ValidationError("不是 GeoJSON 文件：请用 UTF-8 编码的 .geojson 或 .json。") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _features(data: Any) -> list[Mapping[str, Any]]:
    if not isinstance(data, dict) or data.get("type") != "FeatureCollection":
        raise ValidationError("GeoJSON 的 type 须为 FeatureCollection。")
    features = data.get("features")
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise ValidationError("GeoJSON 的 features 须是要素的列表。")
    return features


def _name(feature: Mapping[str, Any]) -> str:
    properties = feature.get("properties")
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise ValidationError("每个要素的 properties 里须有 name（区划名称）。")
    return name.strip()[:60]


def _rings(name: str, geometry: Any) -> list[Ring]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValidationError(f"“{name}”的图形须是 Polygon 或 MultiPolygon。")
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    rings = [[_point(name, one) for one in ring] for ring in _lists(name, polygons)]
    if not rings or any(len(ring) < FEWEST_POINTS or ring[0] != ring[-1] for ring in rings):
        raise ValidationError(f"“{name}”的界线须首尾相接，至少 {FEWEST_POINTS} 个点。")
    return rings


def _lists(name: str, polygons: Any) -> Iterator[list[Any]]:
    """The rings of the polygons, each really a list."""
    for polygon in polygons if isinstance(polygons, list) else [None]:
        for ring in polygon if isinstance(polygon, list) else [None]:
            if not isinstance(ring, list):
                raise ValidationError(f"“{name}”的坐标写法有误；请用制图软件导出的 GeoJSON。")
            yield ring


def _point(name: str, point: Any) -> Point:
    pair = point[:2] if isinstance(point, list) else []
    if [type(one) in (int, float) for one in pair] != [True, True]:
        raise ValidationError(f"“{name}”的坐标写法有误；每个点须是 [经度, 纬度]。")
    longitude, latitude = pair
    (west, east), (south, north) = LONGITUDES, LATITUDES
    if not (west <= longitude <= east and south <= latitude <= north):
        raise ValidationError(f"“{name}”的坐标不在我国范围内；须用经纬度（度），不用投影坐标。")
    return (round(float(longitude), 5), round(float(latitude), 5))
