"""The statistical tables the portal ships, in the order of the catalogue page.

A table is a frozen record: which stored figures stand in its columns. Under which number it is
filed with the statistics office is a dated row that the city's clerk keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from targets.indicators.base import Indicator
from targets.indicators.catalogue import BY_KEY

Key = tuple[str, str]


class Part(StrEnum):
    """What of a figure stands in a column."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Item:
    """One column: a part of one reading, under its own heading; a share is never summed."""

    key: Key
    part: Part
    heading: str
    group: str = ""
    width: int = 11

    @property
    def indicator(self) -> Indicator:
        return BY_KEY[self.key]


@dataclass(frozen=True, slots=True)
class Tabulation:
    """One table by region; without items its rows are the targets and its columns the regions."""

    code: str
    title: str
    unit: str
    about: str
    items: tuple[Item, ...] = ()

    @property
    def is_by_target(self) -> bool:
        return not self.items

    @property
    def readings(self) -> tuple[Indicator, ...]:
        """Every reading the table prints, once each, in the order of its columns."""
        return tuple(dict.fromkeys(item.indicator for item in self.items))


def number(code: str, reading: str, heading: str, group: str = "") -> Item:
    return Item((code, reading), Part.NUMERATOR, heading, group)


def of_all(
    code: str, reading: str, group: str, bottom: str, top: str, share: str
) -> tuple[Item, ...]:
    """Denominator, numerator and share of one reading under one heading."""
    key = (code, reading)
    return (
        Item(key, Part.DENOMINATOR, bottom, group),
        Item(key, Part.NUMERATOR, top, group),
        Item(key, Part.SHARE, share, group, width=10),
    )


TABULATIONS = (
    Tabulation(
        code="institutions",
        title="医养结合机构情况表",
        unit="家、%",
        about="养老机构提供医疗卫生、康复护理服务，两证齐全，绿色通道，老年医学科",
        items=(
            number("DUAL", "both_certificates", "医养结合机构"),
            number("TM12", "integrated", "蒙医中医医养结合机构"),
            *of_all("EL17", "any_form", "养老机构", "机构数", "能提供医疗或康复护理", "占比"),
            *of_all("GC17", "standard", "老年人绿色通道", "医疗机构数", "已开设", "占比"),
            *of_all("GERI", "standard", "老年医学科", "二级以上医院", "已设科", "占比"),
        ),
    ),
    Tabulation(
        code="signups",
        title="签约服务情况表",
        unit="对、个、人、%",
        about="医养签约合作的对数，家庭医生团队与签约覆盖率三种口径",
        items=(
            number("PAIR", "total", "全部", "医养签约合作（对）"),
            number("PAIR", "primary_care", "其中：基层与养老服务中心（站）", "医养签约合作（对）"),
            number("TEAM", "standard", "家庭医生团队（个）"),
            *of_all("FD17", "key_population", "重点人群签约", "人数", "签约有效", "覆盖率"),
            *of_all("FD17", "aged_65_plus", "65 岁及以上签约", "人数", "签约有效", "覆盖率"),
            *of_all("FD17", "all_residents", "全人群签约", "人数", "签约有效", "覆盖率"),
        ),
    ),
    Tabulation(
        code="beds",
        title="床位情况表",
        unit="张、人、家、%",
        about="护理型、康复型床位占比，月末在住与入住率，家庭病床",
        items=(
            *of_all("NURS", "standard", "养老机构床位", "床位", "护理型", "占比"),
            *of_all("BD20", "city_sum", "康复、护理型床位", "总床位", "康复、护理型", "占比"),
            *of_all("BD20", "institution_share", "逐家达到 30%", "养老机构", "达到的", "占比"),
            *of_all("OCCU", "standard", "月末在住", "床位", "在住人数", "入住率"),
            number("HBED", "standard", "家庭病床"),
        ),
    ),
    Tabulation(
        code="health",
        title="老年人健康服务情况表",
        unit="人、张、%",
        about="65 岁以上健康管理，居家社区老年人可及与实际享受服务，家庭病床",
        items=(
            *of_all("HM17", "complete_year", "健康管理（上一完整年度）", "人数", "完成", "管理率"),
            *of_all("HM17", "year_to_date", "健康管理（本年至今）", "人数", "完成", "进度"),
            *of_all("HC90", "reachable", "居家社区服务（可及）", "人数", "可及", "占比"),
            *of_all("HC90", "used", "居家社区服务（实际）", "人数", "享受", "占比"),
            number("HBED", "standard", "家庭病床"),
        ),
    ),
    Tabulation(
        code="targets",
        title="指标完成情况表",
        unit="家、人、张、%",
        about="统计日有效政策的每项目标：目标值、到期日，全市与各区的数值与判定",
    ),
)
BY_CODE = {one.code: one for one in TABULATIONS}
