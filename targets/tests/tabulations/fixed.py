"""Runs whose figures are given number by number, and workbooks read back cell by cell."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from datetime import date

from django.utils import timezone
from python_calamine import CalamineWorkbook

from institutions.models import Region
from targets.indicators.base import Indicator
from targets.indicators.calculation import Figure
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import tree_on
from targets.indicators.slots import FigureRow
from targets.models import IndicatorRun, RunStatus
from targets.runs.storing import store_figures
from targets.tests.factories import City

Given = Mapping[tuple[str, str], Mapping[str, tuple[int | None, int | None]]]
NOTHING = Figure(None, None)
# 东区、西区与全市；占比只在全市一级相除，从不相加。
FIGURES: Given = {
    ("DUAL", "both_certificates"): {"测试市": (3, None), "东区": (2, None), "西区": (1, None)},
    ("TM12", "integrated"): {"测试市": (1, None), "东区": (1, None), "西区": (0, None)},
    ("EL17", "any_form"): {"测试市": (5, 8), "东区": (4, 5), "西区": (1, 3)},
    ("GC17", "standard"): {"测试市": (4, 6), "东区": (3, 4), "西区": (1, 2)},
    ("GERI", "standard"): {"测试市": (0, 0), "东区": (0, 0), "西区": (0, 0)},
}


def store_given(
    city: City,
    day: date,
    given: Given = FIGURES,
    missing: Mapping[str, int] | None = None,
    catalogue: Sequence[Indicator] = CATALOGUE,
) -> IndicatorRun:
    """Publish a run of exactly these figures; whatever is not given is 无数据.

    `missing` is how many institutions of a region did not report, for every given figure; what is
    not in the `catalogue` is not measured at all.
    """
    at = timezone.now()
    run = IndicatorRun.objects.create(as_of=day, region=city.city, started_at=at, heartbeat_at=at)
    tree = tree_on(day, city.city.pk)
    regions = {one.pk: one for one in Region.objects.filter(pk__in=tree.top_down)}
    rows = {pk: _row(regions[pk].name, given, missing or {}, catalogue) for pk in tree.top_down}
    store_figures(run, catalogue, rows, tree)
    run.status, run.finished_at, run.seen_number = RunStatus.DONE, at, 0
    run.catalogue_digest = "ab" * 32
    run.save()
    return run


def _row(
    name: str, given: Given, missing: Mapping[str, int], catalogue: Sequence[Indicator]
) -> FigureRow:
    figures = []
    for reading in catalogue:
        found = given.get(reading.key, {}).get(name)
        lacking = missing.get(name, 0)
        figures.append(Figure(*found, 0, lacking, lacking + 3) if found else NOTHING)
    return FigureRow(*zip(*(astuple(one) for one in figures), strict=True))


def cells_of(content: bytes, number: int = 0) -> list[list[object]]:
    """Every row of a sheet as far as it is filled."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(number)
    return [_filled(list(row)) for row in sheet.to_python()]


def _filled(row: list[object]) -> list[object]:
    while row and row[-1] == "":
        row.pop()
    return row
