"""A figure over the runs as a line, with the steps of its target; a gap where there was no data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from targets.charts.chart import NO_DATA, Chart
from targets.charts.elements import element, line_at, note_at, text_at
from targets.charts.ink import (
    DASHES,
    GOAL,
    LINE,
    MARGIN,
    NOTE_SIZE,
    SERIES,
    TONES,
    WIDTH,
    text_width,
)
from targets.charts.scale import scale_of
from targets.charts.sheet import foot_of, head_of, legend, sheet, tick_text

HEIGHT, BELOW = 240, 26
EVERY_VALUE_UP_TO = 7
BETWEEN_LABELS = 14
CROSS = "×"
Point = tuple[int, int]


def line(chart: Chart) -> str:
    """The series from left to right between round numbers, in the order of their rows."""
    return _Line(chart).svg()


class _Line:
    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.scale = scale_of(chart.exact_values, from_zero=False, is_ratio=chart.is_ratio)
        ticks = [tick_text(tick, is_ratio=chart.is_ratio) for tick in self.scale.ticks]
        self.left = MARGIN + max(text_width(text, NOTE_SIZE) for text in ticks) + 14
        texts = [one.text for row in chart.rows[-1:] for one in row.values]
        texts += [f"目标 {row.goal.text}" for row in chart.rows if row.goal]
        self.right = WIDTH - MARGIN - max((text_width(t, NOTE_SIZE) for t in texts), default=0) - 14
        self.top = 0

    def svg(self) -> str:
        low = tick_text(self.scale.low, is_ratio=self.chart.is_ratio)
        drawn, y = head_of(self.chart, f"，纵轴从 {low} 起" if self.scale.low else "")
        names, swatches = list(self.chart.series), list(self._swatches())
        if any(row.goal for row in self.chart.rows):
            names.append("目标")
            swatches.append(line_at(0, 6, 22, 6, stroke=GOAL, width=2, dash="5 3"))
        if self._has_gaps:
            names.append(NO_DATA)
            swatches.append(_none(11, 11, CROSS))
        shown, self.top = legend(names, swatches, y)
        drawn += [*shown, *self._axis(), *self._goal()]
        for index in range(len(self.chart.series)):
            drawn += self._series(index)
        drawn += self._ends()
        foot, height = foot_of(self.chart, self.top + HEIGHT + BELOW)
        return sheet(self.chart, [*drawn, *foot], height)

    @property
    def _has_gaps(self) -> bool:
        return len(self.chart.rows) > EVERY_VALUE_UP_TO and any(
            all(one.exact is None for one in row.values) for row in self.chart.rows
        )

    def _swatches(self) -> Iterator[str]:
        for index in range(len(self.chart.series)):
            stroke, dash = _pen(index)
            yield line_at(0, 6, 22, 6, stroke=stroke, width=2, dash=dash)

    def _axis(self) -> list[str]:
        drawn = []
        for tick in self.scale.ticks:
            y, text = self._up(tick), tick_text(tick, is_ratio=self.chart.is_ratio)
            drawn.append(line_at(self.left, y, self.right, y, stroke=LINE))
            drawn.append(note_at(self.left - 8, y + 4, text, anchor="end"))
        for x, label in self._labels():
            drawn.append(note_at(x, self.top + HEIGHT + 20, label, anchor="middle"))
        return drawn

    def _labels(self) -> list[tuple[int, str]]:
        """Which labels are printed and where, so that none touches another; the last one always."""
        kept: list[tuple[int, str]] = []
        free = WIDTH
        for index in range(len(self.chart.rows) - 1, -1, -1):
            label = self.chart.rows[index].label
            half = text_width(label, NOTE_SIZE) // 2
            x = min(max(self._across(index), MARGIN + half), WIDTH - MARGIN - half)
            if x + half <= free:
                kept.append((x, label))
                free = x - half - BETWEEN_LABELS
        return kept[::-1]

    def _series(self, index: int) -> list[str]:
        stroke, dash = _pen(index)
        points = [self._point(row, index) for row in range(len(self.chart.rows))]
        drawn = [
            element("polyline", {"points": piece, "fill": "none", **_stroke(stroke, dash)})
            for piece in _pieces(points)
        ]
        many = len(points) > EVERY_VALUE_UP_TO or len(self.chart.series) > 1
        for row, point in enumerate(points):
            if point is None:
                drawn += self._nothing(row, index)
            else:
                drawn.append(
                    element("circle", {"cx": point[0], "cy": point[1], "r": 3, "fill": stroke})
                )
                if row < len(points) - 1 and not many:
                    drawn.append(self._value(row, index, point, stroke))
        return drawn

    def _value(self, row: int, index: int, point: Point, stroke: str) -> str:
        text = self.chart.rows[row].values[index].text
        half = text_width(text, NOTE_SIZE) // 2
        x = max(point[0], self.left + half + 2)
        return note_at(x, point[1] - 8, text, fill=stroke, anchor="middle")

    def _nothing(self, row: int, index: int) -> list[str]:
        """无数据 at the foot of the drawing, once for all series of the day."""
        if index or any(one.exact is not None for one in self.chart.rows[row].values):
            return []
        text = NO_DATA if len(self.chart.rows) <= EVERY_VALUE_UP_TO else CROSS
        return [_none(self._across(row), self.top + HEIGHT - 6, text)]

    def _goal(self) -> list[str]:
        """Each goal from its row to the next, so that a milestone is a step."""
        goals = [row.goal.exact if row.goal else None for row in self.chart.rows]
        drawn = []
        for index, goal in enumerate(goals):
            if goal is not None:
                y, x = self._up(goal), self._across(index)
                end = self._across(index + 1) if index + 1 < len(goals) else self.right
                if end > x:
                    drawn.append(line_at(x, y, end, y, stroke=GOAL, width=2, dash="5 3"))
        for index, (before, after) in enumerate(pairwise(goals), start=1):
            if before is not None and after is not None and before != after:
                x = self._across(index)
                step = (x, self._up(before), x, self._up(after))
                drawn.append(line_at(*step, stroke=GOAL, width=2, dash="5 3"))
        return drawn + self._past_goals(goals)

    def _past_goals(self, goals: Sequence[Fraction | None]) -> list[str]:
        """The number of each goal that ended before the last day, over the end of its line."""
        drawn = []
        for index, (goal, after) in enumerate(pairwise(goals)):
            row = self.chart.rows[index]
            if goal is not None and goal != after and row.goal:
                x, y = self._across(index + 1) - 4, self._up(goal) - 6
                drawn.append(note_at(x, y, f"目标 {row.goal.text}", fill=GOAL, anchor="end"))
        return drawn

    def _ends(self) -> list[str]:
        """The last value of each series and of the goal at the right, none over another."""
        if not self.chart.rows:
            return [text_at(self.left + 8, self.top + HEIGHT // 2, NO_DATA, fill=TONES["none"])]
        last = self.chart.rows[-1]
        told = [
            (self._up(value.exact), value.text, _pen(index)[0])
            for index, value in enumerate(last.values)
            if value.exact is not None
        ]
        if last.goal and last.goal.exact is not None:
            told.append((self._up(last.goal.exact), f"目标 {last.goal.text}", GOAL))
        drawn, free = [], self.top - BETWEEN_LABELS
        for y, text, fill in sorted(told):
            free = max(y, free + BETWEEN_LABELS)
            drawn.append(note_at(self.right + 8, free + 4, text, fill=fill))
        return drawn

    def _point(self, row: int, index: int) -> Point | None:
        exact = self.chart.rows[row].values[index].exact
        return None if exact is None else (self._across(row), self._up(exact))

    def _across(self, index: int) -> int:
        """By the row's own place where every row has one, else evenly; one alone in the middle."""
        places = [row.at for row in self.chart.rows]
        known = [place for place in places if place is not None]
        if len(known) < len(places) or known[0] == known[-1]:
            known = list(range(len(places)))
        width, span = self.right - self.left, known[-1] - known[0]
        if not span:
            return self.left + width // 2
        return self.left + width * (known[index] - known[0]) // span

    def _up(self, value: Fraction) -> int:
        return self.top + HEIGHT - self.scale.along(value, HEIGHT)


def _pen(index: int) -> tuple[str, str | None]:
    return SERIES[index % len(SERIES)], DASHES[index % len(DASHES)] or None


def _none(x: int, y: int, text: str) -> str:
    return note_at(x, y, text, fill=TONES["none"], anchor="middle")


def _stroke(stroke: str, dash: str | None) -> dict[str, object]:
    return {"stroke": stroke, "stroke-width": 2, "stroke-dasharray": dash}


def _pieces(points: Sequence[Point | None]) -> list[str]:
    """The stretches between gaps; a point alone is only its dot."""
    pieces: list[list[str]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{point[0]},{point[1]}")
    return [" ".join(piece) for piece in pieces if len(piece) > 1]
