"""How full an institution was at each month's end: residents over the beds in use (rules.md 20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.conf import settings

from institutions.models import BedBasis, BedCount, BedRegister, Institution, Occupancy
from yiyang.lib.percentages import percent

NO_BEDS = "缺床位数"


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """The residents reported at a month's end and the beds they are measured against.

    `beds` is None where no bed report is near enough: then there is no rate, not a rate of 0.
    """

    report: Occupancy
    beds: int | None

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.report.occupants, self.beds) if self.beds else None

    @property
    def rate_text(self) -> str:
        return NO_BEDS if self.rate is None else percent(self.rate)

    @property
    def rate_number(self) -> str:
        """The rate for the chart, without its sign; empty where there is none."""
        return "" if self.rate is None else percent(self.rate).removesuffix("%")

    @property
    def is_overfull(self) -> bool:
        return self.rate is not None and self.rate > 1


def month_ends(institution: Institution, reports: Sequence[Occupancy]) -> list[MonthEnd]:
    """The reports, newest first, each beside the beds by which 入住率 counts it; one query."""
    if not reports:
        return []
    carry = timedelta(days=settings.REPORT_CARRY_DAYS)
    first, last = reports[-1].counted_on - carry, reports[0].counted_on
    # 与指标“养老机构入住率”同一口径：民政备案的实有床位，最多沿用一个季度。
    counts = list(
        BedCount.objects.counted_between(first, last)
        .filter(institution=institution, register=BedRegister.CIVIL_AFFAIRS, basis=BedBasis.ACTUAL)
        .order_by("-counted_on")
        .values_list("counted_on", "total")
    )
    return [
        MonthEnd(
            one,
            next((n for day, n in counts if one.counted_on - carry <= day <= one.counted_on), None),
        )
        for one in reports
    ]
