"""The page of the very records a figure was counted from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from targets.explain.record_files import (
    XLSX_ROWS,
    csv_blocks,
    file_lines,
    fits_a_sheet,
    workbook_of,
)
from targets.explain.records import (
    Part,
    Shelf,
    counted_part,
    export_permission_for,
    permission_for,
    record_page,
    total_of,
)
from targets.explain.small_cells import (
    hides_totals,
    is_guarded,
    shown,
    shown_reasons,
    shown_shelves,
)
from targets.indicators.base import Indicator
from targets.indicators.catalogue import BY_KEY
from targets.indicators.measure import RecordSet
from targets.models import IndicatorSnapshot
from targets.presenters import fraction_text, value_text
from targets.results import figure_of
from targets.snapshots import records_of
from targets.views.asked import Asked, asked_region, asked_run
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.lib.books import XLSX_TYPE
from yiyang.lib.filenames import saved_as

SIDES = {"numerator": "分子", "denominator": "分母"}
DIGEST_SHOWN = 12
NOT_MEASURED = "还没有量度结果，没有可查的记录。"


@dataclass(frozen=True, slots=True)
class AskedRecords:
    """One side of one figure in one region, and the sets of records behind it."""

    asked: Asked
    indicator: Indicator
    snapshot: IndicatorSnapshot
    side: str
    record_sets: list[RecordSet]

    @property
    def stored(self) -> int | None:
        taken = self.side == "numerator"
        return self.snapshot.numerator if taken else self.snapshot.denominator


@require_safe
@requires(Permission.VIEW_TARGETS)
def record_list(request: ActorRequest, code: str, reading: str) -> HttpResponse:
    """Counted, not counted, missing and excluded records of one side of one figure."""
    found = _asked_records(request, code, reading)
    parts = [counted_part(record_set) for record_set in found.record_sets]
    context = {
        "asked": found.asked,
        "indicator": found.indicator,
        "side": found.side,
        "side_title": SIDES[found.side],
        "sides": SIDES if found.indicator.denominator else {"numerator": SIDES["numerator"]},
    }
    context |= _totals(request, found, parts) | _list_context(request, parts)
    return render(request, "targets/record_list.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
def record_csv(request: ActorRequest, code: str, reading: str) -> HttpResponseBase:
    """The rows of the page's tab as a file of any length; people by short uid only."""
    found = _asked_records(request, code, reading)
    part, shelf = _exported(request, found)
    lines = file_lines(part, shelf, actor=request.actor)
    content = csv_blocks(_title(request, found, part, shelf), lines)
    answer = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    return saved_as(_named(found, shelf, "csv"), answer)


@require_safe
@requires(Permission.VIEW_TARGETS)
def record_xlsx(request: ActorRequest, code: str, reading: str) -> HttpResponse:
    """The rows of the page's tab as an Excel sheet, where they are not people nor too many."""
    found = _asked_records(request, code, reading)
    part, shelf = _exported(request, found)
    if not fits_a_sheet(part, shelf):
        raise Http404(f"个人记录和超过 {XLSX_ROWS:,} 条的清单不提供 Excel；请回到记录页下载 CSV。")
    lines = file_lines(part, shelf, actor=request.actor)
    content = workbook_of(_title(request, found, part, shelf), lines)
    answer = HttpResponse(content, content_type=XLSX_TYPE)
    return saved_as(_named(found, shelf, "xlsx"), answer)


def _asked_records(request: ActorRequest, code: str, reading: str) -> AskedRecords:
    indicator = BY_KEY.get((code, reading))
    if indicator is None:
        raise Http404(f"没有指标 {code} 的口径 {reading}；请从“指标一览”里选择。")
    run = asked_run(request)
    if run is None:
        raise Http404(NOT_MEASURED)
    asked = asked_region(request, run)
    snapshot = _snapshot(request, asked, indicator)
    side = _choice(request, "side", tuple(SIDES))
    numerator, denominator = records_of(
        indicator.key, day=run.as_of, region=asked.region.pk, tree=asked.tree
    )
    chosen = numerator if side == "numerator" else denominator
    return AskedRecords(asked, indicator, snapshot, side, chosen)


def _totals(request: ActorRequest, found: AskedRecords, parts: list[Part]) -> dict[str, Any]:
    """The figure and both sums, but for what would give away a small count of people."""
    stored, total = found.stored, total_of(parts)
    context: dict[str, Any] = {"stored": stored, "total": total, "parts": parts}
    if hides_totals(parts, request.actor):
        return context | {"hidden_below": settings.SMALL_CELL_LIMIT}
    figure = figure_of(found.snapshot)
    return context | {
        "value": value_text(figure, found.indicator),
        "fraction": fraction_text(figure, found.indicator),
        "differs": bool(parts) and stored is not None and total != stored,
    }


