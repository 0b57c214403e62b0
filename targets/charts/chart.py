"""A chart as a value: what it shows, in words and exactly, before anybody draws it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

NO_DATA = "无数据"
GOAL_HEADING, WORD_HEADING = "目标值", "判定"


class Kind(StrEnum):
    BARS = "BARS"
    GROUPED = "GROUPED"
    LINE = "LINE"


@dataclass(frozen=True, slots=True)
class Value:
    """A number as printed, and exactly, for its place; `exact` None is drawn as 无数据."""

    text: str
    exact: Fraction | None

    def __post_init__(self) -> None:
        if self.exact is not None and self.exact < 0:
            raise ValueError(f"图里没有负数的位置：{self.text}")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, and one bar or point of the drawing.

    `tone` names the colour of `word`; `at` places a point of a line, evenly where it is None.
    """

    label: str
    values: tuple[Value, ...]
    goal: Value | None = None
    word: str = ""
    tone: str = ""
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and its table, which no paper can show one without the other.

    `heading` names the rows; `series` the values of each; `source` says the day and the run.
    """

    kind: Kind
    title: str
    unit: str
    heading: str
    series: tuple[str, ...]
    rows: tuple[Row, ...]
    source: str
    is_ratio: bool = False
    mark: str = ""

    def __post_init__(self) -> None:
        if any(len(row.values) != len(self.series) for row in self.rows):
            raise ValueError(f"“{self.title}”有一行的数与各列对不上。")
        if self.kind is Kind.BARS and len(self.series) != 1:
            raise ValueError(f"“{self.title}”是单列的条形图，只画一列数。")

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of its table; goals and verdicts only where there are some."""
        goals = (GOAL_HEADING,) if self._has_goals else ()
        words = (WORD_HEADING,) if self._has_words else ()
        return (self.heading, *self.series, *goals, *words)

    @property
    def table(self) -> tuple[tuple[str, ...], ...]:
        """Its rows in words, under `headings`."""
        return tuple(self._texts(row) for row in self.rows)

    @property
    def alt(self) -> str:
        """All of it in one sentence, for those who cannot see the drawing."""
        told = "；".join(self._told(row) for row in self.rows)
        return f"{self.title}，单位：{self.unit}。{told or NO_DATA}。{self.source}"

    @property
    def exact_values(self) -> list[Fraction]:
        """Every number that has a place in the drawing, goals included."""
        found = [value for row in self.rows for value in (*row.values, row.goal)]
        return [value.exact for value in found if value and value.exact is not None]

    @property
    def _has_goals(self) -> bool:
        return any(row.goal for row in self.rows)

    @property
    def _has_words(self) -> bool:
        return any(row.word for row in self.rows)

    def _texts(self, row: Row) -> tuple[str, ...]:
        goals = (row.goal.text if row.goal else "—",) if self._has_goals else ()
        words = (row.word or "—",) if self._has_words else ()
        return (row.label, *(value.text for value in row.values), *goals, *words)

    def _told(self, row: Row) -> str:
        named = len(self.series) > 1
        pairs = zip(self.series, row.values, strict=True)
        values = "、".join(f"{name} {one.text}" if named else one.text for name, one in pairs)
        goal = f"（目标 {row.goal.text}）" if row.goal else ""
        word = f"，{row.word}" if row.word else ""
        return f"{row.label} {values}{goal}{word}"
