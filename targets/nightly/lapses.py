"""What lapses within thirty days, and whether a target falls with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from targets.explain.small_cells import is_small
from targets.forecast.projection import Turning, forecast_of, turning_institutions
from targets.indicators.calculation import Tree
from targets.nightly.lines import Compared
from targets.papers.naming import name_key, names_of
from targets.results import TargetLine
from yiyang.access.scope import Actor

DAYS_AHEAD = 30
NAMES_LISTED = 20
FEW = "少数几"


def told_lapses(lines: Iterable[Compared], tree: Tree, reader: Actor) -> dict[str, Any]:
    """For each indicator with anything lapsing: how many, who by name, the day it falls below.

    Where several targets ask for it, against the first of them that is judged. Besides, how many
    institutions and agreements lapse in all: one that several indicators count is one.
    """
    first: dict[tuple[str, str], TargetLine] = {}
    for one in lines:
        if one.line.is_judged:
            first.setdefault(one.line.indicator.key, one.line)
    names = names_of(first.values())
    found = [_lapsing(line, names[name_key(line)], tree, reader) for line in first.values()]
    every = {(turning.name, turning.last_day) for one in found for turning in one.named}
    return {
        "lapses": [_told(one) for one in found if one.named or one.persons],
        "lapsing": len(every),
    }


@dataclass(frozen=True, slots=True)
class _Lapsing:
    """What of one figure no longer counts after thirty days."""

    line: TargetLine
    title: str
    named: tuple[Turning, ...]
    persons: int
    below_on: date | None


def _lapsing(line: TargetLine, title: str, tree: Tree, reader: Actor) -> _Lapsing:
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
    named = tuple(
        turning
        for turning in turning_institutions(forecast, actor=reader)
        if turning.day <= until and not turning.begins
    )
    people = (turn for turn in forecast.lapses if turn.key is None and turn.day <= until)
    below = forecast.first_below
    return _Lapsing(
        line=line,
        title=title,
        named=named,
        persons=sum(turn.records for turn in people),
        below_on=below if below and below <= until else None,
    )


def _told(one: _Lapsing) -> dict[str, Any]:
    return {
        "target": one.line.target.code,
        "indicator": one.line.indicator.code,
        "title": one.title,
        "measure": one.line.indicator.measure,
        "institutions": len(one.named),
        "persons": _persons_text(one.persons),
        "below_on": one.below_on.isoformat() if one.below_on else "",
        "names": [
            {
                "name": turning.name,
                "last_day": turning.last_day.isoformat(),
                "institution": turning.institution_id,
            }
            for turning in one.named[:NAMES_LISTED]
        ],
    }


def _persons_text(count: int) -> str:
    """How many people's records lapse, a small number not told; empty for none."""
    if not count:
        return ""
    return f"{FEW}人" if is_small(count) else f"{count:,} 人"
