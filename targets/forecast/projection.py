"""The figure projected day by day from the end dates in the register, if nothing is renewed.

Date arithmetic only: no new institution, agreement or sign-up, no birthday, reports as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum

from targets.explain.naming import Naming, naming_of
from targets.indicators.base import Indicator, Outcome, Subject, Tally
from targets.indicators.calculation import Figure, Goal, Tree, reaches, value_of
from targets.indicators.measure import records_behind
from targets.indicators.until import HORIZON_DAYS, counts_until
from yiyang.access.scope import Actor

NAMES_SHOWN = 500
# 按年度工作计的人头没有到期日可推算：跨年即换一年的工作。
YEARLY = ("residents", "health_management_year", "health_management_to_date")


@dataclass(frozen=True, slots=True)
class Lapse:
    """What stops counting on one day: records, and how much they add to the figure.

    One institution or agreement a lapse, `key` its row; persons by the day, without a key.
    """

    day: date
    records: int
    amount: int
    subject: Subject
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The figure from one day on, until the next step."""

    day: date
    figure: Figure
    lapsed: int
    is_reached: bool | None


@dataclass(frozen=True, slots=True)
class Lapsing:
    """One record that lapses: named, with the last day it counts and the first it does not."""

    day: date
    last_day: date
    name: str
    institution_id: int | None
    amount: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """A year of one figure; `steps` begins with the figure as measured."""

    indicator: Indicator
    day: date
    steps: tuple[Step, ...]
    lapses: tuple[Lapse, ...]

    @property
    def until(self) -> date:
        return self.day + timedelta(days=HORIZON_DAYS)

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


def can_be_projected(indicator: Indicator) -> bool:
    """Whether every record behind the numerator carries its end dates."""
    return not any(tally.subject.name in YEARLY for tally in indicator.numerator)


def forecast_of(
    indicator: Indicator, figure: Figure, goal: Goal | None, *, day: date, region: int, tree: Tree
) -> Forecast:
    """`figure` of `day` and what becomes of it within a year."""
    lapses = lapses_of(indicator, day=day, region=region, tree=tree)
    steps = project(figure, lapses, goal, day=day, is_ratio=indicator.is_ratio)
    return Forecast(indicator, day, tuple(steps), tuple(lapses))


def project(
    figure: Figure, lapses: Iterable[Lapse], goal: Goal | None, *, day: date, is_ratio: bool
) -> list[Step]:
    """The figure as measured, then after each day of lapses; the denominator stays."""
    steps = [Step(day, figure, 0, _is_reached(figure, goal, is_ratio=is_ratio))]
    for on, amount in _by_day(lapses).items():
        previous = steps[-1].figure
        after = replace(
            previous,
            numerator=None if previous.numerator is None else previous.numerator - amount,
        )
        steps.append(Step(on, after, amount, _is_reached(after, goal, is_ratio=is_ratio)))
    return steps


def _by_day(lapses: Iterable[Lapse]) -> Mapping[date, int]:
    total: dict[date, int] = {}
    for lapse in sorted(lapses, key=lambda lapse: lapse.day):
        total[lapse.day] = total.get(lapse.day, 0) + lapse.amount
    return total


def _is_reached(figure: Figure, goal: Goal | None, *, is_ratio: bool) -> bool | None:
    value = value_of(figure, is_ratio=is_ratio)
    if goal is None or goal.threshold is None or value is None:
        return None
    return reaches(value, goal)


def lapses_of(indicator: Indicator, *, day: date, region: int, tree: Tree) -> list[Lapse]:
    """What stops counting on each day of the year after `day`: one query per kind of record."""
    found: list[Lapse] = []
    for record_set in records_behind(indicator.numerator, day=day, region=region, tree=tree):
        rows = record_set.rows.filter(outcome=Outcome.COUNTED.value).order_by()
        until = counts_until(record_set.tally, rows)
        if until is not None:
            found += _lapses(record_set.tally, rows.annotate(counts_until=until), day)
    return sorted(found, key=lambda lapse: lapse.day)


def _lapses(tally: Tally, rows: QuerySet[Any], day: date) -> list[Lapse]:
    last = day + timedelta(days=HORIZON_DAYS)
    if tally.subject.is_personal:
        ends = rows.filter(counts_until__lt=last).values("counts_until")
        grouped = ends.annotate(records=Count("pk"), amount=Sum("contribution"))
        return [_lapse(tally, end, end["records"], end["amount"]) for end in grouped]
    # 机构不多：每行的日期只算一次，在这里筛，不在 WHERE 里再算一遍。
    each = rows.values("pk", "counts_until", "contribution")
    return [
        _lapse(tally, end, 1, end["contribution"]) for end in each if end["counts_until"] < last
    ]


def _lapse(tally: Tally, end: Mapping[str, Any], records: int, amount: int) -> Lapse:
    return Lapse(
        day=end["counts_until"] + timedelta(days=1),
        records=records,
        amount=amount * tally.sign,
        subject=tally.subject,
        key=end.get("pk"),
    )


def lapsing_institutions(forecast: Forecast, *, actor: Actor) -> list[Lapsing]:
    """The lapses that are institutions in the actor's scope, first to lapse first; no persons."""
    found: list[Lapsing] = []
    for subject in {lapse.subject for lapse in forecast.lapses if lapse.key is not None}:
        naming = naming_of(subject)
        lapses = {lapse.key: lapse for lapse in forecast.lapses if lapse.subject is subject}
        rows = subject.rows(forecast.day).filter(pk__in=lapses)
        visible = rows.visible_to(actor).values("pk", *naming.paths(subject))  # type: ignore[attr-defined]
        found += [_lapsing(row, lapses[row["pk"]], naming) for row in visible]
    return sorted(found, key=lambda lapsing: (lapsing.day, lapsing.name))[:NAMES_SHOWN]


def _lapsing(row: Mapping[str, Any], lapse: Lapse, naming: Naming) -> Lapsing:
    return Lapsing(
        day=lapse.day,
        last_day=lapse.day - timedelta(days=1),
        name=naming.name_of(row),
        institution_id=naming.institution_of(row),
        amount=lapse.amount,
    )