def _list_context(request: ActorRequest, parts: list[Part]) -> dict[str, Any]:
    if not parts:
        return {}
    number, shelf = _chosen_list(request, len(parts))
    part = parts[number]
    may_see = request.actor.may(permission_for(part))
    page = (
        record_page(part, shelf, actor=request.actor, after=_number(request, "after"))
        if may_see
        else None
    )
    may_export = may_see and request.actor.may(export_permission_for(part))
    return {
        "part": part,
        "part_number": number,
        "part_tabs": [
            (one, shown(one.total, guarded=is_guarded(one, request.actor))) for one in parts
        ],
        "shelf": shelf,
        "shelf_tabs": shown_shelves(part, request.actor),
        "reasons": shown_reasons(part, request.actor),
        "page": page,
        "may_export": may_export,
        "has_sheet": fits_a_sheet(part, shelf),
        "sheet_rows": XLSX_ROWS,
        "is_narrowed": not request.actor.whole_city,
    }


def _chosen_list(request: ActorRequest, parts: int) -> tuple[int, Shelf]:
    number = _number(request, "part")
    if number >= parts:
        raise Http404("没有这一类记录；请从页签里选择。")
    return number, Shelf(_choice(request, "outcome", tuple(Shelf)))


def _exported(request: ActorRequest, found: AskedRecords) -> tuple[Part, Shelf]:
    """The list a file is asked of; PermissionDenied to those who may not take it away."""
    number, shelf = _chosen_list(request, len(found.record_sets))
    record_set = found.record_sets[number]
    needed = (permission_for(record_set), export_permission_for(record_set))
    if not all(request.actor.may(permission) for permission in needed):
        raise PermissionDenied(FORBIDDEN)
    return counted_part(record_set), shelf


def _title(request: ActorRequest, found: AskedRecords, part: Part, shelf: Shelf) -> str:
    """The line over a file that lets its numbers be found again."""
    asked, indicator = found.asked, found.indicator
    mark = (settings.DEMO_MARK,) if settings.DEMO else ()
    scope = () if request.actor.whole_city else ("只含下载人授权范围内的记录",)
    return "；".join(
        (
            *mark,
            f"{indicator.code} {indicator.title}",
            f"口径“{indicator.reading_title}”",
            f"{SIDES[found.side]}，{part.subject.title}，{shelf.label}",
            f"{asked.region.name}（{asked.region.code}）",
            f"截至日期 {asked.run.as_of}",
            f"量度批次 {asked.run.pk}",
            f"口径指纹 {found.snapshot.definition.digest[:DIGEST_SHOWN]}",
            *scope,
        )
    )


def _named(found: AskedRecords, shelf: Shelf, suffix: str) -> str:
    asked, indicator = found.asked, found.indicator
    name = f"records-{indicator.code}-{indicator.reading}-{found.side}-{shelf.value}"
    return f"{name}-{asked.region.code}-{asked.run.as_of}.{suffix}"


def _snapshot(request: ActorRequest, asked: Asked, indicator: Indicator) -> IndicatorSnapshot:
    snapshot = (
        IndicatorSnapshot.objects.filter(
            run=asked.run,
            region=asked.region,
            indicator=indicator.code,
            reading=indicator.reading,
        )
        .visible_to(request.actor)
        .select_related("definition")
        .first()
    )
    if snapshot is None:
        raise Http404(
            f"{asked.run.as_of} 没有量度 {indicator.code}，"
            f"或 {asked.region.name} 不在您的授权范围。"
        )
    return snapshot


def _choice(request: ActorRequest, name: str, allowed: tuple[str, ...]) -> str:
    value = request.GET.get(name, allowed[0])
    if value not in allowed:
        raise Http404(f"地址里的 {name}={value} 不认识；可用：{'、'.join(allowed)}。")
    return value


def _number(request: ActorRequest, name: str) -> int:
    text = request.GET.get(name, "0")
    # 上限防止超出数据库整数范围。
    if not (text.isascii() and text.isdigit()) or len(text) > 18:  # noqa: PLR2004
        raise Http404(f"地址里的 {name}={text} 应当是数字；请从页面上的链接进入。")
    return int(text)
