"""A chart as plain data that a paper keeps, and the same chart from it a year later."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from targets.charts.chart import Chart, Kind, Row, Value


def content_of(chart: Chart) -> dict[str, Any]:
    """Texts and whole numbers only: an exact number is written as "49/80"."""
    return {
        "kind": chart.kind.value,
        "title": chart.title,
        "unit": chart.unit,
        "heading": chart.heading,
        "series": list(chart.series),
        "rows": [_row_content(row) for row in chart.rows],
        "source": chart.source,
        "is_ratio": chart.is_ratio,
        "mark": chart.mark,
    }


def chart_of(content: dict[str, Any]) -> Chart:
    """The chart `content_of` made it from."""
    return Chart(
        kind=Kind(content["kind"]),
        title=content["title"],
        unit=content["unit"],
        heading=content["heading"],
        series=tuple(content["series"]),
        rows=tuple(_row(row) for row in content["rows"]),
        source=content["source"],
        is_ratio=content["is_ratio"],
        mark=content["mark"],
    )


def _row_content(row: Row) -> dict[str, Any]:
    return {
        "label": row.label,
        "values": [_value_content(value) for value in row.values],
        "goal": _value_content(row.goal) if row.goal else None,
        "word": row.word,
        "tone": row.tone,
        "at": row.at,
    }


def _row(content: dict[str, Any]) -> Row:
    goal = content["goal"]
    return Row(
        label=content["label"],
        values=tuple(_value(value) for value in content["values"]),
        goal=_value(goal) if goal else None,
        word=content["word"],
        tone=content["tone"],
        at=content["at"],
    )


def _value_content(value: Value) -> dict[str, str | None]:
    return {"text": value.text, "exact": None if value.exact is None else str(value.exact)}


def _value(content: dict[str, str | None]) -> Value:
    exact = content["exact"]
    return Value(content["text"] or "", None if exact is None else Fraction(exact))
