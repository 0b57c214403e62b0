"""What a figure means: roll-up, verdict, pace and gap in integers and Fractions only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import ceil
from operator import add


class Verdict(StrEnum):
    MET = "MET"
    NOT_MET = "NOT_MET"
    NO_DATA = "NO_DATA"
    NOT_JUDGED = "NOT_JUDGED"


class Reason(StrEnum):
    """Why there is no verdict, or what a reader must know beside it."""

    NONE = ""
    NO_DENOMINATOR = "no_denominator"
    ZERO_DENOMINATOR = "zero_denominator"
    NO_THRESHOLD = "no_threshold"
    REFERENCE = "reference"
    OVER_ONE = "over_one"
    THIN = "thin"
    NOT_DUE = "not_due"


class Pace(StrEnum):
    ON_PACE = "ON_PACE"
    BEHIND = "BEHIND"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; `denominator` None means “无数据” for a ratio."""

    numerator: int | None
    denominator: int | None
    excluded: int = 0
    missing: int = 0
    expected: int = 0


@dataclass(frozen=True, slots=True)
class Goal:
    """What a target asks, in exact numbers; `threshold` None means a target without a number."""

    comparator: str
    threshold: Fraction | None = None
    upper: Fraction | None = None
    has_upper_failure: bool = True
    due_on: date | None = None
    milestones: tuple[tuple[date, Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    reason: Reason = Reason.NONE
    pace: Pace | None = None

    @property
    def is_met(self) -> bool:
        return self.verdict is Verdict.MET

    @property
    def is_behind(self) -> bool:
        """Not met by the due day, or below the pace set for the way there."""
        return self.verdict is Verdict.NOT_MET or self.pace is Pace.BEHIND


def value_of(figure: Figure, *, is_ratio: bool) -> Fraction | None:
    """The exact value: a share for a ratio, the count otherwise; None is “无数据”."""
    if figure.numerator is None:
        return None
    if not is_ratio:
        return Fraction(figure.numerator)
    if not figure.denominator:
        return None
    return Fraction(figure.numerator, figure.denominator)


def judge(
    figure: Figure,
    goal: Goal,
    *,
    is_ratio: bool,
    is_judged: bool,
    as_of: date,
    minimum_coverage: Fraction,
) -> Judgement:
    """The verdict on `as_of`; MET or NOT_MET only from the due day on (rules.md 4, 6, 19).

    A target without a due day can be met but is never overdue (rules.md 22).
    """
    value = value_of(figure, is_ratio=is_ratio)
    if value is None:
        return Judgement(Verdict.NO_DATA, _why_no_value(figure))
    reason = _why_not_judged(figure, goal, is_ratio=is_ratio, is_judged=is_judged)
    if reason is Reason.NONE and _is_thin(figure, minimum_coverage):
        reason = Reason.THIN
    if reason is not Reason.NONE:
        return Judgement(Verdict.NOT_JUDGED, reason)
    if _is_due(goal, as_of):
        return Judgement(Verdict.MET if reaches(value, goal) else Verdict.NOT_MET)
    if goal.due_on is None and reaches(value, goal):
        return Judgement(Verdict.MET)
    return Judgement(Verdict.NOT_JUDGED, Reason.NOT_DUE, _pace(value, goal, as_of))


def reaches(value: Fraction, goal: Goal) -> bool:
    """Whether the exact value meets the goal; 不低于 includes the number itself."""
    assert goal.threshold is not None
    if goal.comparator == "=":
        return value == goal.threshold
    if goal.comparator == "range" and goal.has_upper_failure:
        assert goal.upper is not None
        return goal.threshold <= value <= goal.upper
    return value >= goal.threshold


def needed(figure: Figure, goal: Goal, *, is_ratio: bool) -> int | None:
    """How many more must be counted to reach the goal (还差几家); None where it cannot be said."""
    if goal.threshold is None or figure.numerator is None:
        return None
    if not is_ratio:
        return max(0, ceil(goal.threshold) - figure.numerator)
    if not figure.denominator:
        return None
    return max(0, ceil(goal.threshold * figure.denominator) - figure.numerator)


def _is_due(goal: Goal, as_of: date) -> bool:
    return goal.due_on is not None and as_of >= goal.due_on


def _why_no_value(figure: Figure) -> Reason:
    return Reason.ZERO_DENOMINATOR if figure.denominator == 0 else Reason.NO_DENOMINATOR


def _why_not_judged(figure: Figure, goal: Goal, *, is_ratio: bool, is_judged: bool) -> Reason:
    if not is_judged:
        return Reason.REFERENCE
    if goal.threshold is None:
        return Reason.NO_THRESHOLD
    if is_ratio and (figure.numerator or 0) > (figure.denominator or 0):
        return Reason.OVER_ONE
    return Reason.NONE


def _is_thin(figure: Figure, minimum_coverage: Fraction) -> bool:
    if not figure.missing or not figure.expected:
        return False
    return Fraction(figure.expected - figure.missing, figure.expected) < minimum_coverage


def _pace(value: Fraction, goal: Goal, as_of: date) -> Pace | None:
    passed = [step for step in goal.milestones if step[0] <= as_of]
    if not passed:
        return None
    _, threshold = max(passed)
    return Pace.ON_PACE if value >= threshold else Pace.BEHIND


# 一个区划的一行数，一列一个；None 表示没有人公布过。
Row = tuple[int | None, ...]


class Tree:
    """The region tree of one day: parents by region, walked from the leaves up."""

    def __init__(self, parents: Mapping[int, int], root: int) -> None:
        self.root = root
        self.children: dict[int, list[int]] = {}
        for region, parent in parents.items():
            self.children.setdefault(parent, []).append(region)
        self.top_down = self._walk(root)

    def _walk(self, root: int) -> tuple[int, ...]:
        order, seen = [root], {root}
        for region in order:
            fresh = [child for child in sorted(self.children.get(region, ())) if child not in seen]
            seen.update(fresh)
            order.extend(fresh)
        return tuple(order)

    def below(self, region: int) -> tuple[int, ...]:
        """`region` and everything under it, top down."""
        return self._walk(region)

    def children_of(self, region: int) -> Sequence[int]:
        return self.children.get(region, ())


def summed(tree: Tree, own: Mapping[int, Row], empty: Row) -> dict[int, Row]:
    """Each region's own row plus the rows of everything below it, column by column."""
    total: dict[int, Row] = {}
    for region in reversed(tree.top_down):
        row = own.get(region, empty)
        for child in tree.children_of(region):
            row = tuple(map(add, row, total[child]))
        total[region] = row
    return total


def stated(tree: Tree, own: Mapping[int, Row], empty: Row) -> dict[int, Row]:
    """Each region's own published numbers, else the sum of its children if all have one.

    A figure holds at the level it was published for and upwards, never below (rules.md 9).
    """
    total: dict[int, Row] = {}
    for region in reversed(tree.top_down):
        row = own.get(region, empty)
        children = [total[child] for child in tree.children_of(region)]
        if children and None in row:
            columns = zip(row, zip(*children, strict=True), strict=True)
            row = tuple(whole(below) if mine is None else mine for mine, below in columns)
        total[region] = row
    return total


def stated_sources(tree: Tree, own: Iterable[int], region: int) -> list[int]:
    """The regions whose published figures make up the figure of `region`."""
    published = set(own)
    if region in published:
        return [region]
    return [
        source
        for child in tree.children_of(region)
        for source in stated_sources(tree, published, child)
    ]


def whole(numbers: Iterable[int | None]) -> int | None:
    """The sum of `numbers`, None as soon as one of them is unknown."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total
