"""The figure projected day by day from the end dates in the register, if nothing is renewed.

Date arithmetic only: no new institution, agreement or sign-up, no birthday, reports as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from targets.explain.naming import Naming, naming_of
from targets.forecast.turns import Turn, turns_of
from targets.indicators.base import Indicator, Subject
from targets.indicators.calculation import Figure, Goal, Tree, reaches, value_of
from targets.indicators.until import HORIZON_DAYS
from yiyang.access.scope import Actor

NAMES_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Step:
    """The figure from one day on, until the next step."""

    day: date
    figure: Figure
    lapsed: int
    begun: int
    is_reached: bool | None


@dataclass(frozen=True, slots=True)
class Turning:
    """One record that stops or begins counting, named."""

    day: date
    name: str
    institution_id: int | None
    amount: int
    begins: bool

    @property
    def last_day(self) -> date:
        """The last day before."""
        return self.day - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A year of one figure; `steps` begins with the figure as measured."""

    indicator: Indicator
    day: date
    steps: tuple[Step, ...]
    turns: tuple[Turn, ...]

    @property
    def until(self) -> date:
        return self.day + timedelta(days=HORIZON_DAYS)

    @property
    def lapses(self) -> tuple[Turn, ...]:
        return tuple(turn for turn in self.turns if not turn.begins)

    @property
    def first_below(self) -> date | None:
        """The first day the goal is no longer reached; None when never, or not reached now."""
        if not self.steps[0].is_reached:
            return None
        return next((step.day for step in self.steps if not step.is_reached), None)

    def numerator_on(self, day: date) -> int | None:
        """The projected numerator of any day of the year."""
        return next(step for step in reversed(self.steps) if step.day <= day).figure.numerator

    @property
    def by_month(self) -> list[tuple[date, Subject, int]]:
        """How many records lapse in each month, by kind; the month by its first day."""
        months: dict[tuple[date, str], tuple[Subject, int]] = {}
        for lapse in self.lapses:
            key = (lapse.day.replace(day=1), lapse.subject.name)
            _, already = months.get(key, (lapse.subject, 0))
            months[key] = (lapse.subject, already + lapse.records)
        return [
            (month, subject, n)
            for (month, _), (subject, n) in sorted(months.items(), key=lambda item: item[0])
        ]


def forecast_of(
    indicator: Indicator, figure: Figure, goal: Goal | None, *, day: date, region: int, tree: Tree
) -> Forecast:
    """`figure` of `day` and what becomes of it within a year."""
    turns = turns_of(indicator, day=day, region=region, tree=tree)
    steps = project(figure, turns, goal, day=day, is_ratio=indicator.is_ratio)
    return Forecast(indicator, day, tuple(steps), tuple(turns))


def project(
    figure: Figure, turns: Iterable[Turn], goal: Goal | None, *, day: date, is_ratio: bool
) -> list[Step]:
    """The figure as measured, then after each day of turns; the denominator stays."""
    steps = [Step(day, figure, 0, 0, _is_reached(figure, goal, is_ratio=is_ratio))]
    for on, (lapsed, begun) in _by_day(turns).items():
        previous = steps[-1].figure
        number = previous.numerator
        after = replace(previous, numerator=None if number is None else number - lapsed + begun)
        is_reached = _is_reached(after, goal, is_ratio=is_ratio)
        steps.append(Step(on, after, lapsed, begun, is_reached))
    return steps


def _by_day(turns: Iterable[Turn]) -> Mapping[date, tuple[int, int]]:
    """What lapses and what begins on each day, in order."""
    total: dict[date, tuple[int, int]] = {}
    for turn in sorted(turns, key=lambda turn: turn.day):
        lapsed, begun = total.get(turn.day, (0, 0))
        if turn.begins:
            begun += turn.amount
        else:
            lapsed += turn.amount
        total[turn.day] = (lapsed, begun)
    return total


def coarsened(steps: Iterable[Step], limit: int) -> list[Step]:
    """The steps by which at least `limit` people more have come or gone; the first one stays."""
    kept: list[Step] = []
    lapsed = begun = 0
    for step in steps:
        lapsed, begun = lapsed + step.lapsed, begun + step.begun
        if not kept or all(not people or people >= limit for people in (lapsed, begun)):
            kept.append(replace(step, lapsed=lapsed, begun=begun))
            lapsed = begun = 0
    return kept


def _is_reached(figure: Figure, goal: Goal | None, *, is_ratio: bool) -> bool | None:
    value = value_of(figure, is_ratio=is_ratio)
    if goal is None or goal.threshold is None or value is None:
        return None
    return reaches(value, goal)


def turning_institutions(forecast: Forecast, *, actor: Actor) -> list[Turning]:
    """The turns that are institutions in the actor's scope, in order of days; no persons."""
    found = [
        turning
        for subject in {turn.subject for turn in forecast.turns if turn.key is not None}
        for turning in _named(forecast, subject, actor)
    ]
    return sorted(found, key=lambda turning: (turning.day, turning.name))[:NAMES_SHOWN]


def _named(forecast: Forecast, subject: Subject, actor: Actor) -> Iterator[Turning]:
    naming = naming_of(subject)
    turns = [turn for turn in forecast.turns if turn.subject is subject]
    rows = subject.rows(forecast.day).filter(pk__in={turn.key for turn in turns})
    visible = rows.visible_to(actor).values("pk", *naming.paths(subject))  # type: ignore[attr-defined]
    by_key = {row["pk"]: row for row in visible}
    for turn in turns:
        if turn.key in by_key:
            yield _turning(turn, by_key[turn.key], naming)


def _turning(turn: Turn, row: Mapping[str, Any], naming: Naming) -> Turning:
    return Turning(
        day=turn.day,
        name=naming.name_of(row),
        institution_id=naming.institution_of(row),
        amount=turn.amount,
        begins=turn.begins,
    )
