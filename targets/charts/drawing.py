"""The one way from a chart to its SVG: the same chart always gives the same text."""

from __future__ import annotations

from targets.charts.bars import bars
from targets.charts.chart import Chart, Kind
from targets.charts.line import line

DRAWERS = {Kind.BARS: bars, Kind.GROUPED: bars, Kind.LINE: line}


def svg_of(chart: Chart) -> str:
    """The drawing without style or script, so that it stands in a page under a strict policy."""
    return DRAWERS[chart.kind](chart)
