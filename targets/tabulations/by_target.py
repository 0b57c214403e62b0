"""指标完成情况表: the targets in force as rows, the regions with value and verdict as columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from targets.models import IndicatorRun, IndicatorSnapshot
from targets.presenters import present, threshold_in_words, threshold_text
from targets.results import TargetLine, target_lines, targets_of
from targets.tables.footnotes import judging_notes, revision_notes, rule_notes, source_note
from targets.tabulations.grid import (
    KEPT_BACK,
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
Lines = dict[int, TargetLine]
Figured = tuple[int, str, str]
FORMER = "统计日已失效、尚未印发的政策的目标，以及只供参考的口径，不列入本表。"


def target_table(
    run: IndicatorRun, places: Places, actor: Actor
) -> tuple[list[GridColumn], list[GridRow], list[str]]:
    """Columns, one row for each target in force that day that a machine judges, and notes."""
    by_target = _lines_by_target(run, places)
    seen = set(_seen(run, places, actor))
    rows = [
        row(_cells(str(number), lines, places, seen))
        for number, lines in enumerate(by_target, start=1)
    ]
    readings = dict.fromkeys(line.indicator for lines in by_target for line in lines.values())
    rules = (FORMER, *rule_notes(readings), *judging_notes())
    return _columns(places), rows, [*rules, *revision_notes(run.as_of), source_note(run)]


def _columns(places: Places) -> list[GridColumn]:
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


def _lines_by_target(run: IndicatorRun, places: Places) -> list[Lines]:
    """The line of every region, target by target, also where it is kept back from print."""
    regions = [one.region for one in places.all]
    by_target: dict[int, Lines] = {}
    for line in target_lines(run, regions, targets_of()):
        if line.is_judged and not line.is_historical and not line.is_unsigned:
            by_target.setdefault(line.target.pk, {})[line.region.pk] = line
    return list(by_target.values())


def _seen(run: IndicatorRun, places: Places, actor: Actor) -> Iterable[Figured]:
    """Which figures the actor may see."""
    regions = [one.region for one in places.all]
    stored = IndicatorSnapshot.objects.filter(run=run, region__in=regions).visible_to(actor)
    return stored.values_list("region_id", "indicator", "reading")


def _cells(number: str, lines: Lines, places: Places, seen: Collection[Figured]) -> list[GridCell]:
    line = next(iter(lines.values()))
    target = line.target
    cells: list[GridCell] = [
        number,
        target.policy.number,
        f"{target.wording}（{line.indicator.reading_title}）",
        threshold_in_words(threshold_text(target, line.indicator)),
        target.due_on.isoformat() if target.due_on else NO_DUE_DAY,
    ]
    for place in places.all:
        cells += _value_and_verdict(lines.get(place.region.pk), seen)
    whole = lines.get(places.whole.region.pk)
    return [*cells, present(whole).gap if whole and _figured(whole) in seen else ""]


def _value_and_verdict(line: TargetLine | None, seen: Collection[Figured]) -> list[GridCell]:
    if line is None:
        return [NOT_SET, NOT_SET]
    if _figured(line) not in seen:
        return [KEPT_BACK, KEPT_BACK]
    return [_value(line), present(line).word]


def _figured(line: TargetLine) -> Figured:
    return (line.region.pk, *line.indicator.key)


def _value(line: TargetLine) -> GridCell:
    figure = line.figure
    if figure.numerator is None:
        return None
    if not line.indicator.is_ratio:
        return f"{figure.numerator:,} {line.indicator.measure}"
    return [figure.numerator, figure.denominator] if figure.denominator else None
