"""Saved filters: kept under a name, shared or not, looked after by their owner only."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.test import Client

from contracts.tests.persons import browser_of
from targets.tests.factories import City, make_city
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.listing.models import LONGEST_NAME, SavedFilter
from yiyang.listing.places import place_of, places
from yiyang.listing.saved import MOST_OWNED, known_parameters

NEW = "/lists/institutions/filters/new/"


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def clerk(city: City) -> User:
    return open_user(Role.CITY_HEALTH_CLERK)


@pytest.fixture
def browser(clerk: User) -> Client:
    return browser_of(clerk)


def names_offered(browser: Client, address: str = "/institutions/") -> list[str]:
    return [kept.name for kept in browser.get(address).context["saved"]]


def test_a_filter_is_kept_with_its_order_and_columns(browser: Client) -> None:
    query = "status=SUSPENDED&sort=-code&col=name&col=code&after=7&next=//evil.example"
    answer = browser.post(NEW, {"name": " 停业的 ", "query": query})
    kept = SavedFilter.objects.get()
    assert (kept.name, kept.query) == ("停业的", "col=name&col=code&sort=-code&status=SUSPENDED")
    assert answer["Location"] == f"/institutions/?{kept.query}"
    page = browser.get(answer["Location"]).content.decode()
    assert "已保存常用筛选“停业的”" in page
    assert "停业的</a>" in page


def test_a_colleague_sees_what_is_shared_and_nothing_else(browser: Client) -> None:
    browser.post(NEW, {"name": "自用", "query": "side=health"})
    browser.post(NEW, {"name": "共用", "query": "side=health", "is_shared": "on"})
    colleague = browser_of(open_user(Role.CITY_HEALTH_REVIEWER))
    assert names_offered(browser) == ["共用", "自用"]
    assert names_offered(colleague) == ["共用"]
    assert names_offered(browser, "/beds/") == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name": ""}, "请填写名称。"),
        ({"name": "长" * (LONGEST_NAME + 1)}, "名称不超过 40 字"),
        ({"name": "已有"}, "已有同名的常用筛选"),
        ({"name": "条件太长", "query": "q=" + "a" * 1000}, "筛选条件太长"),
    ],
)
def test_what_cannot_be_kept_is_told(browser: Client, data: dict[str, str], message: str) -> None:
    browser.post(NEW, {"name": "已有", "query": ""})
    answer = browser.post(NEW, {"query": "", **data})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert SavedFilter.objects.count() == 1


def test_the_same_name_may_be_used_on_another_list_and_by_another(browser: Client) -> None:
    browser.post(NEW, {"name": "常看"})
    browser.post("/lists/beds/filters/new/", {"name": "常看"})
    browser_of(open_user(Role.CITY_HEALTH_REVIEWER)).post(NEW, {"name": "常看"})
    assert SavedFilter.objects.count() == 3


def test_nobody_keeps_more_than_fifty(browser: Client, clerk: User) -> None:
    SavedFilter.objects.bulk_create(
        SavedFilter(owner=clerk, register="institutions", name=f"第{number}个")
        for number in range(MOST_OWNED)
    )
    answer = browser.post(NEW, {"name": "再来一个"})
    assert answer.status_code == 422
    assert "最多保存 50 个" in answer.content.decode()


def test_a_filter_is_renamed_shared_and_thrown_away(browser: Client) -> None:
    browser.post(NEW, {"name": "旧名"})
    kept = SavedFilter.objects.get()
    browser.post(f"/lists/filters/{kept.pk}/", {"name": "新名", "is_shared": "on"})
    kept.refresh_from_db()
    assert (kept.name, kept.is_shared) == ("新名", True)
    page = browser.get("/lists/filters/").content.decode()
    assert "新名" in page
    assert "机构台账" in page
    browser.post(f"/lists/filters/{kept.pk}/drop/")
    assert not SavedFilter.objects.exists()
    assert "还没有常用筛选" in browser.get("/lists/filters/").content.decode()


def test_renaming_to_a_name_taken_is_told_and_changes_nothing(browser: Client) -> None:
    for name in ("甲", "乙"):
        browser.post(NEW, {"name": name})
    kept = SavedFilter.objects.get(name="乙")
    answer = browser.post(f"/lists/filters/{kept.pk}/", {"name": "甲"})
    assert answer.status_code == 422
    assert "已有同名的常用筛选" in answer.content.decode()
    kept.refresh_from_db()
    assert kept.name == "乙"


@pytest.mark.parametrize("is_shared", [True, False])
def test_anothers_filter_is_neither_changed_nor_thrown_away(
    browser: Client, *, is_shared: bool
) -> None:
    other = open_user(Role.CITY_HEALTH_REVIEWER)
    kept = SavedFilter.objects.create(
        owner=other, register="institutions", name="别人的", is_shared=is_shared
    )
    for way in (f"/lists/filters/{kept.pk}/", f"/lists/filters/{kept.pk}/drop/"):
        assert browser.post(way, {"name": "抢来的"}).status_code == 404
    kept.refresh_from_db()
    assert kept.name == "别人的"


def test_no_filter_is_kept_of_a_list_one_may_not_open(browser: Client) -> None:
    leader = browser_of(open_user(Role.LEADER))
    assert leader.post(NEW, {"name": "机构"}).status_code == 403
    assert browser.post("/lists/nothing/filters/new/", {"name": "无"}).status_code == 404


def test_every_register_takes_saved_filters() -> None:
    assert {place.code for place in places()} == {
        *("institutions", "beds", "occupancies", "staff", "populations"),
        *("agreements", "teams", "persons", "signups"),
        *("tasks", "progress", "supervisions"),
        *("papers", "returns", "bulletins", "proposals"),
    }


def test_parameters_a_list_does_not_have_are_left_out() -> None:
    place = place_of("agreements")
    assert place is not None
    known = known_parameters(place, QueryDict("state=DRAFT&after=3&x=1&q=&col=number"))
    assert known.urlencode() == "col=number&state=DRAFT"


def test_the_list_of_persons_takes_and_offers_filters_of_codes_only(browser: Client) -> None:
    query = "signed=no&age=80-89&name=王秀英&term=150399194003070029"
    answer = browser.post("/lists/persons/filters/new/", {"name": "高龄未签", "query": query})
    kept = SavedFilter.objects.get()
    assert kept.query == "age=80-89&signed=no"
    assert answer["Location"] == "/persons/?age=80-89&signed=no"
    assert names_offered(browser, "/persons/") == ["高龄未签"]
