"""指标完成情况表: the targets in force as rows, the regions with value and verdict as columns."""

from __future__ import annotations

from targets.indicators.base import Indicator
from targets.models import IndicatorRun, Target
from targets.presenters import present, threshold_text
from targets.results import TargetLine, target_lines, targets_of
from targets.tables.footnotes import footnotes_of
from targets.tabulations.grid import (
    SHARE,
    TEXT,
    WORDS,
    GridCell,
    GridColumn,
    GridRow,
    column,
    row,
)
from targets.tabulations.places import Places
from yiyang.access.scope import Actor

NOT_SET, NO_DUE_DAY = "", "无年份"
FORMER = "统计日已失效、尚未印发的政策的目标，以及只供参考的口径，不列入本表。"


def target_columns(places: Places) -> list[GridColumn]:
    """What is asked, then value and verdict of every region."""
    asked = [
        column("序号", WORDS, 6),
        column("文号", TEXT, 20),
        column("目标", TEXT, 34),
        column("目标值", WORDS, 10),
        column("到期日", WORDS, 12),
    ]
    for place in places.all:
        asked += [column("数值", SHARE, 10, place.name), column("判定", WORDS, 10, place.name)]
    return [*asked, column("备注", TEXT, 18)]


def target_rows(run: IndicatorRun, places: Places, actor: Actor) -> list[GridRow]:
    """One row for each target in force on the day of the run that a machine judges."""
    regions = [one.region for one in places.all]
    by_target: dict[int, dict[int, TargetLine]] = {}
    for line in target_lines(run, regions, targets_of(), actor=actor):
        if line.is_judged and not line.is_historical and not line.is_unsigned:
            by_target.setdefault(line.target.pk, {})[line.region.pk] = line
    return [
        row(_cells(str(number), lines, places))
        for number, lines in enumerate(by_target.values(), start=1)
    ]


def target_notes(run: IndicatorRun) -> list[str]:
    return [FORMER, *footnotes_of(run)]


def _cells(number: str, lines: dict[int, TargetLine], places: Places) -> list[GridCell]:
    line = next(iter(lines.values()))
    target = line.target
    cells: list[GridCell] = [
        number,
        target.policy.number,
        f"{target.wording}（{line.indicator.reading_title}）",
        _threshold(target, line.indicator),
        target.due_on.isoformat() if target.due_on else NO_DUE_DAY,
    ]
    for place in places.all:
        found = lines.get(place.region.pk)
        cells += [NOT_SET, NOT_SET] if found is None else [_value(found), present(found).word]
    gap = lines.get(places.whole.region.pk)
    return [*cells, present(gap).gap if gap else ""]


def _threshold(target: Target, indicator: Indicator) -> str:
    """The threshold in words: a cell that begins with = would be shown with a mark before it."""
    text = threshold_text(target, indicator)
    return f"等于 {text[1:]}" if text.startswith("=") else text


def _value(line: TargetLine) -> GridCell:
    figure = line.figure
    if figure.numerator is None:
        return None
    if not line.indicator.is_ratio:
        return f"{figure.numerator:,} {line.indicator.measure}"
    return [figure.numerator, figure.denominator] if figure.denominator else None
