"""Filling a table from one stored run: a row for each region, the whole last, never a recount."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.conf import settings

from institutions.models import Region
from targets.indicators.base import Indicator
from targets.indicators.calculation import Figure
from targets.models import IndicatorRun, IndicatorSnapshot
from targets.results import figure_of
from targets.tables.footnotes import rule_notes, source_note
from targets.tabulations.by_target import target_table
from targets.tabulations.catalogue import Item, Part, Tabulation
from targets.tabulations.filings import filing_lines
from targets.tabulations.grid import (
    COUNT,
    KEPT_BACK,
    SHARE,
    SIGNATURES,
    TEXT,
    WORDS,
    Grid,
    GridCell,
    GridColumn,
    GridRow,
    column,
    row,
)
from targets.tabulations.places import Place, Places, places_of
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.lib.demo import demo_mark

PERSONAL = frozenset({Permission.VIEW_PERSONS, Permission.VIEW_RESTRICTED})
TOTAL = "合计"
ROUNDED = "百分数四舍五入到两位小数。"
KEPT_BACK_NOTE = (
    f"“{KEPT_BACK}”：不足 {settings.SMALL_CELL_LIMIT} 人的数和能减出它来的数，印出的表一律不列。"
)
FIRST_COLUMNS = (
    column("序号", WORDS, 6),
    column("区划代码", WORDS, 15),
    column("地区", TEXT, 16),
)
REMARKS = column("备注", TEXT, 22)
# 没有的格子没有量度过；值为 None 的有数，只是不列。
Figures = dict[tuple[int, tuple[str, str]], Figure | None]


def grid_of(
    table: Tabulation, run: IndicatorRun, whole: Region, *, with_streets: bool, actor: Actor
) -> Grid:
    """The table of `whole` as the run stored it, as far as the actor may see.

    It is counted without persons, whoever asks, so that what it says may leave the portal.
    """
    reader = printed_for(actor)
    places = places_of(run, whole, with_streets=with_streets, actor=reader)
    if table.is_by_target:
        columns, rows, notes = target_table(run, places, reader)
    else:
        columns, rows = _columns(table), _rows(table, run, places, reader)
        notes = _notes(table, run)
    return {
        "code": table.code,
        "title": f"{places.whole.name}{table.title}",
        "as_of": run.as_of.isoformat(),
        "region": places.whole.name,
        "filing": filing_lines(table, run.as_of),
        "unit": table.unit,
        "demo_mark": demo_mark(),
        "columns": columns,
        "rows": rows,
        "notes": [*_legend(rows), *notes],
        "signatures": list(SIGNATURES),
        "run": run.pk,
    }


def printed_for(actor: Actor) -> Actor:
    """The actor without persons: small counts of people are kept back from what is printed."""
    return replace(actor, permissions=actor.permissions - PERSONAL)


def _columns(table: Tabulation) -> list[GridColumn]:
    items = [
        column(one.heading, SHARE if one.part is Part.SHARE else COUNT, one.width, one.group)
        for one in table.items
    ]
    return [*FIRST_COLUMNS, *items, REMARKS]


def _rows(table: Tabulation, run: IndicatorRun, places: Places, actor: Actor) -> list[GridRow]:
    figures = _figures(table, run, [one.region for one in places.all], actor)
    rows = []
    counter = 0
    for place in places.rows:
        counter += place.level == 0
        opening = [str(counter) if place.level == 0 else "", place.region.code, place.name]
        cells = [_cell(item, figures, place) for item in table.items]
        remark = _missing(table, figures, place)
        rows.append(row([*opening, *cells, remark], level=place.level))
    whole = [_cell(item, figures, places.whole) for item in table.items]
    remarks = [_missing(table, figures, places.whole), *_unequal(table, figures, places)]
    remark = "；".join(text for text in remarks if text)
    total = ["", places.whole.region.code, TOTAL, *whole, remark]
    return [*rows, row(total, is_total=True)]


def _figures(
    table: Tabulation, run: IndicatorRun, regions: Sequence[Region], actor: Actor
) -> Figures:
    codes = {item.key[0] for item in table.items}
    stored = IndicatorSnapshot.objects.filter(run=run, region__in=regions, indicator__in=codes)
    seen = {one.pk for one in stored.visible_to(actor)}
    return {
        (one.region_id, (one.indicator, one.reading)): figure_of(one) if one.pk in seen else None
        for one in stored
    }


def _cell(item: Item, figures: Figures, place: Place) -> GridCell:
    """The part of a figure; None where it was not measured, and one kept back says so."""
    key = (place.region.pk, item.key)
    if key not in figures:
        return None
    figure = figures[key]
    if figure is None:
        return KEPT_BACK
    if item.part is Part.SHARE:
        if figure.numerator is None or not figure.denominator:
            return None
        return [figure.numerator, figure.denominator]
    return figure.numerator if item.part is Part.NUMERATOR else figure.denominator


def _missing(table: Tabulation, figures: Figures, place: Place) -> str:
    """Who did not report, reading by reading."""
    told = []
    for reading in table.readings:
        figure = figures.get((place.region.pk, reading.key))
        if figure is not None and figure.missing:
            item = next(one for one in table.items if one.key == reading.key)
            heading = item.group or item.heading
            told.append(f"{heading}缺报 {figure.missing}/{figure.expected}")
    return "；".join(dict.fromkeys(told))


def _unequal(table: Tabulation, figures: Figures, places: Places) -> Iterable[str]:
    """Where the parts do not add up to the whole; a share is never summed."""
    if not places.parts:
        return
    for item in table.items:
        if item.part is Part.SHARE:
            continue
        whole = _cell(item, figures, places.whole)
        parts = [_cell(item, figures, one) for one in places.parts]
        if not isinstance(whole, int) or not all(isinstance(part, int) for part in parts):
            continue
        found = sum(part for part in parts if isinstance(part, int))
        if found != whole:
            name = f"{item.group}{item.heading}"
            yield f"{name}各地区之和为 {found:,}"


def _notes(table: Tabulation, run: IndicatorRun) -> list[str]:
    """What is counted in each column, by which settings, and from where."""
    readings = table.readings
    return [*map(_reading_note, readings), *rule_notes(readings), ROUNDED, source_note(run)]


def _legend(rows: Sequence[GridRow]) -> list[str]:
    """What the words in place of a number mean, where the table has any."""
    has_kept_back = any(cell == KEPT_BACK for one in rows for cell in one["cells"])
    return [KEPT_BACK_NOTE] if has_kept_back else []


def _reading_note(reading: Indicator) -> str:
    """What is counted, as the catalogue says it."""
    top = f"“{reading.title}（{reading.reading_title}）”：{reading.numerator_text}"
    return f"{top}；分母为{reading.denominator_text}。" if reading.is_ratio else f"{top}。"
