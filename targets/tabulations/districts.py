"""A line list as a workbook: a sheet of counts, then one sheet for every district."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from institutions.models import Region, RegionLevel
from institutions.region_filter import offered_regions, regions_below, regions_in_scope
from targets.tabulations.line_lists import LineList
from yiyang.access.http import ActorRequest
from yiyang.lib.books import Sheet, sheet_titles, streamed
from yiyang.lib.workbooks import LOOKS, Layout, sheet_of
from yiyang.listing.asked import Asked, asked_of
from yiyang.listing.files import layout_of, lines_of
from yiyang.listing.filters import ListFilter

SUMMARY, ELSEWHERE, TOTAL, NUMBER = "汇总", "不在各区", "合计", "序号"
NUMBER_WIDTH = 6.0


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one district; those in none stand apart, so that nothing is lost."""

    name: str
    rows: QuerySet[Any]
    count: int


def asked_list(request: ActorRequest, line_list: LineList) -> Asked[Any, Any]:
    """The list with its own filters and columns, on the day the address asks for."""
    query = QueryDict(line_list.query, mutable=True)
    if request.GET.get("as_of"):
        query["as_of"] = request.GET["as_of"]
    return asked_of(request, line_list.register, query)


def parts_of(request: ActorRequest, line_list: LineList, asked: Asked[Any, Any]) -> list[Part]:
    """What lies in each district of the actor, in code order, and in none of them."""
    day = asked.filters.day
    rows = line_list.narrowed(asked.rows, day)
    districts = _districts(request)
    parts = [
        _part(one.name, _within(line_list, asked.filters, rows, [one.pk])) for one in districts
    ]
    inside = _within(line_list, asked.filters, rows, [one.pk for one in districts])
    elsewhere = _part(ELSEWHERE, rows.exclude(pk__in=inside.order_by().values("pk")))
    return [*parts, *([elsewhere] if elsewhere.count else [])]


def workbook_of(
    request: ActorRequest, line_list: LineList, asked: Asked[Any, Any], parts: Sequence[Part]
) -> Iterator[bytes]:
    """The workbook, its rows read as they are sent."""
    _, *titles = sheet_titles([SUMMARY, *(part.name for part in parts)])
    sheets = [
        _sheet(request, line_list, asked, part, title)
        for part, title in zip(parts, titles, strict=True)
    ]
    summary = _summary(layout_of(request, asked, title=line_list.title), line_list, parts)
    return streamed([summary, *sheets], LOOKS)


def _sheet(
    request: ActorRequest, line_list: LineList, asked: Asked[Any, Any], part: Part, title: str
) -> Sheet:
    """The rows of one district, numbered."""
    own = layout_of(request, asked, title=line_list.title, place=part.name)
    layout = replace(
        own, headings=[NUMBER, *own.headings], widths=[NUMBER_WIDTH, *own.widths], kept=2
    )
    rows = enumerate(lines_of(request, asked, part.rows), start=1)
    return sheet_of(layout, ([number, *line] for number, line in rows), title)


def _districts(request: ActorRequest) -> list[Region]:
    """The districts in scope; an actor of streets only has those instead."""
    found = list(offered_regions(request).filter(level=RegionLevel.DISTRICT))
    return found or list(regions_in_scope(request).filter(pk__in=request.actor.region_ids))


def _within(
    line_list: LineList, filters: ListFilter, rows: QuerySet[Any], roots: list[int]
) -> QuerySet[Any]:
    regions = regions_below(roots, filters.day)
    if line_list.within is not None:
        return line_list.within(rows, regions, filters.day)
    found: QuerySet[Any] = filters.filters["region"].within(rows, regions)
    return found


def _part(name: str, rows: QuerySet[Any]) -> Part:
    return Part(name, rows, rows.order_by().count())


def _summary(layout: Layout, line_list: LineList, parts: Sequence[Part]) -> Sheet:
    unit = line_list.register.unit
    headings = [NUMBER, "区划", f"数量（{unit}）"]
    lines: list[list[str | int]] = [
        [number, one.name, one.count] for number, one in enumerate(parts, start=1)
    ]
    lines.append(["", TOTAL, sum(one.count for one in parts)])
    titled = replace(layout, headings=headings, widths=[NUMBER_WIDTH, 30, 16])
    return sheet_of(titled, lines, SUMMARY)
