"""The institution page: what the registers hold, on a day, to whom it belongs."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from institutions.models import Institution, Region, RegionGrant, RegionLevel
from institutions.tests.factories import (
    LONG_AGO,
    make_beds,
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
    make_profile,
    make_region,
)
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.context import recorded


@pytest.fixture
def districts(db: None) -> tuple[Region, Region]:
    city = make_region("测试市", RegionLevel.CITY, code="150300000000")
    east = make_region("东区", RegionLevel.DISTRICT, city)
    return east, make_region("西区", RegionLevel.DISTRICT, city)


def browse_as(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="yiyang.access.backends.PasswordWithCodeBackend")
    return client


def page_of(institution: Institution, user: User, query: str = "") -> str:
    response = browse_as(user).get(f"/institutions/{institution.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_holds_both_certificates_and_what_it_hosts(
    districts: tuple[Region, Region],
) -> None:
    home = make_elderly(districts[0], name="示例养护中心")
    make_filing(home, beds=61, ends_on=date(2018, 1, 1))
    make_licence(home, number="执照甲")
    make_health(districts[0], "D400", name="示例医务室", host=home)
    make_channel(home)
    make_beds(home, date(2017, 12, 31), 77)
    page = page_of(home, open_user(Role.CITY_HEALTH_CLERK), "?as_of=2019-01-01")
    for text in ("示例养护中心", "61", "已过期", "执照甲", "有效", "示例医务室", "已开设", "77"):
        assert text in page
    assert "没有登记协议" in page


def test_the_page_shows_the_day_asked_for(districts: tuple[Region, Region]) -> None:
    clinic = make_health(districts[0], name="旧名医院", ends_on=date(2018, 12, 31))
    make_profile(
        districts[0],
        institution=clinic,
        category="A100",
        name="新名医院",
        starts_on=date(2019, 1, 1),
    )
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    assert "<h1>旧名医院</h1>" in page_of(clinic, clerk, "?as_of=2018-12-31")
    assert "<h1>新名医院</h1>" in page_of(clinic, clerk, "?as_of=2019-01-01")


def test_the_history_says_who_changed_what_and_why(districts: tuple[Region, Region]) -> None:
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    profile = make_profile(districts[0], category="A100")
    with recorded(by=clerk, reason="年检停业"):
        type(profile).objects.filter(pk=profile.pk).update(status="SUSPENDED")
    page = page_of(profile.institution, clerk)
    for text in ("测试账号", "年检停业", "状态：正常 → 停业", "修改机构概况", "行政区划：东区"):
        assert text in page


def test_the_history_names_the_institutions_it_points_to(
    districts: tuple[Region, Region],
) -> None:
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    first, second = (make_elderly(districts[0], name=f"示例{name}院") for name in "甲乙")
    unit = make_health(districts[0], "D400", name="医务室", host=first)
    unit.profiles.update(host=second)
    page = page_of(unit, clerk)
    assert "示例甲院 → 示例乙院" in page
    assert f"#{first.pk}" not in page


def test_outside_the_row_scope_there_is_no_such_page(districts: tuple[Region, Region]) -> None:
    east, west = districts
    user = open_user(Role.DISTRICT_CIVIL_AFFAIRS_CLERK)
    RegionGrant.objects.create(user=user, region=east, starts_on=LONG_AGO)
    assert "东医院" in page_of(make_health(east, name="东医院"), user)
    hidden = make_health(west, name="西医院")
    response = browse_as(user).get(f"/institutions/{hidden.pk}/")
    assert response.status_code == 404
    assert "西医院" not in response.content.decode()


@pytest.mark.parametrize(
    ("role", "answer"),
    [(Role.LEADER, 403), (Role.BUREAU_LIAISON, 403), (Role.CITY_CIVIL_AFFAIRS_CLERK, 200)],
)
def test_who_may_open_an_institution(
    districts: tuple[Region, Region], role: Role, answer: int
) -> None:
    institution = make_health(districts[0])
    assert browse_as(open_user(role)).get(f"/institutions/{institution.pk}/").status_code == answer


def test_a_wrong_day_is_404_with_a_reason(districts: tuple[Region, Region]) -> None:
    institution = make_health(districts[0])
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    response = browse_as(clerk).get(f"/institutions/{institution.pk}/?as_of=去年")
    assert response.status_code == 404
    assert "不是日期" in response.content.decode()
