"""The sheets of this app's registers: headings as offices write them, read as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db.models import TextChoices

from institutions.actions import (
    give_licence,
    open_green_channel,
    publish_population,
    register_institution,
    report_beds,
)
from institutions.categories import HealthCategory
from institutions.ingest.registers import Cell, RegisterSheet
from institutions.models import (
    BedBasis,
    BedRegister,
    ChannelStep,
    ElderlyKind,
    Institution,
    LicenceKind,
    Ownership,
    PopulationBasis,
    PopulationGroup,
    Region,
    Status,
)
from yiyang.lib.identifiers import credit_code, region_code
from yiyang.lib.sheets import half_width_digits, parse_date

SEPARATORS = re.compile(r"[、,，;；/\s]+")


def one_of(choices: type[TextChoices]) -> Callable[[str], str]:
    """Read a label or a value of `choices`; empty stays empty."""
    by_text = {text: value for value, label in choices.choices for text in (value, str(label))}

    def read(text: str) -> str:
        if text and text not in by_text:
            known = "、".join(str(label) for label in choices.labels)
            raise ValueError(f"“{text}”不认识，请填：{known}。")
        return by_text[text] if text else ""

    return read


def some_of(choices: type[TextChoices]) -> Callable[[str], list[str]]:
    """Read several labels separated by 、 or commas."""
    read_one = one_of(choices)
    return lambda text: [read_one(part) for part in SEPARATORS.split(text) if part]


def whole_number(text: str) -> int:
    """Read a count of 0 or more; empty is 0."""
    plain = half_width_digits(text).strip()
    if not plain:
        return 0
    if not plain.isascii() or not plain.isdigit():
        raise ValueError(f"“{text[:20]}”不是 0 或正整数。")
    return int(plain)


def optional(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Read with `read`, an empty cell as None."""
    return lambda text: read(text) if text else None


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


def text_of(text: str) -> str:
    return text


def licence_number(text: str) -> str:
    return half_width_digits(text)


_CODE = Cell("机构编码", "institution", institution_of)
_START = Cell("起始日期", "starts_on", parse_date)
_END = Cell("截止日期", "ends_on", optional(parse_date), is_required=False)
_COUNTED = Cell("统计日", "counted_on", parse_date)


def _count(heading: str, name: str, *, is_required: bool = False) -> Cell:
    return Cell(heading, name, whole_number, is_required)


def _level(text: str) -> int | None:
    levels = {"": None, "一级": 1, "二级": 2, "三级": 3, "1": 1, "2": 2, "3": 3}
    if text not in levels:
        raise ValueError(f"“{text[:10]}”不认识，请填：一级、二级、三级，未定级留空。")
    return levels[text]


INSTITUTIONS = RegisterSheet(
    name="institutions",
    title="机构台账",
    cells=(
        Cell("机构编码", "code", half_width_digits),
        Cell("名称", "name", text_of),
        Cell("区划代码", "region", region_of),
        Cell("起始日期", "starts_on", parse_date),
        Cell("状态", "status", one_of(Status)),
        Cell("地址", "address", text_of, is_required=False),
        Cell("统一社会信用代码", "credit_code", credit_code_of, is_required=False),
        Cell("卫生机构类别", "category", one_of(HealthCategory), is_required=False),
        Cell("医院级别", "level", _level, is_required=False),
        Cell("养老服务机构类型", "elderly_kind", one_of(ElderlyKind), is_required=False),
        Cell("性质", "ownership", one_of(Ownership), is_required=False),
        Cell("举办单位编码", "host", optional(institution_of), is_required=False),
    ),
    enter=register_institution,
)
LICENCES = RegisterSheet(
    name="licences",
    title="证照台账",
    cells=(
        _CODE,
        Cell("证照种类", "kind", one_of(LicenceKind)),
        Cell("证照编号", "number", licence_number),
        _START,
        _END,
        Cell("全日床位", "full_time_beds", optional(whole_number), is_required=False),
    ),
    enter=give_licence,
)
GREEN_CHANNELS = RegisterSheet(
    name="green_channels",
    title="绿色通道台账",
    cells=(_CODE, Cell("覆盖环节", "steps", some_of(ChannelStep)), _START),
    enter=open_green_channel,
)
BEDS = RegisterSheet(
    name="beds",
    title="床位报表",
    cells=(
        _CODE,
        _COUNTED,
        Cell("登记口径", "register", one_of(BedRegister)),
        Cell("核定或实有", "basis", one_of(BedBasis)),
        _count("床位总数", "total", is_required=True),
        _count("护理型床位", "nursing"),
        _count("康复床位", "rehabilitation"),
        _count("安宁疗护床位", "hospice"),
        _count("日托床位", "day_care"),
        _count("两边都登记的床位", "in_both"),
        _count("两边都计为护理康复的床位", "in_both_care"),
    ),
    enter=report_beds,
)
POPULATIONS = RegisterSheet(
    name="populations",
    title="人口数",
    cells=(
        Cell("区划代码", "region", region_of),
        Cell("人群", "group", one_of(PopulationGroup)),
        Cell("口径", "basis", one_of(PopulationBasis)),
        Cell("统计时点", "counted_on", parse_date),
        _count("人数", "people", is_required=True),
        Cell("来源", "source", text_of),
    ),
    enter=publish_population,
)
SHEETS = (INSTITUTIONS, LICENCES, GREEN_CHANNELS, BEDS, POPULATIONS)
