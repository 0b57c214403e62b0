"""A target value as a clerk writes it — “80%”, “5 家”, “1—2 所”, “全覆盖” — in exact numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from targets.models import Comparator

PLACES = 6
LARGEST = Decimal(10) ** 6
HUNDRED = Decimal(100)
# 全角的数字、百分号、比较号写成半角；别的字符一个不动。
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
WITHOUT_NUMBER = ("全覆盖", "实现全覆盖", "基本全覆盖", "无数字", "没有数字", "不设数字")
EVERYTHING = ("全部", "所有")
UNIT = r"[家所个张人对支户名处份间]?"
NUMBER = r"(\d{1,12}(?:\.\d{1,12})?)(%?)"
SINGLE = re.compile(f"{NUMBER}{UNIT}", re.ASCII)
RANGE = re.compile(f"{NUMBER}{UNIT}(?:—|–|-|~|至|到)+{NUMBER}{UNIT}", re.ASCII)
AT_LEAST = re.compile(r"^(?:≥|>=|不低于|不少于|不小于|至少|达到|达)|(?:及以上|以上)$")
EQUAL = re.compile(r"^(?:=|等于)")
STRICT = re.compile(r"超过|大于|多于|高于|>(?!=)")
AT_MOST = re.compile(r"≤|<|不超过|不大于|不高于|不多于|至多|以下|以内")
HOW_TO_WRITE = {
    True: "比率请写成 80%、0.8 或 60%—70%；没有数字的写“全覆盖”或“无数字”。",
    False: "个数请写成 5、5 家或 1—2 所；没有数字的写“无数字”。",
}


class NotAThreshold(ValueError):
    """What is wrong with the text, and how to write it instead."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a target compares with; no number at all is `Comparator.NONE`."""

    comparator: str
    threshold: Decimal | None = None
    upper: Decimal | None = None


def parse_threshold(text: str, *, is_ratio: bool) -> Threshold:
    """The threshold the text means; NotAThreshold says what to write instead."""
    written = _plain(text)
    if written in WITHOUT_NUMBER:
        return Threshold(Comparator.NONE)
    if written in EVERYTHING and is_ratio:
        return Threshold(Comparator.EQUAL, Decimal(1))
    _refuse_other_comparisons(written)
    bare = EQUAL.sub("", AT_LEAST.sub("", written))
    if found := RANGE.fullmatch(bare):
        return _range(text, found.groups(), is_ratio=is_ratio)
    number = parse_number(bare, is_ratio=is_ratio)
    if number == 0:
        raise NotAThreshold("“不低于 0”怎样都达标，请核对目标值。")
    # 100% 无从超过：与“全部”一样按相等判定。
    is_equal = EQUAL.match(written) or (is_ratio and number == 1)
    return Threshold(Comparator.EQUAL if is_equal else Comparator.AT_LEAST, number)


def parse_number(text: str, *, is_ratio: bool) -> Decimal:
    """One number: a share between 0 and 1, or a whole number of places."""
    found = SINGLE.fullmatch(_plain(text))
    if found is None:
        raise NotAThreshold(f"看不懂“{text[:20]}”。{HOW_TO_WRITE[is_ratio]}")
    number, percent = found.groups()
    return _share(number, percent) if is_ratio else _count(number, percent)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text.translate(HALF_WIDTH))


def _refuse_other_comparisons(written: str) -> None:
    if AT_MOST.search(written):
        raise NotAThreshold(
            "目标只能是不低于、等于或介于；“不超过”一类请写“无数字”，并在口径说明里写明。"
        )
    if STRICT.search(written):
        raise NotAThreshold("判定含本数，没有“超过”；个数请写多一的数，比率请对照原文写“不低于”。")


def _range(text: str, parts: tuple[str, ...], *, is_ratio: bool) -> Threshold:
    low, low_percent, high, high_percent = parts
    read = _share if is_ratio else _count
    # “60—70%”的百分号管两头。
    lower, upper = read(low, low_percent or high_percent), read(high, high_percent)
    if lower > upper:
        raise NotAThreshold(f"“{text[:20]}”的下限大于上限，请对调。")
    return Threshold(Comparator.RANGE, lower, upper)


def _share(number: str, percent: str) -> Decimal:
    if not percent and "." not in number:
        raise NotAThreshold(
            f"这项指标是比率，“{number}”是 {number}% 吗？请写上百分号，或写成小数。"
        )
    share = Decimal(number) / HUNDRED if percent else Decimal(number)
    if share > 1:
        raise NotAThreshold(f"比率不会超过 100%，请核对“{number}{percent}”。")
    if share != round(share, PLACES):
        raise NotAThreshold("百分数最多写到小数点后 4 位。")
    return share


def _count(number: str, percent: str) -> Decimal:
    if percent:
        raise NotAThreshold(f"这项指标是个数，不是比率，请核对“{number}%”。")
    if "." in number:
        raise NotAThreshold(f"个数须是整数，请核对“{number}”。")
    if Decimal(number) >= LARGEST:
        raise NotAThreshold("个数最多 6 位，请核对。")
    return Decimal(number)
