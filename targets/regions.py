"""Which regions a page of a run shows: its columns, its children and the way up."""

from __future__ import annotations

from collections.abc import Sequence

from institutions.models import Region
from targets.indicators.calculation import Tree
from targets.models import IndicatorRun, IndicatorSnapshot
from targets.snapshots import tree_of
from yiyang.access.scope import Actor


def columns_of(run: IndicatorRun, region: Region | None = None) -> list[Region]:
    """`region` (default: the whole run) and its children on the day of the run, in code order."""
    top = region or run.region
    return [top, *children_of(tree_of(run), top)]


def children_of(tree: Tree, region: Region) -> list[Region]:
    """The regions right below `region`, in code order."""
    return list(Region.objects.filter(pk__in=tree.children_of(region.pk)).order_by("code"))


def grandchildren_of(tree: Tree, region: Region) -> list[Region]:
    """The regions two levels below `region`, in code order."""
    below = [kid for child in tree.children_of(region.pk) for kid in tree.children_of(child)]
    return list(Region.objects.filter(pk__in=below).order_by("code"))


def trail_to(tree: Tree, region: Region) -> list[Region]:
    """The way from the root of the tree down to `region`, both included."""
    parents = {child: parent for parent, kids in tree.children.items() for child in kids}
    way = [region.pk]
    while way[-1] != tree.root and way[-1] in parents:
        way.append(parents[way[-1]])
    by_id = Region.objects.in_bulk(way)
    return [by_id[pk] for pk in reversed(way)]


def visible_regions(run: IndicatorRun, regions: Sequence[Region], actor: Actor) -> list[Region]:
    """Those of `regions` whose figures in `run` the actor may see, order kept."""
    seen = set(
        IndicatorSnapshot.objects.filter(run=run, region__in=regions)
        .visible_to(actor)
        .values_list("region_id", flat=True)
        .distinct()
    )
    return [region for region in regions if region.pk in seen]


def own_regions(run: IndicatorRun, actor: Actor) -> list[Region]:
    """The region the actor's table starts with, if its figures may be seen."""
    return visible_regions(run, [top_region(run, actor)], actor)


def top_region(run: IndicatorRun, actor: Actor) -> Region:
    """Where the actor's table starts: the one region granted, else the whole run."""
    if actor.whole_city or len(actor.region_ids) != 1:
        return run.region
    return Region.objects.get(pk=actor.region_ids[0])
