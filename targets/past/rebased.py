"""A past day shown on another day's region map.

The same querysets are counted through a lens in which every fact points at the region that its
region has become: the successor of a merger, the part a split record was assigned to, or else the
parent under which both once hung. Nothing leaves the city, so its totals stay equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from contracts.models import PersonResidence, SignupAggregate, TeamArea
from institutions.models import (
    InstitutionProfile,
    PilotProject,
    Population,
    RegionPlacement,
    RegionSuccession,
    SuccessionKind,
)
from targets.indicators.base import Indicator
from targets.indicators.calculation import Tree
from targets.indicators.lens import Lens
from targets.indicators.measure import Figures, measure, tree_on

LONG_AGO = date(1, 1, 1)
# 析出后按记录归入：同一机构、同一个人在新图那天所在的区划。
FOLLOWED: dict[Any, str] = {InstitutionProfile: "institution_id", PersonResidence: "person_id"}
MAPPED: tuple[Any, ...] = (TeamArea, PilotProject)
# 并入后两处的数相加。
SUMMED: dict[Any, tuple[str, ...]] = {
    Population: ("people",),
    SignupAggregate: ("signed", "population"),
}


def rebased_figures(
    catalogue: Sequence[Indicator], *, day: date, map_day: date, root: int
) -> dict[tuple[str, str], Figures]:
    """Every figure of `day` for the regions of the map of `map_day`.

    A region that covers the same ground on both maps keeps the figure of its own day: the city
    itself always does, even where a published head count cannot follow the new borders.
    """
    own_tree = tree_on(day, root)
    own = measure(catalogue, day=day, tree=own_tree)
    lens = rebased_lens(map_day=map_day)
    tree = tree_on(day, root, lens)
    moved = measure(catalogue, day=day, tree=tree, lens=lens)
    kept = _same_ground(own_tree, tree, _heirs(map_day))
    return {
        key: {
            region: own[key][region] if region in kept else figure
            for region, figure in figures.items()
        }
        for key, figures in moved.items()
    }


def _same_ground(own: Tree, new: Tree, heirs: Mapping[int, int]) -> set[int]:
    """The regions under which the same regions of the past day stand on both maps."""
    stands = {region: heirs.get(region, region) for region in own.top_down}
    kept = set()
    for region in set(own.top_down) & set(new.top_down):
        below = set(new.below(region))
        if {past for past, heir in stands.items() if heir in below} == set(own.below(region)):
            kept.add(region)
    return kept


def rebased_lens(*, map_day: date) -> Lens:
    """The lens through which any past day is read on the map of `map_day`."""
    heirs = _heirs(map_day)
    pairs = (list(heirs), list(heirs.values()))
    bodies: dict[str, tuple[str, tuple[Any, ...]]] = {_table(RegionPlacement): _map_of(map_day)}
    for model, identity in FOLLOWED.items():
        bodies[_table(model)] = (_followed(model, identity), (map_day, map_day, *pairs))
    for model in MAPPED:
        bodies[_table(model)] = (_mapped(model), pairs)
    for model, numbers in SUMMED.items():
        bodies[_table(model)] = (_summed(model, numbers), pairs)
    return Lens(bodies)


def _heirs(map_day: date) -> dict[int, int]:
    """Every region that is off the map on `map_day`, and the one on it that stands for it."""
    placed = set(RegionPlacement.objects.on(map_day).values_list("region_id", flat=True))
    parents = dict(
        RegionPlacement.objects.kept().order_by("starts_on").values_list("region_id", "parent_id")
    )
    merged = dict(
        RegionSuccession.objects.kept()
        .filter(kind=SuccessionKind.MERGE, took_place_on__lte=map_day)
        .values_list("predecessor_id", "successor_id")
    )
    gone = [region for region in parents if region not in placed]
    return {region: _standing(region, placed, merged, parents) for region in gone}


def _standing(
    region: int, placed: set[int], merged: dict[int, int], parents: dict[int, int]
) -> int:
    seen: set[int] = set()
    while region not in placed and region in parents and region not in seen:
        seen.add(region)
        region = merged.get(region, parents[region])
    return region


def _map_of(map_day: date) -> tuple[str, tuple[Any, ...]]:
    table = _table(RegionPlacement)
    columns = _columns(RegionPlacement, ("starts_on", "ends_on"))
    select = (
        f'SELECT {columns}, %s::date AS starts_on, NULL::date AS ends_on FROM public."{table}"'
        " WHERE voided_at IS NULL AND starts_on <= %s AND (ends_on IS NULL OR ends_on >= %s)"
    )
    return select, (LONG_AGO, map_day, map_day)


def _followed(model: Any, identity: str) -> str:
    """Rows whose region is gone go where the same record stands on the map's day."""
    table = _table(model)
    return (
        f"SELECT {_columns(model, ('region_id',), 'fact.')},"
        " CASE WHEN heir.stands IS NULL THEN fact.region_id"
        " ELSE COALESCE(own.region_id, heir.stands) END AS region_id"
        f' FROM public."{table}" fact'
        f' LEFT JOIN (SELECT {identity}, region_id FROM public."{table}"'
        " WHERE voided_at IS NULL AND starts_on <= %s AND (ends_on IS NULL OR ends_on >= %s)) own"
        f" ON own.{identity} = fact.{identity}"
        " AND own.region_id IN (SELECT successor_id FROM public.institutions_regionsuccession"
        " WHERE voided_at IS NULL AND predecessor_id = fact.region_id)"
        f" {_HEIR}"
    )


def _mapped(model: Any) -> str:
    return (
        f"SELECT {_columns(model, ('region_id',), 'fact.')},"
        " COALESCE(heir.stands, fact.region_id) AS region_id"
        f' FROM public."{_table(model)}" fact {_HEIR}'
    )


def _summed(model: Any, numbers: Sequence[str]) -> str:
    """Reports of merged regions for the same day and group added up as one."""
    keys = _columns(model, ("id", "region_id", "source", *numbers), "fact.")
    sums = ", ".join(f"sum(fact.{name})::bigint AS {name}" for name in numbers)
    source = ", string_agg(DISTINCT fact.source, '；') AS source" if model is Population else ""
    return (
        f"SELECT min(fact.id) AS id, COALESCE(heir.stands, fact.region_id) AS region_id, {keys},"
        f" {sums}{source}"
        f' FROM public."{_table(model)}" fact {_HEIR}'
        f" GROUP BY COALESCE(heir.stands, fact.region_id), {keys}"
    )


_HEIR = (
    "LEFT JOIN unnest(%s::bigint[], %s::bigint[]) AS heir(gone, stands)"
    " ON heir.gone = fact.region_id"
)


def _table(model: Any) -> str:
    return str(model._meta.db_table)


def _columns(model: Any, without: Iterable[str], prefix: str = "") -> str:
    left_out = set(without)
    return ", ".join(
        f'{prefix}"{f.column}"' for f in model._meta.concrete_fields if f.column not in left_out
    )
