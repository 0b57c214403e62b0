"""Which regions are the rows of a table: those below the whole, with their streets if asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from institutions.models import Region
from institutions.models.regions import names_on
from targets.models import IndicatorRun
from targets.regions import visible_regions
from targets.snapshots import tree_of
from yiyang.access.scope import Actor


@dataclass(frozen=True, slots=True)
class Place:
    """One region of a table; one of a deeper level lies within the row above."""

    region: Region
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class Places:
    """The rows of a table and the whole they add up to."""

    whole: Place
    rows: tuple[Place, ...]

    @property
    def all(self) -> tuple[Place, ...]:
        return (self.whole, *self.rows)

    @property
    def parts(self) -> tuple[Place, ...]:
        return tuple(one for one in self.rows if one.level == 0)


def places_of(run: IndicatorRun, whole: Region, *, with_streets: bool, actor: Actor) -> Places:
    """The regions right below `whole` on the day of the run that the actor may see, by code."""
    tree = tree_of(run)
    levels: dict[int, int] = {}
    below = dict(_walk(tree.children, whole.pk, deepest=1 if with_streets else 0))
    found = visible_regions(run, [*Region.objects.filter(pk__in=below).order_by("code")], actor)
    levels = {region.pk: below[region.pk] for region in found}
    names = names_on(run.as_of, [whole, *found])
    ordered = _in_order(tree.children, whole.pk, found)
    return Places(
        Place(whole, names[whole.pk], 0),
        tuple(Place(one, names[one.pk], levels[one.pk]) for one in ordered),
    )


def _walk(
    children: dict[int, list[int]], above: int, *, deepest: int, level: int = 0
) -> list[tuple[int, int]]:
    found = []
    for child in children.get(above, ()):
        found.append((child, level))
        if level < deepest:
            found += _walk(children, child, deepest=deepest, level=level + 1)
    return found


def _in_order(children: dict[int, list[int]], above: int, found: Sequence[Region]) -> list[Region]:
    """Each region followed by those within it."""
    by_id = {region.pk: region for region in found}
    here = sorted((c for c in children.get(above, ()) if c in by_id), key=lambda c: by_id[c].code)
    return [
        region for child in here for region in (by_id[child], *_in_order(children, child, found))
    ]
