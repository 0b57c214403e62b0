"""审核关系: each check as a table a clerk could check with a pencil."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from targets.models import ReturnCheck, ReturnItem
from targets.returns.checks import Finding, Sheet, findings, quotient, unexplained

ITEMS = [
    ReturnItem(code="01", label="养老机构", unit="PLACES"),
    ReturnItem(code="02", label="其中能提供医疗的", unit="PLACES", part_of="01"),
    ReturnItem(code="03", label="床位", unit="BEDS"),
    ReturnItem(code="04", label="护理型", unit="BEDS"),
    ReturnItem(code="05", label="护理型占比", unit="PERCENT"),
]
FILLED: dict[str, Any] = {"01": 10, "02": 5, "03": 1000, "04": 99, "05": "9.90"}


def check(kind: str, left: str, *terms: str, **said: Any) -> ReturnCheck:
    said = {"tolerance": Decimal(0), "least": Decimal(0), "is_hard": True, **said}
    return ReturnCheck(kind=kind, left=left, terms=list(terms), **said)


def numbers(**changed: Any) -> dict[str, Decimal | None]:
    filled = FILLED | {name.lstrip("n"): one for name, one in changed.items()}
    return {code: None if one is None else Decimal(one) for code, one in filled.items()}


def said(
    rule: ReturnCheck,
    *,
    before: dict[str, Any] | None = None,
    year: dict[str, Any] | None = None,
    **changed: Any,
) -> list[str]:
    sheet = Sheet(
        ITEMS,
        numbers(**changed),
        {code: Decimal(one) for code, one in (before or {}).items()},
        {code: Decimal(one) for code, one in (year or {}).items()},
    )
    return [f"{one.code} {one.message}" for one in findings(sheet, [rule])]


SUM = check("SUM", "03", "01", "04")
WITHIN = check("SUM", "03", "01", "04", tolerance=Decimal(2))
NOT_ABOVE = check("NOT_ABOVE", "02", "04")
SHARE = check("QUOTIENT", "05", "04", "03", tolerance=Decimal("0.01"))
EXACT = check("QUOTIENT", "05", "04", "03")
AT_MOST = check("AT_MOST_100", "05")


@pytest.mark.parametrize(
    ("rule", "changed", "holds"),
    [
        # 合计＝分项
        (SUM, {"n03": 109}, True),
        (SUM, {"n03": 110}, False),
        (SUM, {"n03": 108}, False),
        # 容差 2：差 2 可以，差 3 不行
        (WITHIN, {"n03": 111}, True),
        (WITHIN, {"n03": 112}, False),
        # 不大于另一项，相等可以
        (NOT_ABOVE, {"n01": 99, "n02": 99}, True),
        (NOT_ABOVE, {"n01": 100, "n02": 100}, False),
        # 99÷1000＝9.90%：9.90、9.91、9.89 在 0.01 之内，9.92 不在
        (SHARE, {}, True),
        (SHARE, {"n05": "9.91"}, True),
        (SHARE, {"n05": "9.89"}, True),
        (SHARE, {"n05": "9.92"}, False),
        (EXACT, {"n05": "9.91"}, False),
        # 1÷3 是无限小数，只要差得比容差小
        (SHARE, {"n04": 1, "n03": 3, "n05": "33.33"}, True),
        (SHARE, {"n04": 1, "n03": 3, "n05": "33.35"}, False),
        # 分母为 0，比率须填 0
        (SHARE, {"n04": 0, "n03": 0, "n05": 0}, True),
        (SHARE, {"n04": 0, "n03": 0, "n05": 1}, False),
        # 率不超过 100%
        (AT_MOST, {"n05": "100.00"}, True),
        (AT_MOST, {"n05": "100.01"}, False),
    ],
)
def test_a_balance_holds_or_is_told(rule: ReturnCheck, changed: Any, holds: bool) -> None:
    assert bool(said(rule, **changed)) is not holds


JUMP = check("LAST_QUARTER", "03", tolerance=Decimal(20), least=Decimal(5), is_hard=False)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (1000, 1000, ""),
        (1000, 1200, ""),  # 恰好 20%
        (1000, 1201, "增加 20.1%"),
        (1000, 799, "减少 20.1%"),
        (1000, 800, ""),
        (4, 8, ""),  # 翻一番，但只差 4，不足 5
        (4, 9, "增加 125%"),
        (0, 4, ""),
        (0, 5, "上季度为 0，本季为 5，请说明。"),
        (5, 0, "减少 100%"),
    ],
)
def test_a_jump_is_asked_about(before: int, now: int, told: str) -> None:
    found = said(JUMP, before={"03": before}, n03=now)
    assert (told in found[0]) if told else not found


def test_a_year_ago_is_another_quarter() -> None:
    rule = check("LAST_YEAR", "03", tolerance=Decimal(20), is_hard=False)
    assert said(rule, before={"03": 1}, year={"03": 1000}) == []
    assert "上年同季 500" in said(rule, year={"03": 500})[0]


def test_nothing_to_compare_with_asks_nothing() -> None:
    assert said(JUMP) == []


@pytest.mark.parametrize(("part", "holds"), [(10, True), (11, False)])
def test_a_part_is_never_more_than_the_whole(part: int, holds: bool) -> None:
    found = [one for one in said(AT_MOST, n02=part) if "其中项" in one]
    assert bool(found) is not holds


def test_an_empty_cell_is_told_at_the_cell_and_no_balance_guesses() -> None:
    assert said(SUM, n04=None) == ["04 还没有填数；没有发生的填 0。"]


def test_a_check_on_lines_not_asked_of_this_level_is_left_alone() -> None:
    sheet = Sheet(ITEMS[:2], {"01": Decimal(1), "02": Decimal(1)})
    assert findings(sheet, [SUM, AT_MOST, SHARE]) == []


@pytest.mark.parametrize(
    ("is_hard", "note", "stops"),
    [(True, "", True), (True, "说明了", True), (False, "", True), (False, "说明了", False)],
)
def test_a_soft_finding_lets_pass_once_explained(is_hard: bool, note: str, stops: bool) -> None:
    found = [Finding("03", "变动", is_hard)]
    assert bool(unexplained(found, {"03": note})) is stops


@pytest.mark.parametrize(
    ("top", "bottom", "share"),
    [(37, 150, "24.67"), (1, 8, "12.50"), (1, 800, "0.13"), (0, 5, "0.00"), (5, 0, None)],
)
def test_a_share_is_rounded_half_up_to_two_places(top: int, bottom: int, share: str | None) -> None:
    found = quotient(Decimal(top), Decimal(bottom))
    assert (None if found is None else str(found)) == share
