"""The list of institutions: a small register, and which of its rows each filter leaves."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import localdate

from contracts.tests.persons import browse_as, events_after, last_event_id
from institutions.models import Institution, Status
from institutions.tests.factories import (
    LONG_AGO,
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
    make_profile,
)
from targets.tests.factories import City, make_city
from yiyang.access.roles import ROLES, Permission, Role
from yiyang.audit.kinds import EventKind

TODAY = localdate()
CLERK = Role.CITY_HEALTH_CLERK


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def city(db: None) -> City:
    cache.clear()
    return make_city()


@pytest.fixture
def register(city: City) -> dict[str, Institution]:
    """Six institutions a clerk could keep in the head."""
    hospital = make_health(
        city.east_street, name="东医院", pinyin="dyy", level=3, grade="A", ownership="PUBLIC"
    )
    make_licence(hospital, ends_on=TODAY + timedelta(days=30))
    make_channel(hospital)
    clinic = make_health(city.west_street, "D211", name="西诊所", pinyin="xzs")
    make_licence(clinic, kind="CLINIC_FILING", ends_on=ago(1))
    home = make_elderly(city.east_street, name="东养老院", pinyin="dyly", credit_code="521503")
    make_filing(home, ends_on=TODAY)
    centre = make_elderly(
        city.west_street, "DAY_CARE_CENTRE", name="西日间照料中心", pinyin="xrjzl"
    )
    both = make_profile(
        city.west_street,
        name="西护理院",
        pinyin="xhly",
        category="A710",
        elderly_kind="CARE_HOME",
        status=Status.SUSPENDED,
    ).institution
    make_licence(both)
    make_filing(both)
    gone = make_health(city.east_street, name="旧站", pinyin="jz", ends_on=ago(1))
    Institution.objects.filter(pk=gone.pk).update(code="OLD-1")
    return {
        "东医院": hospital,
        "西诊所": clinic,
        "东养老院": home,
        "西日间照料中心": centre,
        "西护理院": both,
        "旧站": gone,
    }


def names_in(browser: Client, query: str = "") -> list[str]:
    answer = browser.get(f"/institutions/?{query}")
    assert answer.status_code == 200
    page = answer.context["page"]
    return [row.cells[0].text for row in page.rows]


NARROWED = [
    ("", ["东养老院", "东医院", "西护理院", "西日间照料中心", "西诊所"]),
    ("side=health", ["东医院", "西护理院", "西诊所"]),
    ("side=elderly", ["东养老院", "西护理院", "西日间照料中心"]),
    ("side=both", ["西护理院"]),
    ("status=SUSPENDED", ["西护理院"]),
    ("group=HOSPITAL", ["东医院", "西护理院"]),
    ("group=CLINIC", ["西诊所"]),
    ("elderly_kind=DAY_CARE_CENTRE", ["西日间照料中心"]),
    ("ownership=PUBLIC", ["东医院"]),
    ("certificates=both", ["西护理院"]),
    ("certificates=medical", ["东医院"]),
    ("certificates=elderly", ["东养老院"]),
    ("certificates=none", ["西日间照料中心", "西诊所"]),
    ("expiring=expired", ["西诊所"]),
    ("expiring=15", ["东养老院"]),
    ("expiring=30", ["东养老院", "东医院"]),
    ("q=养老", ["东养老院"]),
    ("q=dy", ["东养老院", "东医院"]),
    ("q=DYY", ["东医院"]),
    ("q=521503", ["东养老院"]),
    ("q=52150", []),
    ("q=%25", []),
    ("side=health&status=OPERATING", ["东医院", "西诊所"]),
]


@pytest.mark.parametrize(("query", "names"), NARROWED)
def test_each_filter_leaves_its_rows(
    register: dict[str, Institution], query: str, names: list[str]
) -> None:
    assert names_in(browse_as(CLERK), query) == names


def test_a_region_means_all_below_it(city: City, register: dict[str, Institution]) -> None:
    browser = browse_as(CLERK)
    for region in (city.west, city.west_street):
        found = names_in(browser, f"region={region.code}")
        assert found == ["西护理院", "西日间照料中心", "西诊所"]


def test_a_district_sees_its_own_and_is_offered_no_other(
    city: City, register: dict[str, Institution]
) -> None:
    browser = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    assert names_in(browser) == ["东养老院", "东医院"]
    refused = browser.get(f"/institutions/?region={city.west.code}")
    assert refused.status_code == 400
    assert "区划须在您的授权范围内" in refused.content.decode()


@pytest.mark.parametrize(
    ("day", "is_there"), [(ago(1), True), (TODAY, False), (LONG_AGO - timedelta(days=1), False)]
)
def test_the_day_asked_for_is_the_day_shown(
    register: dict[str, Institution], day: date, *, is_there: bool
) -> None:
    assert ("旧站" in names_in(browse_as(CLERK), f"as_of={day}")) is is_there


@pytest.mark.parametrize("typed", ["1999-12-31", "2101-01-01", "昨天", "2026-02-30"])
def test_a_day_that_is_none_is_told(city: City, typed: str) -> None:
    answer = browse_as(CLERK).get(f"/institutions/?as_of={typed}")
    assert answer.status_code == 400
    assert "日期请写成 2027-03-01 这样" in answer.content.decode()


@pytest.mark.parametrize(
    ("sort", "first"),
    [("name", "东养老院"), ("-name", "西诊所"), ("status", "东医院"), ("-status", "西护理院")],
)
def test_a_heading_sorts_both_ways(register: dict[str, Institution], sort: str, first: str) -> None:
    assert names_in(browse_as(CLERK), f"sort={sort}")[0] == first


def test_the_heading_in_force_says_so_and_turns_round(register: dict[str, Institution]) -> None:
    answer = browse_as(CLERK).get("/institutions/?sort=code&status=OPERATING")
    page = answer.content.decode()
    assert page.count('aria-sort="ascending"') == 1
    assert 'href="?status=OPERATING&amp;sort=-code"' in page


def test_columns_are_chosen_in_the_registers_own_order(register: dict[str, Institution]) -> None:
    answer = browse_as(CLERK).get("/institutions/?col=channel&col=code")
    assert [one.title for one in answer.context["page"].headings] == [
        *("名称", "机构编码", "绿色通道")
    ]
    shown = {row.cells[0].text: row.cells[2].text for row in answer.context["page"].rows}
    assert shown["东医院"] == "已开通"
    assert shown["西诊所"] == "—"


@pytest.mark.parametrize("query", ["sort=nothing", "sort=--name", "col=password", "after=x"])
def test_an_order_or_column_it_does_not_have_is_not_found(city: City, query: str) -> None:
    assert browse_as(CLERK).get(f"/institutions/?{query}").status_code == 404


def test_certificates_are_told_in_words(register: dict[str, Institution]) -> None:
    answer = browse_as(CLERK).get("/institutions/?col=medical&col=elderly")
    told = {
        row.cells[0].text: [c.text for c in row.cells[1:]] for row in answer.context["page"].rows
    }
    assert told == {
        "东医院": [f"有效至 {TODAY + timedelta(days=30)}", "无"],
        "东养老院": ["无", f"有效至 {TODAY}"],
        "西诊所": [f"已于 {ago(1)} 到期", "无"],
        "西日间照料中心": ["无", "无"],
        "西护理院": ["长期有效", "长期有效"],
    }


def file_of(browser: Client, suffix: str, query: str) -> bytes:
    answer: Any = browser.get(f"/institutions/export.{suffix}?{query}")
    assert answer.status_code == 200
    return bytes(b"".join(answer.streaming_content))


def test_the_file_holds_exactly_what_is_listed(register: dict[str, Institution]) -> None:
    browser, query = browse_as(CLERK), "side=health&sort=-code&col=code&col=kind"
    answer = browser.get(f"/institutions/?{query}")
    listed = [[cell.text for cell in row.cells] for row in answer.context["page"].rows]
    content = file_of(browser, "csv", query).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[2] == ["名称", "机构编码", "类别"]
    assert rows[3:] == listed
    with ZipFile(io.BytesIO(file_of(browser, "xlsx", query))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    for cell in (one for row in listed for one in row):
        assert cell in sheet


def test_a_file_says_what_it_is_and_leaves_a_record(
    city: City, register: dict[str, Institution], settings: Any
) -> None:
    settings.DEMO = True
    browser, before = browse_as(CLERK), last_event_id()
    head = file_of(browser, "csv", f"region={city.east.code}").decode("utf-8-sig").splitlines()[:2]
    assert head[0].startswith("机构台账　账号 ")
    assert head[0].endswith("演示数据·非真实")
    assert head[1] == f"{TODAY} 的情况　区划：东区"
    (event,) = events_after(before, EventKind.EXPORT)
    assert event.subject == "page:institution-list"
    assert event.details["rows"] == 2
    assert event.details["filters"] == "区划：东区"


@pytest.mark.parametrize("role", Role)
def test_files_are_for_roles_that_may_export(city: City, role: Role) -> None:
    may = {Permission.VIEW_INSTITUTIONS, Permission.EXPORT} <= ROLES[role].permissions
    answer = browse_as(role, city.east).get("/institutions/export.csv")
    assert answer.status_code == (200 if may else 403)


def test_an_empty_list_says_what_to_do(city: City) -> None:
    page = browse_as(CLERK).get("/institutions/").content.decode()
    assert "还没有记录" in page
    assert "请先导入机构台账" in page
    page = browse_as(CLERK).get("/institutions/?status=CLOSED").content.decode()
    assert "没有符合条件的记录" in page
    assert "状态：注销" in page
