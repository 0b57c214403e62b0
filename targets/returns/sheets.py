"""One return as its page shows it: items, numbers, notes and what does not hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from targets.models import QuarterlyReturn, ReturnCheck, ReturnItem, ReturnValue
from targets.returns.checks import Finding, Sheet, findings, number_text, unexplained
from targets.returns.effective import numbers_of
from targets.returns.quarters import Quarter

Numbers = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a return with its numbers and findings."""

    item: ReturnItem
    value: ReturnValue
    findings: tuple[Finding, ...]
    last_quarter: Decimal | None

    @property
    def is_part(self) -> bool:
        return bool(self.item.part_of)

    @property
    def shown(self) -> str:
        return number_text(self.value.value, self.item.unit)

    @property
    def prefilled(self) -> str:
        return number_text(self.value.prefilled, self.item.unit)

    @property
    def before(self) -> str:
        return number_text(self.last_quarter, self.item.unit)

    @property
    def differs(self) -> bool:
        known = self.value.prefilled is not None and self.value.value is not None
        return known and self.value.prefilled != self.value.value


@dataclass(frozen=True, slots=True)
class Filled:
    """A return's lines, in order, and what still stops it."""

    lines: tuple[Line, ...]
    stopping: tuple[Finding, ...]
    asking: tuple[Finding, ...]

    @property
    def codes_stopped(self) -> list[str]:
        return list(dict.fromkeys(one.code for one in self.stopping))


def filled(quarterly_return: QuarterlyReturn) -> Filled:
    """The return with its checks worked out, in a number of queries that never grows."""
    values = list(quarterly_return.values.select_related("item", "run"))
    sheet = sheet_of(quarterly_return, {one.item.code: one.value for one in values}, values)
    checks = ReturnCheck.objects.filter(form=quarterly_return.period.form_id)
    found = findings(sheet, checks)
    notes = {one.item.code: one.note for one in values}
    return Filled(
        lines=tuple(
            Line(one.item, one, _of(found, one.item.code), sheet.last_quarter.get(one.item.code))
            for one in values
        ),
        stopping=tuple(unexplained(found, notes)),
        asking=tuple(one for one in found if not one.is_hard),
    )


def sheet_of(own: QuarterlyReturn, numbers: Numbers, values: Collection[ReturnValue]) -> Sheet:
    """These numbers of the return beside those of its last quarter and a year ago."""
    quarter = Quarter(own.period.year, own.period.quarter)
    return Sheet(
        items=[one.item for one in values],
        numbers=numbers,
        last_quarter=earlier(own, quarter.before),
        last_year=earlier(own, quarter.a_year_before),
    )


def earlier(own: QuarterlyReturn, quarter: Quarter) -> Numbers:
    """What the same unit said in another quarter, corrections included; empty where nothing."""
    # 机构换了区还是同一家：只有区、市的表按区划找。
    unit = {"institution": own.institution_id} if own.institution_id else {"region": own.region_id}
    before = QuarterlyReturn.objects.filter(
        period__year=quarter.year,
        period__quarter=quarter.number,
        period__form__code=own.period.form.code,
        level=own.level,
        **unit,
    ).first()
    return {} if before is None else numbers_of(before)


def _of(found: Collection[Finding], code: str) -> tuple[Finding, ...]:
    return tuple(one for one in found if one.code == code)
