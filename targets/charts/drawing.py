"""The one way from a chart to its SVG: the same chart always gives the same text."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

from targets.charts.bars import bars
from targets.charts.chart import Chart, Kind
from targets.charts.line import line
from targets.charts.sheet import NAMESPACE

DRAWERS = {Kind.BARS: bars, Kind.GROUPED: bars, Kind.LINE: line}


def inline_svg_of(chart: Chart) -> SafeString:
    """The drawing as it stands within a page, which names its namespace itself.

    Every text in it has been escaped where it is drawn.
    """
    return mark_safe(svg_of(chart).replace(f' xmlns="{NAMESPACE}"', "", 1))  # noqa: S308


def svg_of(chart: Chart) -> str:
    """The drawing without style or script, so that it stands in a page under a strict policy."""
    return DRAWERS[chart.kind](chart)
