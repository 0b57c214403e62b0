"""The numbers that count: those handed in, with the corrections approved since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from targets.models import (
    CorrectionLine,
    CorrectionState,
    ItemSource,
    QuarterlyReturn,
    ReturnItem,
    ReturnLevel,
    ReturnPeriod,
    ReturnValue,
)
from targets.returns.fetching import quotient_of

Numbers = dict[str, Decimal | None]
HIGHER = (ReturnLevel.CITY, ReturnLevel.DISTRICT)


def numbers_of(quarterly_return: QuarterlyReturn) -> Numbers:
    """The numbers of one return by item code."""
    if quarterly_return.level == ReturnLevel.INSTITUTION:
        values = quarterly_return.values.select_related("item")
        return {one.item.code: one.value for one in values}
    return numbers_by_return(quarterly_return.period)[quarterly_return.pk]


def numbers_by_return(period: ReturnPeriod) -> dict[int, Numbers]:
    """The numbers of the city and of every district, by return id and item code.

    A district's correction moves the city's total by as much.
    """
    values = ReturnValue.objects.filter(
        quarterly_return__period=period, quarterly_return__level__in=HIGHER
    ).select_related("item", "quarterly_return")
    found: dict[int, Numbers] = {}
    city = 0
    for one in values.order_by("quarterly_return", "item__position", "item"):
        found.setdefault(one.quarterly_return_id, {})[one.item.code] = one.value
        if one.quarterly_return.level == ReturnLevel.CITY:
            city = one.quarterly_return_id
    lines = CorrectionLine.objects.filter(
        correction__quarterly_return__period=period,
        correction__state=CorrectionState.APPROVED,
    ).select_related("item", "correction")
    apply(found, city, lines.order_by("pk"))
    return found


def apply(found: dict[int, Numbers], city: int, lines: Iterable[CorrectionLine]) -> None:
    """Put the corrections into the numbers, and reckon anew the shares they touch."""
    touched: dict[int, set[str]] = {}
    items: dict[str, ReturnItem] = {}
    for line in lines:
        own, code = line.correction.quarterly_return_id, line.item.code
        for one in {own, city} & set(found):
            found[one][code] = (found[one].get(code) or Decimal(0)) + line.new - line.old
            touched.setdefault(one, set()).add(code)
        items = items or {item.code: item for item in line.item.form.items.all()}
    for one, codes in touched.items():
        reckon_shares(found[one], items, codes)


def reckon_shares(numbers: Numbers, items: Mapping[str, ReturnItem], touched: set[str]) -> None:
    """Reckon anew each percentage whose numerator or denominator was touched."""
    for code, item in items.items():
        parts = set(item.source_key.split("/")) if item.source == ItemSource.QUOTIENT else set()
        if parts & touched and code in numbers:
            numbers[code] = quotient_of(item, numbers).number
