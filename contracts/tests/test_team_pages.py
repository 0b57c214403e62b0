"""One team's page: institution, communities, sign-ups by stage, and what keeps them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contracts.models import DoctorTeam, TeamArea
from contracts.tests.factories import make_person, make_signup, make_team
from contracts.tests.persons import City, browse_as
from institutions.tests.factories import make_health
from yiyang.access.roles import Role


@pytest.fixture
def city(db: None) -> City:
    return City.make()


@pytest.fixture
def team(city: City) -> DoctorTeam:
    return make_team(make_health(city.street, name="河滨卫生院"), city.community)


def test_the_page_tells_of_the_team(city: City, team: DoctorTeam) -> None:
    make_signup(make_person(city.community), team, auto_renews=True)
    make_signup(make_person(city.community), team)
    make_signup(make_person(city.community), team, terminated_on=date(2017, 6, 1))
    page = browse_as(Role.CITY_HEALTH_CLERK).get(f"/teams/{team.pk}/")
    for text in ("河滨卫生院", "春风社区", "登记责任社区"):
        assert text in page.content.decode()
    assert page.context["dossier"].signups == [
        ("有效", "1"),
        ("未生效", "0"),
        ("已到期", "1"),
        ("已解约", "1"),
    ]


@pytest.mark.parametrize(("signed", "shown"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5")])
def test_who_sees_no_persons_sees_no_small_counts(
    city: City, team: DoctorTeam, signed: int, shown: str
) -> None:
    for _ in range(signed):
        make_signup(make_person(city.community), team, auto_renews=True)
    page = browse_as(Role.CITY_CIVIL_AFFAIRS_CLERK).get(f"/teams/{team.pk}/")
    assert page.context["dossier"].signups[0] == ("有效", shown)
    assert "登记责任社区" not in page.content.decode()


def test_another_districts_team_is_not_found(city: City, team: DoctorTeam) -> None:
    browser = browse_as(Role.DISTRICT_HEALTH_CLERK, city.west)
    for rest in ("", "rename/", "end/", "areas/new/"):
        assert browser.get(f"/teams/{team.pk}/{rest}").status_code == 404


def test_a_team_is_entered_given_a_community_and_ended(city: City) -> None:
    make_health(city.street, name="河滨卫生院")
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    data = {
        "code": "TD-9",
        "name": "河滨一队",
        "institution": "河滨卫生院",
        "starts_on": "2016-01-01",
    }
    assert browser.post("/teams/new/", data).status_code == 302
    taken = browser.post("/teams/new/", data)
    assert taken.status_code == 422
    assert "团队编码" in taken.content.decode()
    team = DoctorTeam.objects.get()
    assert team.pinyin == "hbyd"
    area = {"region": city.community.code, "starts_on": "2016-01-01"}
    assert browser.post(f"/teams/{team.pk}/areas/new/", area).status_code == 302
    twice = browser.post(f"/teams/{team.pk}/areas/new/", area)
    assert "已负责这个社区" in twice.content.decode()
    renamed = {"name": "河滨二队", "reason": "重组"}
    assert browser.post(f"/teams/{team.pk}/rename/", renamed).status_code == 302
    end = {"ends_on": "2020-12-31", "reason": "撤并"}
    signup = make_signup(make_person(city.community), team, auto_renews=True)
    refused = browser.post(f"/teams/{team.pk}/end/", end)
    assert refused.status_code == 422
    assert "请先逐人续签" in refused.content.decode()
    type(signup).objects.update(terminated_on=date(2020, 1, 1), termination_reason="改签")
    assert browser.post(f"/teams/{team.pk}/end/", end).status_code == 302
    assert TeamArea.objects.get().ends_on == date(2020, 12, 31)
    history = browser.get(f"/teams/{team.pk}/").content.decode()
    assert "团队名称：河滨一队 → 河滨二队" in history


def test_a_community_entered_with_the_wrong_first_day_is_put_right(
    city: City, team: DoctorTeam
) -> None:
    area = TeamArea.objects.get()
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    address = f"/teams/{team.pk}/areas/{area.pk}/correct/"
    right = {"region": city.community.code, "starts_on": "2016-05-01", "ends_on": ""}
    asked = browser.post(address, {**right, "reason": ""})
    assert asked.status_code == 422
    assert TeamArea.objects.kept().get() == area
    refused = browser.post(address, {**right, "ends_on": "2016-04-30", "reason": "原件如此"})
    assert "截止日期不能早于起始日期" in refused.content.decode()
    assert browser.post(address, {**right, "reason": "原件如此"}).status_code == 302
    kept = TeamArea.objects.kept().get()
    assert (kept.region, kept.starts_on, kept.ends_on) == (city.community, date(2016, 5, 1), None)
    area.refresh_from_db()
    assert area.void_reason == "更正：原件如此"
    assert browser.get(address).status_code == 404
    history = browser.get(f"/teams/{team.pk}/").content.decode()
    assert "原件如此" in history


def test_the_page_asks_as_much_for_many_as_for_few(
    city: City, team: DoctorTeam, django_assert_max_num_queries: Any
) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)

    def ask() -> int:
        browser.get(f"/teams/{team.pk}/")
        with django_assert_max_num_queries(30) as asked:
            browser.get(f"/teams/{team.pk}/")
        return len(asked)

    few = ask()
    for place in (city.street, city.east, city.west):
        TeamArea.objects.create(team=team, region=place, starts_on=date(2017, 1, 1))
        make_signup(make_person(city.community), team)
    assert ask() == few
