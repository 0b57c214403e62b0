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
ARRAYS = ("numerators", "denominators", "excluded", "missing", "expected")


@dataclass(frozen=True, slots=True)
class Said:
    """A figure in words, as one of the two runs has it."""

    value: str
    fraction: str
    asides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """One cell: what was published, and what a later run says."""

    region: Region
    indicator: Indicator
    before: Said
    after: Said


def later_runs(edition: Edition) -> list[IndicatorRun]:
    """The published runs of the same day after the one published, newest first."""
    runs = IndicatorRun.objects.published().filter(
        as_of=edition.run.as_of, region=edition.run.region_id, pk__gt=edition.run_id
    )
    return list(runs.newest_first())


def corrections(edition: Edition, later: IndicatorRun, actor: Actor) -> list[Correction]:
    """The cells both runs have, as far as the actor may see them in both, that differ."""
    regions = Region.objects.in_bulk(_differing_regions(edition.run, later))
    before = _figures(edition.run, regions, actor)
    after = _figures(later, regions, actor)
    keys = [key for key in before if key in after and _differ(key, before[key], after[key])]
    return [
        Correction(
            regions[key[0]], BY_KEY[key[1:]], _said(before[key], key), _said(after[key], key)
        )
        for key in sorted(keys, key=lambda key: (regions[key[0]].code, key[1:]))
    ]


def _differing_regions(run: IndicatorRun, later: IndicatorRun) -> list[int]:
    """The regions with any other number, without reading every figure one by one."""
    before, after = _arrays(run), _arrays(later)
    if run.definition_ids != later.definition_ids:
        return sorted(before.keys() & after.keys())
    return sorted(pk for pk in before.keys() & after.keys() if before[pk] != after[pk])


def _arrays(run: IndicatorRun) -> dict[int, tuple[object, ...]]:
    rows = RegionFigures.objects.filter(run=run).values_list("region_id", *ARRAYS)
    return {region: tuple(arrays) for region, *arrays in rows}


def _figures(run: IndicatorRun, regions: Mapping[int, Region], actor: Actor) -> dict[Key, Figure]:
    rows = IndicatorSnapshot.objects.filter(run=run, region__in=list(regions)).visible_to(actor)
    return {
        (row.region_id, row.indicator, row.reading): figure_of(row)
        for row in rows
        if (row.indicator, row.reading) in BY_KEY
    }


def _differ(key: Key, before: Figure, after: Figure) -> bool:
    """Whether a reader sees another number; people left out are told to nobody here."""
    return _seen(key, before) != _seen(key, after)


def _seen(key: Key, figure: Figure) -> tuple[int | None, ...]:
    excluded = None if counts_people(BY_KEY[key[1:]]) else figure.excluded
    return (figure.numerator, figure.denominator, figure.missing, figure.expected, excluded)


def _said(figure: Figure, key: Key) -> Said:
    indicator = BY_KEY[key[1:]]
    return Said(
        value_text(figure, indicator),
        fraction_text(figure, indicator),
        asides_text(figure, indicator),
    )
