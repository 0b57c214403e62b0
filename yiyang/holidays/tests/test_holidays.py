"""The register of holidays: loaded, kept by the city's clerk, read as a calendar."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.models import Change
from yiyang.dated import checked_create
from yiyang.holidays.calendar import work_calendar
from yiyang.holidays.models import Holiday, HolidayKind
from yiyang.lib.working_days import add_working_days

pytestmark = pytest.mark.django_db
GOLDEN = {"kind": "OFF", "name": "国庆节", "source": "国办发明电〔2026〕1号"}


def load() -> str:
    told = StringIO()
    call_command("load_holidays", stdout=told)
    return told.getvalue()


def clerk(role: Role = Role.CITY_HEALTH_CLERK) -> Client:
    client = Client()
    client.force_login(open_user(role), backend="yiyang.access.backends.PasswordWithCodeBackend")
    return client


def enter(first: str, last: str, **fields: str) -> Any:
    return clerk().post("/holidays/new", {**GOLDEN, "first": first, "last": last, **fields})


def kept() -> list[str]:
    return [one.day.isoformat() for one in Holiday.objects.kept()]


def test_loading_twice_changes_nothing() -> None:
    assert "新增" in load()
    changes = Change.objects.count()
    assert "没有变化" in load()
    assert Change.objects.count() == changes


def test_the_loaded_days_are_the_calendar() -> None:
    load()
    calendar = work_calendar(date(2026, 2, 9))
    assert add_working_days(calendar, date(2026, 2, 9), 10) == date(2026, 2, 28)
    assert not calendar.is_estimate(date(2026, 1, 1), date(2026, 12, 31))
    assert calendar.is_estimate(date(2026, 12, 31), date(2027, 1, 1))


def test_loading_leaves_alone_what_people_took_back() -> None:
    load()
    holiday = Holiday.objects.get(day=date(2026, 10, 7))
    way = f"/holidays/{holiday.pk}/void"
    assert clerk().post(way, {"reason": "通知有更正"}).status_code == 302
    load()
    assert "2026-10-07" not in kept()


def test_a_run_of_days_is_entered_whole() -> None:
    assert enter("2027-10-01", "2027-10-03")["Location"] == "/holidays/?year=2027"
    assert kept() == ["2027-10-01", "2027-10-02", "2027-10-03"]


def test_a_run_that_meets_an_entered_day_is_refused_whole() -> None:
    enter("2027-10-03", "2027-10-03")
    answer = enter("2027-10-01", "2027-10-03")
    assert answer.status_code == 422
    assert "这一天已有安排" in answer.content.decode()
    assert kept() == ["2027-10-03"]


@pytest.mark.parametrize(
    ("first", "last", "fields", "told"),
    [
        ("2027-10-03", "2027-10-01", {}, "最后一天不能早于第一天"),
        ("2027-10-01", "2027-11-01", {}, "一次最多录入 31 天"),
        ("2027-10-09", "2027-10-10", {"kind": "WORKED"}, "一天一天录入"),
        ("2027-10-08", "2027-10-08", {"kind": "WORKED"}, "只能是星期六或星期日"),
        ("2027年10月", "2027-10-08", {}, "请写成 2027-10-01 这样的日期"),
        ("2027-10-01", "2027-10-03", {"name": " "}, "请填写节日名称"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    first: str, last: str, fields: dict[str, str], told: str
) -> None:
    answer = enter(first, last, **fields)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert kept() == []


def test_a_day_is_taken_back_only_with_a_reason() -> None:
    enter("2027-10-01", "2027-10-01")
    way = f"/holidays/{Holiday.objects.get().pk}/void"
    clerk().post(way, {"reason": " "})
    assert kept() == ["2027-10-01"]
    clerk().post(way, {"reason": "录错"})
    assert kept() == []


def test_a_weekday_cannot_be_a_worked_weekend_by_any_way() -> None:
    with pytest.raises(ValidationError, match="星期六或星期日"):
        checked_create(
            Holiday, day=date(2027, 10, 8), kind=HolidayKind.WORKED, name="国庆", source="通知"
        )


def test_a_year_entered_half_still_counts_as_an_estimate() -> None:
    enter("2027-01-01", "2027-01-03", name="元旦")
    assert "暂估" in clerk().get("/holidays/?year=2027").content.decode()
    enter("2027-10-01", "2027-10-07")
    assert "暂估" not in clerk().get("/holidays/?year=2027").content.decode()


@pytest.mark.parametrize("year", ["2003", "2100", "abc", "20260"])
def test_a_year_that_is_none_is_not_found(year: str) -> None:
    assert clerk().get(f"/holidays/?year={year}").status_code == 404


def test_only_the_keeper_sees_the_form() -> None:
    enter("2027-10-01", "2027-10-01")
    for role, sees in ((Role.CITY_HEALTH_CLERK, True), (Role.LEADER, False)):
        page = clerk(role).get("/holidays/?year=2027").content.decode()
        assert ("录入一段" in page) is sees
        assert "国庆节" in page
