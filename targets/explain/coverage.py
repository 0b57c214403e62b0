"""How much of what should be reported was, and how old the oldest report used is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db.models import F, Min, OuterRef, Subquery
from django.db.models.expressions import Combinable

from contracts.models import SignupAggregate
from institutions.models import Occupancy
from targets.indicators.base import Indicator, Outcome, RollUp, Tally
from targets.indicators.calculation import Figure, Tree
from targets.indicators.institution_subjects import ELDERLY
from targets.indicators.measure import records_behind
from targets.indicators.person_subjects import STREETS
from targets.models import IndicatorRun, IndicatorSnapshot
from targets.results import figure_of, minimum_coverage
from yiyang.lib.percentages import percent

CONSIDERED = (Outcome.COUNTED.value, Outcome.NOT_COUNTED.value)


@dataclass(frozen=True, slots=True)
class Coverage:
    """上报率 of a figure and its oldest report; both None where nothing is reported for it."""

    figure: Figure
    oldest_on: date | None = None

    @property
    def share(self) -> Fraction | None:
        if not self.figure.expected:
            return None
        return Fraction(self.figure.expected - self.figure.missing, self.figure.expected)

    @property
    def is_thin(self) -> bool:
        """Below the set coverage: the verdict is 资料不足 (rules.md 19)."""
        return self.share is not None and self.share < minimum_coverage()

    @property
    def text(self) -> str:
        """ "9/10（90.00%）", empty where nothing has to be reported."""
        if self.share is None:
            return ""
        reported = self.figure.expected - self.figure.missing
        return f"{reported:,}/{self.figure.expected:,}（{percent(self.share)}）"


def coverage_of(
    run: IndicatorRun, tree: Tree, region: int, indicator: Indicator
) -> Coverage | None:
    """Coverage of a stored figure, and the oldest report among those it was counted from."""
    snapshot = IndicatorSnapshot.objects.filter(
        run=run, region=region, indicator=indicator.code, reading=indicator.reading
    ).first()
    if snapshot is None:
        return None
    oldest = oldest_report(indicator, day=run.as_of, region=region, tree=tree)
    return Coverage(figure_of(snapshot), oldest)


def oldest_report(indicator: Indicator, *, day: date, region: int, tree: Tree) -> date | None:
    """The oldest day that the beds, residents, returns or head counts used were counted on.

    None for figures made from registrations alone, which hold from day to day. The beds of
    in-house units come with their home's report and are not asked for separately.
    """
    tallies = [*indicator.numerator, *indicator.denominator]
    dated = [tally for tally in tallies if _counted_on(tally, day) is not None]
    days = [
        record_set.rows.filter(outcome__in=CONSIDERED)
        .order_by()
        .annotate(reported_on=_counted_on(record_set.tally, day))
        .aggregate(oldest=Min("reported_on"))["oldest"]
        for record_set in records_behind(dated, day=day, region=region, tree=tree)
    ]
    return min((found for found in days if found is not None), default=None)


def _counted_on(tally: Tally, day: date) -> Combinable | Subquery | None:
    """The day the report behind a row was counted on; None when the tally reads no report."""
    if tally.subject.roll_up is RollUp.STATED:
        return F("counted_on")
    if tally.subject is STREETS:
        group = tally.amount.upper() if tally.amount else ""
        returns = SignupAggregate.objects.kept().filter(region=OuterRef("pk"), group=group)
        return _newest(returns, day)
    if tally.subject is ELDERLY and tally.amount == "occupants":
        reports = Occupancy.objects.kept().filter(institution=OuterRef("institution"))
        return _newest(reports, day)
    if tally.subject is ELDERLY and (tally.amount or tally.missing):
        return F("beds_counted_on")
    return None


def _newest(reports: Any, day: date) -> Subquery:
    oldest = day - timedelta(days=settings.REPORT_CARRY_DAYS)
    carried = reports.filter(counted_on__gte=oldest, counted_on__lte=day)
    return Subquery(carried.order_by("-counted_on", "-id").values("counted_on")[:1])
