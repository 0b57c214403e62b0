"""The two lists on the portal's pages, each clerk's own districts only."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contracts.tests.persons import browse_as
from institutions.models import RegisterUpload, UploadRow, UploadState
from institutions.tests.factories import make_elderly, make_profile
from targets.tests.factories import City, make_city
from yiyang.access.roles import Role
from yiyang.access.scope import known_actor
from yiyang.access.tests.accounts import open_user
from yiyang.tests.api.callers import Caller, make_caller
from yiyang.tests.api.test_uploads import row, send
from yiyang.work import work_of

pytestmark = pytest.mark.django_db
CITY, DISTRICT = Role.CITY_CIVIL_AFFAIRS_CLERK, Role.DISTRICT_HEALTH_CLERK


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def caller(city: City) -> Caller:
    return make_caller(writes=["uploads"])


def page() -> str:
    return reverse("reconciliation-detail", args=[RegisterUpload.objects.latest("pk").uid])


def a_month(caller: Caller, city: City) -> None:
    """One of each kind in the east, and one of theirs in the west."""
    make_elderly(city.east_street, name="我方独有敬老院")
    make_elderly(city.east_street, name="夕阳红养护中心")
    dual = make_profile(city.east_street, elderly_kind="CARE_HOME", category="A100", name="旧名称")
    rows = [
        row(city, dual.institution.code, name="新名称"),
        row(city, "MZ-1", name="夕阳红养护中心（东）"),
        row(city, "MZ-2", name="整册独有", level=2),
        row(city, "MZ-3", name="西区独有", region=city.west_street.code, level=2),
    ]
    send(caller, rows, "uploads/?month=2026-03&request_changes=1&accept_short=1")


def test_each_part_is_listed_with_what_to_do(caller: Caller, city: City) -> None:
    a_month(caller, city)
    sent = UploadRow.objects.get(code="MZ-3")
    UploadRow.objects.filter(pk=sent.pk).update(
        errors=[*sent.errors, {"pointer": "#/rows/3/beds/total", "code": "x", "detail": "太多。"}]
    )
    text = browse_as(CITY).get(page()).content.decode()
    for words in (
        *("我方独有敬老院", "夕阳红养护中心（东）", "名称相近", "旧名称", "新名称", "整册独有"),
        *("西区独有", "没有“level”这个字段", "看修改申请", "报停业或注销", "“床位总数”太多。"),
    ):
        assert words in text, words


def test_a_district_sees_its_own_rows(caller: Caller, city: City) -> None:
    a_month(caller, city)
    east = browse_as(DISTRICT, city.east).get(page()).content.decode()
    west = browse_as(DISTRICT, city.west).get(page()).content.decode()
    assert ("整册独有" in east, "西区独有" in east) == (True, False)
    assert ("整册独有" in west, "西区独有" in west) == (False, True)
    assert "旧名称" not in west


def test_two_lists_that_agree_say_so(caller: Caller, city: City) -> None:
    send(caller, [row(city, "MZ-1")])
    assert "两册一致" in browse_as(CITY).get(page()).content.decode()


def test_before_any_register_the_page_says_how_one_comes(city: City) -> None:
    listed = browse_as(CITY).get(reverse("reconciliation-list")).content.decode()
    assert "还没有收到民政的整册" in listed


def test_a_register_under_way_or_failed_says_so(caller: Caller, city: City) -> None:
    caller.send("POST", "uploads/?month=2026-03", {"rows": [row(city, "MZ-1")]})
    assert "还没有处理完" in browse_as(CITY).get(page()).content.decode()
    RegisterUpload.objects.update(
        state=UploadState.FAILED, message="令牌已收回", finished_at=timezone.now()
    )
    for path in (page(), reverse("reconciliation-list")):
        assert "令牌已收回" in browse_as(CITY).get(path).content.decode()


def test_rows_not_written_wait_on_the_work_list(caller: Caller, city: City) -> None:
    month = f"{timezone.localdate().replace(day=1) - timedelta(days=1):%Y-%m}"
    rows = [row(city, "MZ-1"), row(city, "MZ-2", level=2)]
    send(caller, rows, f"uploads/?month={month}")
    clerk = open_user(Role.CITY_CIVIL_AFFAIRS_CLERK)
    day = timezone.localdate()
    work = work_of(known_actor(clerk.pk, clerk.role, day), day=day)
    lines = [line for section in work.sections for line in section.lines]
    [found] = [line for line in lines if line.source.id == "upload-rows"]
    assert (found.number, found.url) == (1, page())


def test_the_queries_do_not_grow_with_the_rows(caller: Caller, city: City) -> None:
    browser = browse_as(CITY)

    def queries(number: int) -> int:
        rows = [row(city, f"MZ-{number}-{one}", level=2, name=f"{one}") for one in range(number)]
        send(caller, json.loads(json.dumps(rows)), "uploads/?month=2026-03&accept_short=1")
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(page()).status_code == 200
        return len(seen)

    few = queries(3)
    assert queries(30) <= few
