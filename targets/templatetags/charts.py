"""A stored chart on a page: the drawing, and the table it is drawn from, never one without both."""

from __future__ import annotations

from typing import Any

from django import template

from targets.charts.content import chart_of
from targets.charts.drawing import inline_svg_of

register = template.Library()


@register.inclusion_tag("components/chart.html")
def chart_with_table(content: dict[str, Any]) -> dict[str, Any]:
    """The chart `content_of` made the content from; every text is escaped where it is drawn."""
    chart = chart_of(content)
    return {"chart": chart, "drawing": inline_svg_of(chart)}
