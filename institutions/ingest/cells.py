"""How a cell of a register sheet is read: text in, value out, ValueError in Chinese otherwise."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from django.db.models import TextChoices

from institutions.ingest.registers import Cell
from institutions.models import Institution, Region
from yiyang.lib.identifiers import credit_code, region_code
from yiyang.lib.sheets import half_width_digits, parse_date

SEPARATORS = re.compile(r"[、,，;；/\s]+")
LARGEST_COUNT = 2**31 - 1
# 表格软件把日期存成“自 1899-12-30 起的第几天”；这个范围是 1982 年到 2119 年。
SERIAL = re.compile(r"^[3-7]\d{4}(\.0+)?$")
SERIAL_ZERO = datetime.date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1900, 2199
YES, NO = ("是", "有", "√", "Y", "y", "1", "true"), ("否", "无", "", "×", "N", "n", "0", "false")


def one_of(choices: type[TextChoices]) -> Callable[[str], str]:
    """Read a label or a value of `choices`; empty stays empty."""
    by_text = {
        text: value
        for value, label in choices.choices
        for text in (value, str(label), str(label).partition("（")[0])
    }

    def read(text: str) -> str:
        if text and text not in by_text:
            known = "、".join(str(label) for label in choices.labels)
            raise ValueError(f"“{text[:20]}”不认识，请填：{known}。")
        return by_text[text] if text else ""

    return read


def some_of(choices: type[TextChoices]) -> Callable[[str], list[str]]:
    """Read several labels separated by 、 or commas."""
    read_one = one_of(choices)
    return lambda text: [read_one(part) for part in SEPARATORS.split(text) if part]


def whole_number(text: str) -> int:
    """Read a count of 0 or more; empty is 0."""
    plain = half_width_digits(text).strip().replace(",", "")
    if not plain:
        return 0
    if not plain.isascii() or not plain.isdigit() or int(plain) > LARGEST_COUNT:
        raise ValueError(f"“{text[:20]}”不是 0 或正整数。")
    return int(plain)


def optional(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Read with `read`, an empty cell as None."""
    return lambda text: read(text) if text else None


def date_of(text: str) -> datetime.date:
    """Read a date as offices write it, or the day number a spreadsheet leaves in its place."""
    plain = half_width_digits(text).strip()
    if SERIAL.match(plain):
        return SERIAL_ZERO + datetime.timedelta(days=int(plain.partition(".")[0]))
    day = parse_date(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"日期“{text[:20]}”的年份不对，请核对。")
    return day


def yes_or_no(text: str) -> bool:
    plain = half_width_digits(text).strip()
    if plain in YES:
        return True
    if plain in NO:
        return False
    raise ValueError(f"“{text[:10]}”不认识，请填：是、否。")


def text_up_to(length: int) -> Callable[[str], str]:
    """Read text, refusing what the register could not hold."""

    def read(text: str) -> str:
        if len(text) > length:
            raise ValueError(f"有 {len(text)} 个字，最多 {length} 个，请删减。")
        return text

    return read


def code_up_to(length: int) -> Callable[[str], str]:
    """Read a code or number in half-width characters."""
    read_text = text_up_to(length)
    return lambda text: read_text(half_width_digits(text))


def region_of(text: str) -> Region:
    code = region_code(text)
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise ValueError(f"“{code}”不在区划表中，请核对 12 位代码。")
    return region


def institution_of(text: str) -> Institution:
    institution = Institution.objects.kept().filter(code=half_width_digits(text)).first()
    if institution is None:
        raise ValueError(f"“{text[:32]}”没有登记，请先导入机构台账。")
    return institution


def credit_code_of(text: str) -> str:
    return credit_code(text) if text else ""


LEVELS = {"": None, "一级": 1, "二级": 2, "三级": 3, "1": 1, "2": 2, "3": 3}


def level_of(text: str) -> int | None:
    if text not in LEVELS:
        raise ValueError(f"“{text[:10]}”不认识，请填：一级、二级、三级，未定级留空。")
    return LEVELS[text]


def elderly_grade_of(text: str) -> int | None:
    plain = half_width_digits(text).replace("级", "").strip()
    if plain and plain not in {"1", "2", "3", "4", "5"}:
        raise ValueError(f"“{text[:10]}”不认识，请填 1 到 5，未评级留空。")
    return int(plain) if plain else None


def choice(
    heading: str, name: str, choices: type[TextChoices], *, also: tuple[str, ...] = (), **more: Any
) -> Cell:
    """A cell that holds one of the choices."""
    labels = tuple(str(label) for label in choices.labels)
    return Cell(heading, name, one_of(choices), also=also, choices=labels, **more)


def count(heading: str, name: str, *also: str, is_required: bool = False) -> Cell:
    """A cell that holds a count of 0 or more."""
    return Cell(heading, name, whole_number, is_required, also)


def day(heading: str, name: str, *also: str, is_required: bool = True) -> Cell:
    """A cell that holds a date, or may be empty."""
    read = date_of if is_required else optional(date_of)
    return Cell(heading, name, read, is_required, also)


INSTITUTION = Cell(
    "机构编码",
    "institution",
    institution_of,
    also=("机构代码", "单位编码", "单位代码", "编码"),
    is_code=True,
)
REGION_ALSO = ("行政区划代码", "区划编码", "所属区划", "所在区划代码", "社区代码", "街道代码")
