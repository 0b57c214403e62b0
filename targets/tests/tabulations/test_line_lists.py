"""Line lists: a sheet for every district in scope, nothing lost, no person, all on record."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.tests.factories import make_agreement
from institutions.models import GreenChannel
from institutions.models.services import FULL_CHANNEL
from institutions.tests.factories import LONG_AGO, make_elderly, make_filing, make_health
from targets.tabulations.line_lists import LINE_LISTS
from targets.tests.factories import DAY, City
from targets.tests.page_scene import browse_as
from targets.tests.tabulations.fixed import cells_of
from yiyang.access.roles import Role
from yiyang.audit.models import AuditEvent
from yiyang.lib.books import XLSX_TYPE


@pytest.fixture
def registered(city: City) -> City:
    """东区医院 2 家、1 家开通绿色通道，与西区养老院有协议；西区养老院 1 家；市直医院 1 家。"""
    east = [make_health(city.east_street, name=f"东{number}医院") for number in (1, 2)]
    GreenChannel.objects.create(institution=east[0], steps=FULL_CHANNEL, starts_on=LONG_AGO)
    home = make_elderly(city.west_street, name="西1养老院")
    make_filing(home)
    make_health(city.city, name="市直医院")
    make_agreement(east[0], home)
    return city


def taken(browser: Client, code: str) -> bytes:
    answer = browser.get(f"/tables/lists/{code}/list.xlsx?as_of={DAY}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == XLSX_TYPE
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def summary(content: bytes) -> list[tuple[object, object]]:
    return [(row[1], row[2]) for row in cells_of(content)[3:]]


def names(content: bytes, sheet: int) -> list[object]:
    return [row[1] for row in cells_of(content, sheet)[3:]]


def test_a_sheet_for_every_district_and_one_for_what_lies_in_none(registered: City) -> None:
    content = taken(browse_as(Role.CITY_HEALTH_CLERK), "institutions")
    assert summary(content) == [("东区", 2), ("西区", 1), ("不在各区", 1), ("合计", 4)]
    assert [names(content, number) for number in (1, 2, 3)] == [
        ["东1医院", "东2医院"],
        ["西1养老院"],
        ["市直医院"],
    ]


def test_a_list_bears_its_own_name_and_numbers_its_rows(registered: City) -> None:
    content = taken(browse_as(Role.CITY_HEALTH_CLERK), "integrated")
    titles = [str(cells_of(content, number)[0][0]) for number in (0, 1)]
    assert all(title.startswith("两证有效的机构名册　账号 ") for title in titles)
    content = taken(browse_as(Role.CITY_HEALTH_CLERK), "institutions")
    assert [row[:2] for row in cells_of(content, 1)[2:]] == [
        ["序号", "名称"],
        [1, "东1医院"],
        [2, "东2医院"],
    ]


def test_a_district_takes_its_own_only(registered: City) -> None:
    browser = browse_as(Role.DISTRICT_HEALTH_CLERK, registered.east)
    content = taken(browser, "institutions")
    assert summary(content) == [("东区", 2), ("合计", 2)]
    assert "只含下载人授权范围内的记录" in str(cells_of(content, 1)[1][0])


def test_green_channels_are_those_opened(registered: City) -> None:
    content = taken(browse_as(Role.CITY_HEALTH_CLERK), "channels")
    assert summary(content) == [("东区", 1), ("西区", 0), ("合计", 1)]
    assert cells_of(content, 1)[3][-1] == "已开通"


def test_an_agreement_stands_where_the_elderly_side_lies(registered: City) -> None:
    content = taken(browse_as(Role.CITY_HEALTH_CLERK), "agreements")
    assert summary(content) == [("东区", 0), ("西区", 1), ("合计", 1)]


@pytest.mark.parametrize("one", LINE_LISTS, ids=lambda one: one.code)
def test_no_list_is_of_persons(one: object) -> None:
    assert not one.register.is_personal  # type: ignore[attr-defined]


def test_taking_a_list_is_on_record(registered: City) -> None:
    taken(browse_as(Role.CITY_HEALTH_CLERK), "institutions")
    event = AuditEvent.objects.filter(subject="list:institutions").latest("pk")
    assert event.details == {"rows": 4, "day": DAY.isoformat()}


@pytest.mark.parametrize("role", [Role.LEADER, Role.BUREAU_LIAISON])
def test_who_sees_no_register_takes_no_list(registered: City, role: Role) -> None:
    assert browse_as(role).get("/tables/lists/institutions/list.xlsx").status_code == 403


def test_the_page_offers_what_the_actor_may_take(registered: City) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK).get("/tables/")
    assert len(clerk.context["lists"]) == len(LINE_LISTS)
    assert browse_as(Role.LEADER).get("/tables/").context["lists"] == []


def test_queries_are_the_same_for_few_rows_and_many(registered: City) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    taken(browser, "institutions")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            taken(browser, "institutions")
        counts.append(len(queries))
        for number in range(30):
            make_health(registered.west_street, name=f"新{number}医院")
    assert counts[0] == counts[1]


def test_unknown_lists_and_days_are_not_found(registered: City) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    assert browser.get("/tables/lists/atlantis/list.xlsx").status_code == 404
    assert browser.get("/tables/lists/beds/list.xlsx?as_of=nie").status_code == 404
