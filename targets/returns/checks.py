"""审核关系: whether the numbers of one return agree with each other and with earlier ones.

Exact: Decimals and Fractions, never rounded before they are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from targets.models import CheckKind, ItemSource, ItemUnit, ReturnCheck, ReturnItem
from yiyang.lib.percentages import rounded, trimmed

HUNDRED = 100
Numbers = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at one item: a hard one stops the return, a soft one wants an explanation."""

    code: str
    message: str
    is_hard: bool = True


@dataclass(frozen=True)
class Sheet:
    """The numbers of a return by item code, with those of the last quarter and a year ago."""

    items: Sequence[ReturnItem]
    numbers: Numbers
    last_quarter: Numbers = field(default_factory=dict)
    last_year: Numbers = field(default_factory=dict)

    def known(self, *codes: str) -> list[Decimal] | None:
        """The numbers behind the codes; None where one is not asked here or not filled yet."""
        found = [one for code in codes if (one := self.numbers.get(code)) is not None]
        return found if len(found) == len(codes) else None


def findings(sheet: Sheet, checks: Iterable[ReturnCheck]) -> list[Finding]:
    """Everything that does not hold, in the order of the items."""
    found = [*_unfilled(sheet), *_parts(sheet)]
    for check in checks:
        message = _RULES[CheckKind(check.kind)](sheet, check)
        if message:
            found.append(Finding(check.left, message, check.is_hard))
    order = {item.code: place for place, item in enumerate(sheet.items)}
    return sorted((one for one in found if one.code in order), key=lambda one: order[one.code])


def unexplained(found: Iterable[Finding], notes: Mapping[str, str]) -> list[Finding]:
    """What still stops a return: every hard finding, and soft ones without a note."""
    return [one for one in found if one.is_hard or not notes.get(one.code, "").strip()]


def _unfilled(sheet: Sheet) -> list[Finding]:
    """Every item wants a number; a share of nothing has none (无数据)."""
    empty = [
        item
        for item in sheet.items
        if sheet.numbers.get(item.code) is None and not _is_share_of_nothing(sheet, item)
    ]
    return [Finding(item.code, "还没有填数；没有发生的填 0。") for item in empty]


def _is_share_of_nothing(sheet: Sheet, item: ReturnItem) -> bool:
    bottom = item.source_key.partition("/")[2]
    return item.source == ItemSource.QUOTIENT and sheet.numbers.get(bottom) == 0


def _parts(sheet: Sheet) -> list[Finding]:
    """A part is never more than what it is part of."""
    labels = {item.code: item.label for item in sheet.items}
    found = []
    for item in sheet.items:
        known = sheet.known(item.code, item.part_of) if item.part_of else None
        if known and known[0] > known[1]:
            whole = f"{item.part_of} {labels[item.part_of]}"
            message = f"其中项 {_said(known[0])} 大于总项 {_said(known[1])}（{whole}）。"
            found.append(Finding(item.code, message))
    return found


def _sum(sheet: Sheet, check: ReturnCheck) -> str:
    known = sheet.known(check.left, *check.terms)
    if known is None:
        return ""
    left, total = known[0], sum(known[1:], Decimal(0))
    if abs(left - total) <= check.tolerance:
        return ""
    return f"合计 {_said(left)} 不等于分项（{'＋'.join(check.terms)}）之和 {_said(total)}。"


def _not_above(sheet: Sheet, check: ReturnCheck) -> str:
    known = sheet.known(check.left, *check.terms)
    if known is None or known[0] - known[1] <= check.tolerance:
        return ""
    other = f"{check.terms[0]} {_label(sheet, check.terms[0])}"
    return f"{_said(known[0])} 大于“{other}”的 {_said(known[1])}。"


def _quotient(sheet: Sheet, check: ReturnCheck) -> str:
    known = sheet.known(check.left, *check.terms)
    if known is None:
        return ""
    left, top, bottom = known
    if not bottom:
        return "" if not left else f"分母（{check.terms[1]}）为 0，比率须填 0。"
    exact = Fraction(top) / Fraction(bottom) * HUNDRED
    if abs(Fraction(left) - exact) <= Fraction(check.tolerance):
        return ""
    reckoned = rounded(exact, 2)
    return f"填的 {_said(left)}% 与 {check.terms[0]}÷{check.terms[1]} 算得的 {reckoned}% 不符。"


def _at_most_100(sheet: Sheet, check: ReturnCheck) -> str:
    known = sheet.known(check.left)
    if known is None or known[0] - HUNDRED <= check.tolerance:
        return ""
    return f"比率 {_said(known[0])}% 超过 100%。"


def _last_quarter(sheet: Sheet, check: ReturnCheck) -> str:
    return _jump(sheet.numbers, sheet.last_quarter, check, "上季度", "环比")


def _last_year(sheet: Sheet, check: ReturnCheck) -> str:
    return _jump(sheet.numbers, sheet.last_year, check, "上年同季", "同比")


def _jump(now: Numbers, then: Numbers, check: ReturnCheck, when: str, word: str) -> str:
    """A change of more than the tolerance in percent, unless it is smaller than `least`."""
    new, old = now.get(check.left), then.get(check.left)
    if new is None or old is None or new == old or abs(new - old) < check.least:
        return ""
    if not old:
        return f"{when}为 0，本季为 {_said(new)}，请说明。"
    share = Fraction(new - old) / Fraction(old) * HUNDRED
    if abs(share) <= Fraction(check.tolerance):
        return ""
    way = "增加" if share > 0 else "减少"
    limit = trimmed(Decimal(check.tolerance))
    return (
        f"{when} {_said(old)}，{word}{way} {trimmed(rounded(abs(share), 1))}%，"
        f"超过 {limit}%，请说明。"
    )


_RULES = {
    CheckKind.SUM: _sum,
    CheckKind.NOT_ABOVE: _not_above,
    CheckKind.QUOTIENT: _quotient,
    CheckKind.AT_MOST_100: _at_most_100,
    CheckKind.LAST_QUARTER: _last_quarter,
    CheckKind.LAST_YEAR: _last_year,
}


def quotient(top: Decimal | None, bottom: Decimal | None) -> Decimal | None:
    """A percentage to two places, half up; None where it cannot be reckoned."""
    if top is None or not bottom:
        return None
    return rounded(Fraction(top) / Fraction(bottom) * HUNDRED, 2)


def number_text(number: Decimal | None, unit: str) -> str:
    """A number of a return as pages and papers show it; nothing filled is empty."""
    if number is None:
        return ""
    return f"{number:.2f}" if unit == ItemUnit.PERCENT else f"{int(number):,}"


def _said(number: Decimal) -> str:
    return trimmed(Decimal(number))


def _label(sheet: Sheet, code: str) -> str:
    return next((item.label for item in sheet.items if item.code == code), "")
