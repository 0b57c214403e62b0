"""A chart in a Word paper: the picture and its table, the table alone where none can be drawn."""

from __future__ import annotations

from targets.charts.chart import Chart
from targets.charts.drawing import svg_of
from targets.charts.png import NOT_DRAWN, NoChineseFont, png_of
from targets.papers.word import WordPaper


def write_chart(paper: WordPaper, chart: Chart) -> None:
    """Add the chart where the paper has come to."""
    try:
        paper.picture(png_of(svg_of(chart)), alt=chart.alt)
    except NoChineseFont:
        paper.note(f"{chart.title}（{NOT_DRAWN}）")
    aligns = ("left", *["right"] * len(chart.series), *["center"] * _rest(chart))
    paper.table([chart.headings, *chart.table], aligns=aligns)
    paper.note(f"单位：{chart.unit}。{chart.source}。")


def _rest(chart: Chart) -> int:
    return len(chart.headings) - 1 - len(chart.series)
