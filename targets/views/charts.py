"""The charts of an indicator as files: drawing, picture, and the table they are drawn from."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from targets.charts.chart import Chart
from targets.charts.drawing import svg_of
from targets.charts.figures import region_chart, trend_chart
from targets.charts.png import NoChineseFont, png_of
from targets.explain.figures import stored_readings, targets_using, trend
from targets.indicators.base import Indicator
from targets.indicators.catalogue import readings_of
from targets.models import Target
from targets.views.asked import Asked, asked_region, asked_run
from targets.views.indicators import parts_below
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.lib.filenames import marked, saved_as
from yiyang.lib.sheets import safe_cell

REGIONS, TREND = "regions", "trend"


@require_safe
@requires(Permission.VIEW_TARGETS)
@requires(Permission.EXPORT)
def indicator_chart_svg(request: ActorRequest, code: str, drawing: str) -> HttpResponse:
    chart, asked = _asked_chart(request, code, drawing)
    return _file(asked, svg_of(chart).encode(), "image/svg+xml", f"{code}-{drawing}", "svg")


@require_safe
@requires(Permission.VIEW_TARGETS)
@requires(Permission.EXPORT)
def indicator_chart_png(request: ActorRequest, code: str, drawing: str) -> HttpResponse:
    """The picture; where no font draws Chinese, an answer that says what to install."""
    chart, asked = _asked_chart(request, code, drawing)
    try:
        content = png_of(svg_of(chart))
    except NoChineseFont as missing:
        raise Http404(f"{missing}暂请下载 SVG。") from missing
    return _file(asked, content, "image/png", f"{code}-{drawing}", "png")


@require_safe
@requires(Permission.VIEW_TARGETS)
@requires(Permission.EXPORT)
def indicator_chart_csv(request: ActorRequest, code: str, drawing: str) -> HttpResponse:
    """The table of the chart, its source and the demo's mark below it."""
    chart, asked = _asked_chart(request, code, drawing)
    written = io.StringIO()
    notes = [(note,) for note in (chart.source, chart.mark) if note]
    rows: Sequence[tuple[str, ...]] = (chart.headings, *chart.table, *notes)
    csv.writer(written).writerows([safe_cell(text) for text in row] for row in rows)
    # 没有字节序标记，Excel 会把中文当作另一种编码。
    content = written.getvalue().encode("utf-8-sig")
    return _file(asked, content, "text/csv; charset=utf-8", f"{code}-{drawing}", "csv")


def _asked_chart(request: ActorRequest, code: str, drawing: str) -> tuple[Chart, Asked]:
    run = asked_run(request) if readings_of(code) else None
    if run is None or drawing not in DRAWINGS:
        raise Http404(f"没有 {code} 的这张图；请从指标页下载。")
    asked = asked_region(request, run)
    targets = targets_using(code, run.as_of)
    readings = stored_readings(run, asked.region, code, targets, request.actor)
    if not readings:
        raise Http404(f"{run.as_of} 没有量度 {code}，或 {asked.region.name} 不在您的授权范围。")
    indicators = [reading.indicator for reading in readings]
    return DRAWINGS[drawing](request, asked, indicators, targets), asked


def _regions(
    request: ActorRequest, asked: Asked, readings: Sequence[Indicator], targets: list[Target]
) -> Chart:
    below = parts_below(request, asked, readings[0], targets)
    return region_chart(asked.run, asked.region, readings[0], below.parts, below.target)


def _trend(
    request: ActorRequest, asked: Asked, readings: Sequence[Indicator], targets: list[Target]
) -> Chart:
    points = trend(asked.region, readings, request.actor)
    return trend_chart(asked.region, readings, points, targets)


Drawer = Callable[[ActorRequest, Asked, Sequence[Indicator], list[Target]], Chart]
DRAWINGS: dict[str, Drawer] = {REGIONS: _regions, TREND: _trend}


def _file(asked: Asked, content: bytes, kind: str, name: str, suffix: str) -> HttpResponse:
    named = marked(f"{name}-{asked.region.code}-{asked.run.as_of}.{suffix}")
    return saved_as(named, HttpResponse(content, content_type=kind))
