"""What lapses within thirty days, and whether a target falls with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from targets.explain.small_cells import is_small
from targets.forecast.projection import Forecast, forecast_of, turning_institutions
from targets.indicators.calculation import Tree
from targets.nightly.lines import Compared
from yiyang.access.scope import Actor

DAYS_AHEAD = 30
NAMES_LISTED = 20
FEW = "少数几"


def told_lapses(lines: Iterable[Compared], tree: Tree, reader: Actor) -> list[dict[str, Any]]:
    """For each indicator with anything lapsing: how many, who by name, the day it falls below.

    Where several targets ask for it, against the first of them that is judged.
    """
    first: dict[tuple[str, str], Compared] = {}
    for one in lines:
        if one.line.is_judged:
            first.setdefault(one.line.indicator.key, one)
    found = (_told(one, tree, reader) for one in first.values())
    return [told for told in found if told["institutions"] or told["persons"]]


def _told(one: Compared, tree: Tree, reader: Actor) -> dict[str, Any]:
    line = one.line
    forecast = forecast_of(
        line.indicator,
        line.figure,
        line.goal,
        day=line.run.as_of,
        region=line.region.pk,
        tree=tree,
    )
    # 最后一天在第 30 天的也算：它从第 31 天起不再计入。
    until = line.run.as_of + timedelta(days=DAYS_AHEAD + 1)
    named = [
        turning
        for turning in turning_institutions(forecast, actor=reader)
        if turning.day <= until and not turning.begins
    ]
    below = forecast.first_below
    return {
        "target": line.target.code,
        "indicator": line.indicator.code,
        "title": f"{line.indicator.title}（{line.indicator.reading_title}）",
        "measure": line.indicator.measure,
        "institutions": len(named),
        "persons": _persons(forecast, until),
        "below_on": below.isoformat() if below and below <= until else "",
        "names": [
            {
                "name": turning.name,
                "last_day": turning.last_day.isoformat(),
                "institution": turning.institution_id,
            }
            for turning in named[:NAMES_LISTED]
        ],
    }


def _persons(forecast: Forecast, until: date) -> str:
    """How many people's records no longer count by `until`, a few not told; empty for none."""
    count = sum(turn.records for turn in forecast.lapses if turn.key is None and turn.day <= until)
    if not count:
        return ""
    return f"{FEW}人" if is_small(count) else f"{count:,} 人"
