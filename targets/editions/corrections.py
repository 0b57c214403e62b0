"""更正: what a later run of the same day says otherwise than the edition, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from institutions.models import Region
from targets.indicators.base import Indicator
from targets.indicators.calculation import Figure
from targets.indicators.catalogue import BY_KEY
from targets.indicators.guarding import counts_people
from targets.models import Edition, IndicatorRun, IndicatorSnapshot, RegionFigures
from targets.presenters import asides_text, fraction_text, value_text
from targets.results import figure_of
from yiyang.access.scope import Actor

Key = tuple[int, str, str]
# 值为 None 的格子有数，只是这位读者看不到。
Cells = dict[Key, Figure | None]
ARRAYS = ("numerators", "denominators", "excluded", "missing", "expected")


@dataclass(frozen=True, slots=True)
class Said:
    """A figure in words, as one of the two runs has it."""

    value: str
    fraction: str
    asides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """One cell: what was published, and what a later run says; one run may have no such cell."""

    region: Region
    indicator: Indicator
    before: Said
    after: Said


ADDED, GONE = Said("原无（新增）", "", ()), Said("取消", "", ())


def later_runs(edition: Edition) -> list[IndicatorRun]:
    """The published runs of the same day after the one published, newest first."""
    runs = IndicatorRun.objects.published().filter(
        as_of=edition.run.as_of, region=edition.run.region_id, pk__gt=edition.run_id
    )
    return list(runs.newest_first())


def corrections(edition: Edition, later: IndicatorRun, actor: Actor) -> list[Correction]:
    """The cells that differ, as far as the actor may see them in whichever run holds them."""
    regions = Region.objects.in_bulk(_differing_regions(edition.run, later))
    before, after = _cells(edition.run, regions, actor), _cells(later, regions, actor)
    whole = later.region_id
    only = {key[1:] for key in before.keys() ^ after.keys() if key[0] == whole}
    return [
        Correction(
            regions[key[0]],
            BY_KEY[key[1:]],
            _said(before[key], key) if key in before else ADDED,
            _said(after[key], key) if key in after else GONE,
        )
        for key in sorted(before.keys() | after.keys(), key=lambda k: (regions[k[0]].code, k[1:]))
        # 整个指标新增或取消的，只在全市一行里说，不逐个区划说。
        if _is_told(key, before, after) and (key[1:] not in only or key[0] == whole)
    ]


def _differing_regions(run: IndicatorRun, later: IndicatorRun) -> list[int]:
    """The regions with any other number, without reading every figure one by one."""
    before, after = _arrays(run), _arrays(later)
    every = before.keys() | after.keys()
    if run.definition_ids != later.definition_ids:
        return sorted(every)
    return sorted(pk for pk in every if before.get(pk) != after.get(pk))


def _arrays(run: IndicatorRun) -> dict[int, tuple[object, ...]]:
    rows = RegionFigures.objects.filter(run=run).values_list("region_id", *ARRAYS)
    return {region: tuple(arrays) for region, *arrays in rows}


def _cells(run: IndicatorRun, regions: Mapping[int, Region], actor: Actor) -> Cells:
    """Every cell the run holds in the regions."""
    rows = IndicatorSnapshot.objects.filter(run=run, region__in=list(regions))
    keys = rows.values_list("region_id", "indicator", "reading")
    held: Cells = dict.fromkeys(key for key in keys if key[1:] in BY_KEY)
    for row in rows.visible_to(actor):
        if (key := (row.region_id, row.indicator, row.reading)) in held:
            held[key] = figure_of(row)
    return held


def _is_told(key: Key, before: Cells, after: Cells) -> bool:
    """Whether a reader sees another number; what is hidden in either run is told to nobody."""
    found = [cells[key] for cells in (before, after) if key in cells]
    seen = [_seen(key, figure) for figure in found if figure is not None]
    return len(seen) == len(found) and (len(seen) == 1 or seen[0] != seen[1])


def _seen(key: Key, figure: Figure) -> tuple[int | None, ...]:
    """What a reader sees of a figure; people left out are told to nobody here."""
    excluded = None if counts_people(BY_KEY[key[1:]]) else figure.excluded
    return (figure.numerator, figure.denominator, figure.missing, figure.expected, excluded)


def _said(figure: Figure | None, key: Key) -> Said:
    assert figure is not None, "看不到的格子不列"
    indicator = BY_KEY[key[1:]]
    return Said(
        value_text(figure, indicator),
        fraction_text(figure, indicator),
        asides_text(figure, indicator),
    )
