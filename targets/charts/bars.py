"""Horizontal bars of regions, one or several a row, against the line of the target."""

from __future__ import annotations

from fractions import Fraction

from targets.charts.chart import NO_DATA, Chart, Kind, Row, Value
from targets.charts.elements import box_at, line_at, note_at, text_at
from targets.charts.ink import (
    BEFORE_AFTER,
    BRAND,
    GOAL,
    INK,
    LINE,
    MARGIN,
    NOTE_SIZE,
    PAPER,
    SERIES,
    TEXT_SIZE,
    TONES,
    WIDTH,
    shortened,
    text_width,
)
from targets.charts.scale import scale_of
from targets.charts.sheet import foot_of, head_of, legend, sheet, tick_text

BAR, BETWEEN_BARS, BETWEEN_ROWS = 16, 4, 12
LONGEST_LABEL, BESIDE = 196, 10
MANY_GOALS = "竖线为各自的目标值"


def bars(chart: Chart) -> str:
    """The bars from zero, in the order given; a row without data has its word and no bar."""
    return _Bars(chart).svg()


class _Bars:
    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        labels = [text_width(row.label, TEXT_SIZE) for row in chart.rows]
        self.label_width = min(LONGEST_LABEL, max(labels, default=0))
        self.left = MARGIN + self.label_width + BESIDE
        said = [text_width(_said(row, one), TEXT_SIZE) for row in chart.rows for one in row.values]
        self.right = WIDTH - MARGIN - max(said, default=0) - BESIDE
        self.scale = scale_of(chart.exact_values, from_zero=True, is_ratio=chart.is_ratio)
        self.row_height = len(chart.series) * (BAR + BETWEEN_BARS) - BETWEEN_BARS + BETWEEN_ROWS

    def svg(self) -> str:
        drawn, y = head_of(self.chart)
        if self.chart.kind is Kind.GROUPED:
            swatches = [box_at(0, 0, 22, 12, self._ink(index)) for index in self._indexes]
            shown, y = legend(self.chart.series, swatches, y)
            drawn += shown
        goals, y = self._goal_words(y)
        bottom = y + self.row_height * len(self.chart.rows) + BETWEEN_ROWS
        drawn += [*goals, *self._axis(y, bottom)]
        for index, row in enumerate(self.chart.rows):
            drawn += self._row(row, y + BETWEEN_ROWS + index * self.row_height)
        drawn += self._goals(y)
        foot, height = foot_of(self.chart, bottom + 22)
        return sheet(self.chart, [*drawn, *foot], height)

    @property
    def _indexes(self) -> range:
        return range(len(self.chart.series))

    def _ink(self, index: int) -> str:
        inks = BEFORE_AFTER if len(self.chart.series) <= len(BEFORE_AFTER) else SERIES
        return inks[index % len(inks)]

    def _across(self, value: Fraction) -> int:
        return self.left + self.scale.along(value, self.right - self.left)

    def _axis(self, top: int, bottom: int) -> list[str]:
        drawn = []
        for tick in self.scale.ticks:
            x, text = self._across(tick), tick_text(tick, is_ratio=self.chart.is_ratio)
            drawn.append(line_at(x, top, x, bottom, stroke=LINE))
            drawn.append(note_at(x, bottom + 16, text, anchor="middle"))
        return drawn

    def _row(self, row: Row, y: int) -> list[str]:
        middle = y + (self.row_height - BETWEEN_ROWS) // 2 + 5
        label = shortened(row.label, TEXT_SIZE, self.label_width)
        drawn = [text_at(self.left - BESIDE, middle, label, anchor="end")]
        for index, value in enumerate(row.values):
            drawn += self._bar(row, value, y + index * (BAR + BETWEEN_BARS), index)
        return drawn

    def _bar(self, row: Row, value: Value, y: int, index: int) -> list[str]:
        if value.exact is None:
            none = TONES["none"]
            return [note_at(self.left + 6, y + 13, NO_DATA, fill=none)]
        is_single = self.chart.kind is Kind.BARS
        fill = TONES.get(row.tone, BRAND) if is_single else self._ink(index)
        # 零也画一道细线：有数，只是零。
        length = max(1, self._across(value.exact) - self.left)
        said = TONES.get(row.tone, INK) if is_single else INK
        words = text_at(self.right + BESIDE, y + 13, _said(row, value), fill=said)
        return [box_at(self.left, y, length, BAR, fill), words]

    def _goal_words(self, y: int) -> tuple[list[str], int]:
        texts = {row.goal.text for row in self.chart.rows if row.goal}
        at = next((row.goal.exact for row in self.chart.rows if row.goal and row.goal.exact), None)
        if not texts or at is None:
            return [], y
        text = f"目标 {texts.pop()}" if len(texts) == 1 else MANY_GOALS
        half = text_width(text, NOTE_SIZE) // 2
        x = min(max(self._across(at), MARGIN + half), WIDTH - MARGIN - half)
        words = note_at(x, y + 12, text, fill=GOAL, anchor="middle")
        return [words], y + 18

    def _goals(self, top: int) -> list[str]:
        drawn = []
        for index, row in enumerate(self.chart.rows):
            if row.goal and row.goal.exact is not None:
                x, y = self._across(row.goal.exact), top + index * self.row_height
                y2 = y + self.row_height + BETWEEN_ROWS
                drawn.append(line_at(x, y, x, y2, stroke=PAPER, width=4))
                drawn.append(line_at(x, y, x, y2, stroke=GOAL, width=2, dash="5 3"))
        return drawn


def _said(row: Row, value: Value) -> str:
    if value.exact is None:
        return ""
    return f"{value.text}　{row.word}" if row.word else value.text
