"""The figures an answer uses: each a sentence made from stored runs, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from targets.indicators.base import Indicator
from targets.indicators.calculation import value_of
from targets.indicators.catalogue import BY_KEY
from targets.models import FigureSide, IndicatorRun, IndicatorSnapshot, ProposalFigure
from targets.papers.reader import paper_reader
from targets.papers.sentences import Change, Number, Since, plain
from targets.presenters import NO_DATA, fraction_text, value_text
from targets.results import figure_of

SIDE = FigureSide
# 比率与页面、附注一样保留两位：74.95% 写成 75% 就像已经达到了。
PLACES = 2
Cells = Mapping[tuple[int, int, str, str], IndicatorSnapshot]


@dataclass(frozen=True, slots=True)
class Source:
    """One number of the sentence: the run, its day, the number as the pages print it."""

    run: IndicatorRun
    value: str
    fraction: str
    number: Number | None
    digest: str

    def words(self) -> str:
        day = f"{self.run.as_of.year}年{self.run.as_of.month}月{self.run.as_of.day}日"
        fraction = f"（{self.fraction}）" if self.fraction else ""
        return f"{day}为{self.value}{fraction}，量度批次{self.run.pk}"


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure as the answer prints it, with its footnote and what is to be known about it."""

    figure: ProposalFigure
    indicator: Indicator
    change: Change
    after: Source
    before: Source | None
    warnings: tuple[str, ...]
    is_corrected: bool = False

    @property
    def number(self) -> int:
        return self.figure.number

    @property
    def mark(self) -> str:
        """What the clerk writes where the sentence is to stand."""
        return f"{{{self.number}}}"

    @property
    def sentence(self) -> str:
        since = Since[self.figure.since] if self.figure.since else None
        if self.before is None and self.change.after is not None:
            return f"{self.figure.name}达到{self.change.after_text}"
        return f"{self.figure.name}{self.change.clause(since)}"

    @property
    def note(self) -> str:
        """The footnote: whose figure, of which days and runs, by which definition."""
        said = self.indicator
        days = [self.after.words(), *([self.before.words()] if self.before else [])]
        told = f"{self.figure.region.name}“{said.title}”（口径：{said.reading_title}）"
        side = "" if self.figure.side == SIDE.VALUE else f"的{self.figure.get_side_display()}"
        rule = f"计数：{said.numerator_text}。"
        if said.is_ratio:
            rule = f"分子：{said.numerator_text}。分母：{said.denominator_text}。"
        return f"{told}{side}：{'；'.join(days)}。{rule}"

    @property
    def address(self) -> str:
        """Where the figure explains itself."""
        place = {"region": self.figure.region.code, "as_of": self.after.run.as_of.isoformat()}
        return f"{reverse('indicator-detail', args=[self.indicator.code])}?{urlencode(place)}"


def shown_figures(figures: Iterable[ProposalFigure], day: date) -> list[ShownFigure]:
    """The figures in their order, in a number of queries that does not grow with them."""
    rows = list(figures)
    if not rows:
        return []
    newer = _corrections(rows)
    runs = {run.pk for row in rows for run in _runs(row)} | {run.pk for run in newer.values()}
    cells = _cells(runs, {row.region_id for row in rows}, day)
    return [_shown(row, cells, newer) for row in rows if _key(row) in BY_KEY]


def number_of(snapshot: IndicatorSnapshot | None, indicator: Indicator, side: str) -> Number | None:
    """The number told: the value of the reading, or one side of it alone."""
    if snapshot is None:
        return None
    if side == SIDE.NUMERATOR:
        return snapshot.numerator
    if side == SIDE.DENOMINATOR:
        return snapshot.denominator
    value = value_of(figure_of(snapshot), is_ratio=indicator.is_ratio)
    return value if indicator.is_ratio or value is None else int(value)


def snapshot_in(
    run: IndicatorRun, region_id: int, key: tuple[str, str], day: date
) -> IndicatorSnapshot | None:
    """What the run stored of a reading, where a paper may say it."""
    return _cells({run.pk}, {region_id}, day).get((run.pk, region_id, *key))


def _shown(row: ProposalFigure, cells: Cells, newer: Mapping[date, IndicatorRun]) -> ShownFigure:
    indicator = BY_KEY[_key(row)]
    after = _source(row, row.run, indicator, cells)
    before = _source(row, row.earlier_run, indicator, cells) if row.earlier_run else None
    is_ratio = indicator.is_ratio and row.side == SIDE.VALUE
    change = Change(
        before=before.number if before else None,
        after=after.number,
        unit="" if is_ratio else indicator.measure,
        is_ratio=is_ratio,
        places=PLACES,
    )
    corrected = _corrected(row, indicator, cells, newer)
    warnings = [*corrected, *_doubts(after, before)]
    return ShownFigure(row, indicator, change, after, before, tuple(warnings), bool(corrected))


def _source(row: ProposalFigure, run: IndicatorRun, indicator: Indicator, cells: Cells) -> Source:
    snapshot = cells.get((run.pk, row.region_id, *indicator.key))
    number = number_of(snapshot, indicator, row.side)
    if snapshot is None:
        return Source(run, NO_DATA, "", None, "")
    figure = figure_of(snapshot)
    if row.side == SIDE.VALUE:
        value = plain(value_text(figure, indicator))
        fraction = plain(fraction_text(figure, indicator))
    else:
        value = NO_DATA if number is None else f"{number}{indicator.measure}"
        fraction = ""
    return Source(run, value, fraction, number, str(snapshot.definition_id))


def _doubts(after: Source, before: Source | None) -> list[str]:
    doubts = []
    if after.number is None:
        doubts.append("本期没有可以写进文稿的数字；请换一天、换口径或删去。")
    if before and before.number is None:
        doubts.append("对比那一天没有可以写进文稿的数字。")
    if before and before.digest and after.digest and before.digest != after.digest:
        doubts.append("两次量度的口径有改动，数字不宜直接相比；请核对后再用。")
    return doubts


def _corrected(
    row: ProposalFigure, indicator: Indicator, cells: Cells, newer: Mapping[date, IndicatorRun]
) -> list[str]:
    """What later runs of the same days say instead."""
    told = []
    for run in _runs(row):
        later = newer.get(run.as_of)
        if later is None or later.pk <= run.pk:
            continue
        was, now = (_source(row, one, indicator, cells) for one in (run, later))
        same = "数字没有变" if was.number == now.number else f"现为{now.value}，原为{was.value}"
        reason = f"（{later.reason}）" if later.reason else ""
        told.append(f"{run.as_of} 后来重新量度，批次{later.pk}{reason}：{same}。")
    return told


def _corrections(rows: Sequence[ProposalFigure]) -> dict[date, IndicatorRun]:
    """The newest published run of each day used."""
    days = {run.as_of for row in rows for run in _runs(row)}
    runs = IndicatorRun.objects.published().filter(as_of__in=days).order_by("as_of", "pk")
    return {run.as_of: run for run in runs}


def _cells(runs: set[int], regions: set[int], day: date) -> Cells:
    found = IndicatorSnapshot.objects.filter(run__in=runs, region__in=regions)
    return {
        (one.run_id, one.region_id, one.indicator, one.reading): one
        for one in found.visible_to(paper_reader(day))
    }


def _runs(row: ProposalFigure) -> list[IndicatorRun]:
    return [row.run, *([row.earlier_run] if row.earlier_run else [])]


def _key(row: ProposalFigure) -> tuple[str, str]:
    return (row.indicator, row.reading)
