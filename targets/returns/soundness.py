"""Whether the lines and checks of a form fit together, before it is put into use."""

from __future__ import annotations

from collections.abc import Mapping

from targets.indicators.catalogue import BY_KEY
from targets.models import Answerer, CheckKind, ItemSource, ReturnCheck, ReturnForm, ReturnItem
from targets.returns.fetching import indicator_key
from targets.returns.sources import REGISTER_COUNTS

Items = Mapping[str, ReturnItem]
EMPTY = "表里还没有项目。"


def faults_of(form: ReturnForm) -> list[str]:
    """Everything a reviewer must have mended first, in words; none when the form is sound."""
    items = {item.code: item for item in form.items.all()}
    if not items:
        return [EMPTY]
    return [
        *(f"项目 {item.code}：{said}" for item in items.values() for said in _item(item, items)),
        *(
            f"审核关系 {place}：{said}"
            for place, check in enumerate(form.checks.all(), start=1)
            for said in _check(check, items)
        ),
    ]


def source_fault(source: str, key: str, answered_by: str) -> str:
    """What is wrong with the source of a line by itself; empty when nothing is."""
    if source in (ItemSource.NUMERATOR, ItemSource.DENOMINATOR):
        return _indicator_fault(source, key, answered_by)
    if source == ItemSource.REGISTER:
        counted = REGISTER_COUNTS.get(key)
        if counted is None:
            return f"没有名为“{key}”的登记计数。"
        if counted.level != answered_by:
            return f"“{counted.title}”由{counted.level.label}填报，与“谁来填”不符。"
    return ""


def _indicator_fault(source: str, key: str, answered_by: str) -> str:
    indicator = BY_KEY.get(indicator_key(key))
    if indicator is None:
        return f"没有“{key}”这一指标口径。"
    if source == ItemSource.DENOMINATOR and not indicator.is_ratio:
        return f"{indicator.title}是计数，没有分母。"
    if answered_by != Answerer.DISTRICT:
        return "指标按区划量度，只能由区填报。"
    return ""


def _item(item: ReturnItem, items: Items) -> list[str]:
    found = [source_fault(item.source, item.source_key, item.answered_by)]
    if item.part_of:
        found.append(_part_fault(item, items))
    if item.is_percent and item.source != ItemSource.QUOTIENT:
        # 各区的比率不能相加，也不能平均；汇总时只能用分子、分母重算。
        found.append("比率须由本表两项相除，手填的比率无法汇总。")
    if item.source == ItemSource.QUOTIENT:
        found += [_operand_fault(item, code, items) for code in item.source_key.split("/")]
        if item.source_key.count("/") != 1:
            found.append("本表两项相除写成“分子代码/分母代码”。")
    return [said for said in found if said]


def _part_fault(item: ReturnItem, items: Items) -> str:
    whole = items.get(item.part_of)
    if whole is None:
        return f"其中项所属的代码 {item.part_of} 不在本表。"
    if (whole.unit, whole.answered_by) != (item.unit, item.answered_by):
        return f"与所属项 {whole.code} 的计量单位或填报单位不同。"
    return ""


def _operand_fault(item: ReturnItem, code: str, items: Items) -> str:
    operand = items.get(code)
    if operand is None or operand.is_percent:
        return f"相除的 {code} 不在本表，或本身是比率。"
    if operand.answered_by != item.answered_by:
        return f"相除的 {code} 由别的单位填报。"
    return ""


def _check(check: ReturnCheck, items: Items) -> list[str]:
    unknown = [code for code in (check.left, *check.terms) if code not in items]
    if unknown:
        return [f"代码 {'、'.join(unknown)} 不在本表。"]
    if check.kind in (CheckKind.QUOTIENT, CheckKind.AT_MOST_100):
        return [] if items[check.left].is_percent else [f"{check.left} 不是比率（%）。"]
    return []
