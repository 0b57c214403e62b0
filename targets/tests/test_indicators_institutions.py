"""Which health institutions, pilots and teams are counted on the cut-off day 2017-12-31."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contracts.tests.factories import make_agreement, make_team
from institutions.categories import HealthCategory
from institutions.models import ElderlyKind, LicenceKind, RegionLevel, Status
from institutions.tests.factories import (
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
    make_pilot,
    make_region,
)
from targets.tests.factories import DAY, City, counted

BEFORE, AFTER = date(2017, 12, 30), date(2018, 1, 1)
NOTHING: dict[str, Any] = {}
FOUR = ["REGISTRATION", "CONSULTATION", "PAYMENT", "DISPENSING"]


# 情形 概况 执业许可证 绿色通道 → 分子 分母 排除
CHANNELS: list[tuple[str, dict[str, Any], Any, Any, int, int, int]] = [
    ("四个环节都开通", NOTHING, NOTHING, NOTHING, 1, 1, 0),
    ("没有绿色通道", NOTHING, NOTHING, None, 0, 1, 0),
    ("只开通三个环节", NOTHING, NOTHING, {"steps": FOUR[:3]}, 0, 1, 0),
    ("另有化验、住院", NOTHING, NOTHING, {"steps": [*FOUR, "LABORATORY", "ADMISSION"]}, 1, 1, 0),
    ("统计日开通", NOTHING, NOTHING, {"starts_on": DAY}, 1, 1, 0),
    ("次日开通", NOTHING, NOTHING, {"starts_on": AFTER}, 0, 1, 0),
    ("统计日是最后一天", NOTHING, NOTHING, {"ends_on": DAY}, 1, 1, 0),
    ("前一日停止", NOTHING, NOTHING, {"ends_on": BEFORE}, 0, 1, 0),
    ("没有执业许可证", NOTHING, None, NOTHING, 0, 1, 0),
    ("许可证统计日到期", NOTHING, {"ends_on": DAY}, NOTHING, 1, 1, 0),
    ("许可证前一日到期", NOTHING, {"ends_on": BEFORE}, NOTHING, 0, 1, 0),
    ("诊所备案凭证也算", NOTHING, {"kind": LicenceKind.CLINIC_FILING}, NOTHING, 1, 1, 0),
    ("停业", {"status": Status.SUSPENDED}, NOTHING, NOTHING, 0, 0, 1),
    ("暂停执业", {"status": Status.LICENCE_SUSPENDED}, NOTHING, NOTHING, 0, 0, 1),
    ("筹建", {"status": Status.PLANNED}, NOTHING, NOTHING, 0, 0, 1),
    ("注销", {"status": Status.CLOSED}, NOTHING, NOTHING, 0, 0, 1),
    ("次日才登记", {"starts_on": AFTER}, NOTHING, NOTHING, 0, 0, 0),
]


@pytest.mark.parametrize("code", ["GC17", "GC20"])
@pytest.mark.parametrize(
    ("case", "profile", "licence", "channel", "top", "bottom", "excluded"),
    CHANNELS,
    ids=[row[0] for row in CHANNELS],
)
def test_a_green_channel(
    city: City,
    code: str,
    case: str,
    profile: dict[str, Any],
    licence: Any,
    channel: Any,
    top: int,
    bottom: int,
    excluded: int,
) -> None:
    hospital = make_health(city.east_community, **profile)
    if licence is not None:
        make_licence(hospital, **licence)
    if channel is not None:
        make_channel(hospital, **channel)
    assert counted(code, "standard", city.city) == (top, bottom, excluded, 0)


IN_SET = [
    "A100",
    "A210",
    "A411",
    "A519",
    "A527",
    "A600",
    "A710",
    "B100",
    "B200",
    "C100",
    "C210",
    "C220",
    "D110",
    "D120",
    "G100",
    "H113",
]
SMALL = ["D211", "D212", "D300", "D600"]


@pytest.mark.parametrize("category", HealthCategory.values)
def test_which_categories_the_green_channel_asks(city: City, category: str) -> None:
    make_health(city.east_community, category)
    usual, with_clinics = (
        counted("GC20", reading, city.city)[1] for reading in ("standard", "with_clinics")
    )
    assert usual == (1 if category in IN_SET else 0)
    assert with_clinics == (1 if category in IN_SET + SMALL else 0)


def test_a_void_channel_and_a_void_licence_count_for_nothing(city: City) -> None:
    for void in ("licence", "channel"):
        hospital = make_health(city.east_community)
        facts = {"licence": make_licence(hospital), "channel": make_channel(hospital)}
        facts[void].voided_at, facts[void].void_reason = "2017-05-05T00:00:00Z", "录错"
        facts[void].save()
    assert counted("GC17", "standard", city.city) == (0, 2, 0, 0)


def test_each_region_sums_what_lies_below_it(city: City) -> None:
    for region in (city.east_community, city.east_street, city.west):
        hospital = make_health(region)
        make_licence(hospital)
        make_channel(hospital)
    rows = {region.name: counted("GC17", "standard", region)[:2] for region in city.regions}
    assert rows == {
        "测试市": (3, 3),
        "东区": (2, 2),
        "东街道": (2, 2),
        "东社区": (1, 1),
        "西区": (1, 1),
        "西街道": (0, 0),
        "西社区": (0, 0),
    }


# 类别 级别 科室 → 分子 分母
GERIATRICS = ["GERIATRICS"]
HOSPITALS: list[tuple[str, int | None, list[str], int, int]] = [
    ("A100", 2, GERIATRICS, 1, 1),
    ("A100", 3, GERIATRICS, 1, 1),
    ("A100", 1, GERIATRICS, 0, 0),
    ("A100", None, GERIATRICS, 0, 0),
    ("A100", 2, [], 0, 1),
    ("A100", 2, ["REHABILITATION"], 0, 1),
    ("A100", 2, ["REHABILITATION", "GERIATRICS"], 1, 1),
    ("A210", 2, GERIATRICS, 1, 1),
    ("A411", 3, GERIATRICS, 1, 1),
    ("A519", 2, GERIATRICS, 0, 0),
    ("A527", 3, GERIATRICS, 0, 0),
]


@pytest.mark.parametrize(("category", "level", "departments", "top", "bottom"), HOSPITALS)
def test_a_geriatrics_department(
    city: City, category: str, level: int | None, departments: list[str], top: int, bottom: int
) -> None:
    fields = {"level": level, "departments": departments}
    make_licence(make_health(city.east_community, category, **fields))
    assert counted("GERI", "standard", city.city) == (top, bottom, 0, 0)


# 情形 类别 → 已建成 以合作代替
TRADITIONAL = [
    ("什么都没有", "A411", 0, 0),
    ("同一记录两证齐全", "A411", 1, 1),
    ("同一地址有备案的养老院", "A411", 1, 1),
    ("举办一家有备案的养老院", "A411", 1, 1),
    ("内设于有备案的养老院", "D120", 1, 1),
    ("养老院备案已过期", "A411", 0, 0),
    ("养老院停业", "A411", 0, 0),
    ("只有日间照料中心", "A411", 0, 0),
    ("与养老院签约", "A411", 0, 1),
    ("与备案 9 张床的养老院签约", "A411", 0, 0),
    ("与日间照料中心签约", "A411", 0, 0),
    ("综合医院两证齐全", "A100", 0, 0),
]


@pytest.mark.parametrize(
    ("case", "category", "built", "cooperating"), TRADITIONAL, ids=[row[0] for row in TRADITIONAL]
)
def test_traditional_medicine_built_or_cooperating(
    city: City, case: str, category: str, built: int, cooperating: int
) -> None:
    _traditional_scene(city, case, category)
    assert counted("TM12", "integrated", city.city) == (built, None, 0, 0)
    assert counted("TM12", "cooperating", city.city) == (cooperating, None, 0, 0)


def _traditional_scene(city: City, case: str, category: str) -> None:
    place = {"address": "健康路 1 号"} if case.startswith("同一地址") else NOTHING
    both = {"elderly_kind": "CARE_HOME"} if "两证" in case else NOTHING
    hospital = make_health(city.east_community, category, **place, **both)
    make_licence(hospital)
    if both:
        make_filing(hospital)
    if case.startswith("什么都") or both:
        return
    home = _home_beside(city, case, hospital)
    if "签约" in case:
        make_agreement(hospital, home)
    if case.startswith("内设"):
        hospital.profiles.update(host=home)


def _home_beside(city: City, case: str, hospital: Any) -> Any:
    fields: dict[str, Any] = {}
    if case.startswith("同一地址"):
        fields["address"] = "健康路 1 号"
    elif "签约" not in case and "内设" not in case:
        fields["host"] = hospital
    if "停业" in case:
        fields["status"] = Status.SUSPENDED
    kind = ElderlyKind.DAY_CARE_CENTRE if "日间" in case else ElderlyKind.CARE_HOME
    home = make_elderly(city.east_community, kind, **fields)
    ends_on = BEFORE if "过期" in case else None
    if "日间" not in case:
        make_filing(home, beds=9 if "9 张" in case else 50, ends_on=ends_on)
    return home


# 投入使用 核实 列入 → 计数 缺报
PILOTS = [
    (date(2017, 6, 1), date(2017, 7, 1), date(2017, 2, 9), 1, 0),
    (DAY, DAY, DAY, 1, 0),
    (AFTER, DAY, date(2017, 2, 9), 0, 0),
    (None, date(2017, 7, 1), date(2017, 2, 9), 0, 0),
    (date(2017, 6, 1), None, date(2017, 2, 9), 0, 1),
    (date(2017, 6, 1), AFTER, date(2017, 2, 9), 0, 1),
    (DAY, DAY, AFTER, 0, 0),
]


@pytest.mark.parametrize(("in_use_on", "verified_on", "named_on", "top", "missing"), PILOTS)
def test_a_pilot_counts_when_verified_and_in_use(
    city: City,
    in_use_on: date | None,
    verified_on: date | None,
    named_on: date,
    top: int,
    missing: int,
) -> None:
    make_pilot(city.east, in_use_on=in_use_on, verified_on=verified_on, named_on=named_on)
    assert counted("PJ05", "in_use", city.city) == (top, None, 0, missing)


# 机构状态 团队起 团队止 → 计数 排除
TEAMS = [
    (Status.OPERATING, date(2017, 1, 1), None, 1, 0),
    (Status.OPERATING, DAY, DAY, 1, 0),
    (Status.OPERATING, AFTER, None, 0, 0),
    (Status.OPERATING, date(2017, 1, 1), BEFORE, 0, 0),
    (Status.SUSPENDED, date(2017, 1, 1), None, 0, 1),
]


@pytest.mark.parametrize(("status", "starts_on", "ends_on", "top", "excluded"), TEAMS)
def test_a_doctor_team_counts_where_its_institution_is(
    city: City, status: Status, starts_on: date, ends_on: date | None, top: int, excluded: int
) -> None:
    centre = make_health(city.east_community, "B100", status=status)
    make_team(centre, city.west_community, starts_on=starts_on, ends_on=ends_on)
    assert counted("TEAM", "standard", city.city) == (top, None, excluded, 0)
    assert counted("TEAM", "standard", city.east) == (top, None, excluded, 0)
    assert counted("TEAM", "standard", city.west) == (0, None, 0, 0)


def test_an_empty_city_counts_zero_institutions_of_none(city: City) -> None:
    assert counted("GC17", "standard", city.city) == (0, 0, 0, 0)


@pytest.mark.django_db
def test_a_city_without_districts_counts_itself_alone() -> None:
    region = make_region("独市", RegionLevel.CITY)
    make_health(region)
    assert counted("GC17", "standard", region) == (0, 1, 0, 0)
    assert counted("FD17", "all_residents", region) == (0, None, 0, 0)
