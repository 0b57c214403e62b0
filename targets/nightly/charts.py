"""The drawings of a report: each target not reached, district by district, against its number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from targets.charts.chart import Chart, Kind, Row, Value
from targets.charts.content import content_of
from targets.charts.figures import source_of, unit_of
from targets.nightly.lines import Compared
from targets.presenters import present
from yiyang.lib.demo import demo_mark

CHARTS_DRAWN = 4


def told_charts(own: Iterable[Compared], below: Sequence[Compared]) -> list[dict[str, Any]]:
    """Bars of the regions below for the first targets of the region that are behind."""
    behind = [(one, _shared(one, below)) for one in own if one.line.judgement.is_behind]
    drawn = [_chart(one, shared) for one, shared in behind if shared]
    return [content_of(chart) for chart in drawn[:CHARTS_DRAWN]]


def _shared(own: Compared, below: Sequence[Compared]) -> list[Compared]:
    """The same target in the regions below, where it is judged there."""
    return [
        one
        for one in below
        if one.line.target == own.line.target
        and one.line.indicator.key == own.line.indicator.key
        and one.line.is_judged
    ]


def _chart(own: Compared, below: Sequence[Compared]) -> Chart:
    indicator = own.line.indicator
    return Chart(
        kind=Kind.BARS,
        title=f"{own.line.region.name}以下各区划{own.name}",
        unit=unit_of(indicator),
        heading="区划",
        series=(indicator.reading_title,),
        rows=tuple(_bar(one) for one in (own, *below)),
        source=source_of(own.line.run, indicator),
        is_ratio=indicator.is_ratio,
        mark=demo_mark(),
    )


def _bar(one: Compared) -> Row:
    shown, threshold = present(one.line), one.line.goal.threshold
    return Row(
        label=one.line.region.name,
        values=(Value(shown.value, one.line.value),),
        goal=None if threshold is None else Value(shown.threshold, threshold),
        word=shown.word,
        tone=shown.tone.colour,
    )
