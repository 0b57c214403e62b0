"""The regions below one as a drawing: the reviewed map in use, else equal tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from institutions.maps.drawing import Outline, sheet_of
from institutions.models import MapFile, Region
from targets.explain.figures import Part

TILE_WIDTH, TILE_HEIGHT, BETWEEN = 220, 104, 12
LONGEST_NAME = 10


@dataclass(frozen=True, slots=True)
class Shape:
    """One region of the drawing: its outline as an SVG path, and where its words stand."""

    part: Part
    path: str
    x: float
    y: float

    @property
    def name(self) -> str:
        """The name as far as it fits; the whole name stands in the tile's title."""
        name = self.part.region.name
        return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"

    @property
    def colour(self) -> str:
        """The tone that colours it; the word beside it says the same."""
        return self.part.tone.colour if self.part.tone else "plain"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map ready to print; `approval` is the 审图号 of a real one, empty for tiles."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    approval: str = ""


def map_of(region: Region, parts: Sequence[Part]) -> Drawing:
    """The map in use where it shows just these regions, else tiles."""
    found = MapFile.objects.in_use().filter(region=region).first()
    if found is None or set(found.outlines) != {part.region.code for part in parts}:
        return schematic(parts)
    sheet = sheet_of(found.outlines)
    shapes = tuple(_shape(part, sheet.outlines[part.region.code]) for part in parts)
    return Drawing(sheet.width, sheet.height, shapes, found.approval_number)


def _shape(part: Part, outline: Outline) -> Shape:
    return Shape(part, outline.path, outline.x, outline.y)


def schematic(parts: Sequence[Part]) -> Drawing:
    """Equal tiles in the order given: it tells regions apart and draws no boundary."""
    columns = min(4, max(1, ceil(sqrt(len(parts)))))
    rows = ceil(len(parts) / columns)
    shapes = tuple(_tile(part, *divmod(index, columns)) for index, part in enumerate(parts))
    return Drawing(_extent(columns, TILE_WIDTH), _extent(rows, TILE_HEIGHT), shapes)


def _tile(part: Part, row: int, column: int) -> Shape:
    left, top = column * (TILE_WIDTH + BETWEEN) + 1, row * (TILE_HEIGHT + BETWEEN) + 1
    outline = f"M{left} {top}h{TILE_WIDTH}v{TILE_HEIGHT}h{-TILE_WIDTH}z"
    return Shape(part, outline, left + TILE_WIDTH / 2, top + TILE_HEIGHT / 2)


def _extent(number: int, size: int) -> int:
    """The tiles, the space between them and one unit of edge on either side."""
    return number * (size + BETWEEN) - BETWEEN + 2
