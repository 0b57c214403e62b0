"""A chart kept in a paper, as a page shows it: a picture with its words, its table below."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from targets.charts.content import chart_of
from targets.charts.drawing import svg_of


@dataclass(frozen=True, slots=True)
class ShownChart:
    """What a template needs; `address` is the drawing itself, not a place to fetch it from."""

    title: str
    address: str
    alt: str
    headings: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]


def shown_chart(content: dict[str, Any]) -> ShownChart:
    chart = chart_of(content)
    drawing = b64encode(svg_of(chart).encode()).decode()
    address = f"data:image/svg+xml;base64,{drawing}"
    return ShownChart(chart.title, address, chart.alt, chart.headings, chart.table)
