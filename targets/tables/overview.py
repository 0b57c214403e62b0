"""Every reading of the catalogue in several regions, as one run stored it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from institutions.models import Region
from targets.indicators.base import Indicator
from targets.indicators.catalogue import CATALOGUE
from targets.models import IndicatorRun, IndicatorSnapshot
from targets.presenters import NOTHING, asides_text, fraction_text, quote_text, value_text
from targets.results import figure_of
from yiyang.access.scope import Actor


@dataclass(frozen=True, slots=True)
class OverviewCell:
    region: Region
    value: str
    fraction: str
    asides: tuple[str, ...]
    quote: str = ""


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One reading across the regions; `is_first` opens a new indicator."""

    indicator: Indicator
    is_first: bool
    cells: tuple[OverviewCell, ...]


def overview(run: IndicatorRun, regions: Sequence[Region], actor: Actor) -> list[OverviewRow]:
    """The rows in catalogue order."""
    stored = {
        (snapshot.indicator, snapshot.reading, snapshot.region_id): snapshot
        for snapshot in IndicatorSnapshot.objects.filter(run=run, region__in=regions).visible_to(
            actor
        )
    }
    rows = []
    previous = ""
    for record in CATALOGUE:
        cells = tuple(
            _cell(run, region, stored.get((*record.key, region.pk)), record) for region in regions
        )
        rows.append(OverviewRow(record, record.code != previous, cells))
        previous = record.code
    return rows


def _cell(
    run: IndicatorRun, region: Region, snapshot: IndicatorSnapshot | None, record: Indicator
) -> OverviewCell:
    if snapshot is None:
        return OverviewCell(region, NOTHING, "", ())
    figure = figure_of(snapshot)
    return OverviewCell(
        region,
        value_text(figure, record),
        fraction_text(figure, record),
        asides_text(figure, record),
        quote_text(figure, record, region, run),
    )
