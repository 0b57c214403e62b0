"""Which elderly-care institutions, beds and residents are counted on 2017-12-31."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.tests.factories import make_agreement
from institutions.models import (
    BedBasis,
    BedRegister,
    ElderlyKind,
    Institution,
    LicenceKind,
    ServiceForm,
    Status,
)
from institutions.tests.factories import (
    make_beds,
    make_care,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
    make_occupancy,
)
from targets.tests.factories import DAY, City, counted

BEFORE, AFTER = date(2017, 12, 30), date(2018, 1, 1)
RESIDENTIAL = ["WELFARE_HOME", "SOCIAL_WELFARE_INSTITUTE", "APARTMENT", "CARE_HOME"]


def make_home(city: City, **fields: Any) -> Institution:
    """A care home of 50 filed beds in the eastern community."""
    home = make_elderly(city.east_community, **fields)
    make_filing(home)
    return home


def make_hospital(city: City, **fields: Any) -> Institution:
    hospital = make_health(city.west_community, **fields)
    make_licence(hospital)
    return hospital


@pytest.mark.parametrize("kind", ElderlyKind.values)
@pytest.mark.parametrize("beds", [9, 10])
def test_beds_and_kind_decide_what_is_a_home(city: City, kind: str, beds: int) -> None:
    make_filing(make_elderly(city.east_community, kind), beds=beds)
    is_home = beds >= 10 and kind in [*RESIDENTIAL, "STREET_ELDERLY_CENTRE"]
    for code, reading in (("EL17", "any_form"), ("EL20", "any_form"), ("NURS", "standard")):
        _, bottom, _, missing = counted(code, reading, city.city)
        assert (bottom if code != "NURS" else missing) == int(is_home)


# 情形 备案 状态 → 分母 排除
FILINGS: list[tuple[str, dict[str, Any] | None, str, int, int]] = [
    ("没有备案", None, Status.OPERATING, 0, 0),
    ("统计日备案", {"starts_on": DAY}, Status.OPERATING, 1, 0),
    ("次日备案", {"starts_on": AFTER}, Status.OPERATING, 0, 0),
    ("备案过期的仍在分母", {"ends_on": BEFORE}, Status.OPERATING, 1, 0),
    ("旧设立许可", {"kind": LicenceKind.ELDERLY_PERMIT}, Status.OPERATING, 1, 0),
    ("停业", {}, Status.SUSPENDED, 0, 1),
    ("筹建", {}, Status.PLANNED, 0, 1),
]


@pytest.mark.parametrize(
    ("case", "filing", "status", "bottom", "excluded"), FILINGS, ids=[row[0] for row in FILINGS]
)
def test_a_home_is_in_the_denominator(
    city: City, case: str, filing: dict[str, Any] | None, status: str, bottom: int, excluded: int
) -> None:
    home = make_elderly(city.east_community, status=status)
    if filing is not None:
        make_filing(home, **filing)
    assert counted("EL20", "any_form", city.city) == (0, bottom, excluded, 0)


# 服务 → 2017 任一形式、2017 从严、2020
SERVED = [
    ("没有服务", 0, 0, 0),
    ("内设有证医务室", 1, 0, 1),
    ("内设无证医务室", 0, 0, 0),
    ("内设停业医务室", 0, 0, 0),
    ("同址有证诊所", 1, 0, 1),
    ("本身有执业许可证", 1, 0, 1),
    ("签约医院", 1, 0, 1),
    ("签约医院含康复", 1, 1, 1),
    ("签约无证医院", 0, 0, 0),
    ("托管", 1, 0, 1),
    ("巡诊", 1, 0, 1),
    ("巡诊次日开始", 0, 0, 0),
    ("巡诊前一日停止", 0, 0, 0),
    ("巡诊含康复", 1, 1, 1),
    ("只有康复护理", 1, 0, 0),
    ("签约又巡诊只计一次", 1, 0, 1),
    ("巡诊但备案过期", 0, 0, 0),
]


@pytest.mark.parametrize(
    ("case", "any_form", "both", "medical"), SERVED, ids=[row[0] for row in SERVED]
)
def test_a_home_that_gives_medical_or_rehabilitation_service(
    city: City, case: str, any_form: int, both: int, medical: int
) -> None:
    home = make_home(city, address="安康路 2 号")
    _serve(city, case, home)
    assert counted("EL17", "any_form", city.city)[:2] == (any_form, 1)
    assert counted("EL17", "medical_and_rehabilitation", city.city)[:2] == (both, 1)
    assert counted("EL20", "any_form", city.city)[:2] == (medical, 1)


def _serve(city: City, case: str, home: Institution) -> None:
    if "本身" in case:
        home.profiles.update(category="A710")
        make_licence(home)
    if "内设" in case or "同址" in case:
        place: dict[str, Any] = {"address": "安康路 2 号"} if "同址" in case else {"host": home}
        status = Status.SUSPENDED if "停业" in case else Status.OPERATING
        unit = make_health(city.east_community, "D400", status=status, **place)
        if "无证" not in case:
            make_licence(unit)
    if "签约" in case:
        hospital = make_health(city.west_community)
        if "无证" not in case:
            make_licence(hospital)
        make_agreement(
            hospital, home, items=["REHABILITATION"] if "康复" in case else ["TREATMENT"]
        )
    if "托管" in case:
        make_care(home, form=ServiceForm.TRUSTEESHIP)
    if "巡诊" in case:
        make_care(
            home,
            starts_on=AFTER if "次日" in case else date(2017, 1, 1),
            ends_on=BEFORE if "停止" in case else None,
            gives_rehabilitation="康复" in case,
        )
    if "只有" in case:
        make_care(home, gives_medical=False, gives_rehabilitation=True)
    if "过期" in case:
        home.licences.update(ends_on=BEFORE)


# 距统计日 → 分子 分母 缺报：报告沿用 92 天，第 93 天起缺报
REPORTS = [(0, 20, 50, 0), (1, 20, 50, 0), (92, 20, 50, 0), (93, 0, 0, 1), (-1, 0, 0, 1)]


@pytest.mark.parametrize(("days", "top", "bottom", "missing"), REPORTS)
def test_a_bed_report_is_carried_forward_for_a_quarter(
    city: City, days: int, top: int, bottom: int, missing: int
) -> None:
    make_beds(make_home(city), DAY - timedelta(days=days), 50, nursing=20)
    for code, reading in (
        ("BD20", "city_sum"),
        ("NURS", "standard"),
        ("BD20", "elderly_beds_only"),
    ):
        assert counted(code, reading, city.city) == (top, bottom, 0, missing)


def test_a_missing_report_is_left_out_of_both_and_stays_in_the_share_of_homes(city: City) -> None:
    make_beds(make_home(city), DAY, 50, nursing=15)
    make_home(city)
    assert counted("BD20", "city_sum", city.city) == (15, 50, 0, 1)
    assert counted("BD20", "institution_share", city.city) == (1, 2, 0, 1)


def test_of_two_reports_the_later_holds(city: City) -> None:
    home = make_home(city)
    make_beds(home, date(2017, 11, 30), 50, nursing=10)
    make_beds(home, date(2017, 12, 15), 60, nursing=30)
    make_beds(home, AFTER, 99, nursing=99)
    assert counted("BD20", "city_sum", city.city)[:2] == (30, 60)


def test_approved_beds_and_day_care_places_are_no_beds_in_use(city: City) -> None:
    home = make_home(city)
    make_beds(home, DAY, 50, nursing=10, day_care=30)
    make_beds(home, DAY, 200, nursing=100, basis=BedBasis.APPROVED)
    assert counted("BD20", "city_sum", city.city)[:2] == (10, 50)


# 民政：总、护理型、两边都登记、两边都计护理康复；内设：总、康复 → 分子 分母 仅养老床位分母
BEDS = [
    ((100, 20, 0, 0), None, 20, 100, 100),
    ((100, 20, 0, 0), (20, 10), 30, 120, 100),
    ((100, 20, 20, 10), (20, 10), 20, 100, 100),
    ((100, 20, 5, 5), (20, 10), 25, 115, 100),
    ((0, 0, 0, 0), None, 0, 0, 0),
]


@pytest.mark.parametrize(("civil", "unit", "top", "bottom", "elderly_only"), BEDS)
def test_beds_in_both_registers_count_once(
    city: City,
    civil: tuple[int, int, int, int],
    unit: tuple[int, int] | None,
    top: int,
    bottom: int,
    elderly_only: int,
) -> None:
    home = make_home(city)
    total, nursing, both, both_care = civil
    make_beds(home, DAY, total, nursing=nursing, in_both=both, in_both_care=both_care)
    if unit is not None:
        infirmary = make_health(city.east_community, "D400", host=home)
        make_beds(infirmary, DAY, unit[0], rehabilitation=unit[1], register=BedRegister.HEALTH)
    assert counted("BD20", "city_sum", city.city) == (top, bottom, 0, 0)
    assert counted("BD20", "elderly_beds_only", city.city) == (top, elderly_only, 0, 0)


def test_a_closed_in_house_unit_has_no_beds_in_use(city: City) -> None:
    home = make_home(city)
    make_beds(home, DAY, 50, nursing=10)
    unit = make_health(city.east_community, "D400", host=home, status=Status.SUSPENDED)
    make_beds(unit, DAY, 20, rehabilitation=20, register=BedRegister.HEALTH)
    assert counted("BD20", "city_sum", city.city)[:2] == (10, 50)


def test_the_beds_of_a_home_whose_filing_expired_stay_in_the_denominator(city: City) -> None:
    home = make_home(city)
    home.licences.update(ends_on=BEFORE)
    make_beds(home, DAY, 50, nursing=40)
    assert counted("BD20", "city_sum", city.city) == (0, 50, 0, 0)
    assert counted("BD20", "institution_share", city.city) == (0, 1, 0, 0)


# 护理型 总 → 这家达到 30%
@pytest.mark.parametrize(("nursing", "total", "reached"), [
    (3, 10, 1),
    (29, 100, 0),
    (30, 100, 1),
    (2999, 10000, 0),
    (0, 0, 0),
])  # fmt: skip
def test_each_home_is_held_to_thirty_percent_exactly(
    city: City, nursing: int, total: int, reached: int
) -> None:
    make_beds(make_home(city), DAY, total, nursing=nursing)
    assert counted("BD20", "institution_share", city.city) == (reached, 1, 0, 0)


# 床位报告 在住报告 → 分子 分母 缺报
@pytest.mark.parametrize(("beds_on", "occupancy_on", "row"), [
    (DAY, DAY, (30, 50, 0, 0)),
    (DAY, date(2017, 9, 30), (30, 50, 0, 0)),
    (DAY, date(2017, 8, 31), (0, 0, 0, 1)),
    (DAY, None, (0, 0, 0, 1)),
    (None, DAY, (0, 0, 0, 1)),
])  # fmt: skip
def test_occupancy_asks_both_reports(
    city: City, beds_on: date | None, occupancy_on: date | None, row: tuple[int, int, int, int]
) -> None:
    home = make_home(city)
    if beds_on:
        make_beds(home, beds_on, 50)
    if occupancy_on:
        make_occupancy(home, occupancy_on, 30)
    assert counted("OCCU", "standard", city.city) == row


# 情形 → 两证齐全的家数 排除
DUAL = [
    ("一条记录两证", 1, 0),
    ("内设有证医务室", 1, 0),
    ("举办方是有证医院", 1, 0),
    ("同址有证诊所", 1, 0),
    ("同址但诊所未填地址", 0, 0),
    ("同一地址不同社区", 0, 0),
    ("备案过期", 0, 1),
    ("停业", 0, 1),
    ("只签协议", 0, 0),
    ("旧设立许可", 1, 0),
    ("同址两条养老记录", 1, 1),
    ("前一条够不着医疗方", 1, 0),
]


@pytest.mark.parametrize(("case", "top", "excluded"), DUAL, ids=[row[0] for row in DUAL])
def test_a_place_with_both_certificates_counts_once(
    city: City, case: str, top: int, excluded: int
) -> None:
    _dual_scene(city, case)
    assert counted("DUAL", "both_certificates", city.city) == (top, None, excluded, 0)


def _dual_scene(city: City, case: str) -> None:
    address = "" if "未填" in case else "安康路 2 号"
    filing: dict[str, Any] = {}
    if "旧设立" in case:
        filing["kind"] = LicenceKind.ELDERLY_PERMIT
    if "过期" in case:
        filing["ends_on"] = BEFORE
    first = make_elderly(city.east_community) if "够不着" in case else None
    status = Status.SUSPENDED if case == "停业" else Status.OPERATING
    home = make_elderly(city.east_community, address=address, status=status, host=first)
    make_filing(home, **filing)
    if first is not None:
        make_filing(first)
    if "两条" in case:
        make_filing(make_elderly(city.east_community, address=address))
    _medical_side(city, case, home, address)


def _medical_side(city: City, case: str, home: Institution, address: str) -> None:
    if "一条" in case and "前一条" not in case:
        home.profiles.update(category="A710")
        make_licence(home)
        return
    if "只签" in case:
        make_agreement(make_hospital(city), home)
        return
    region = city.west_community if "不同社区" in case else city.east_community
    if "举办方" in case:
        hospital = make_health(region)
        home.profiles.update(host=hospital)
    elif "内设" in case:
        hospital = make_health(region, "D400", host=home)
    else:
        hospital = make_health(region, "D211", address=address)
    make_licence(hospital)
