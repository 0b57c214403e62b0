"""Changing many institutions at once: what is previewed is what is written, or nothing is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from contracts.tests.factories import make_agreement
from contracts.tests.persons import browse_as
from institutions import bulk_pages
from institutions.actions_facts import change_institution
from institutions.models import Institution, InstitutionProfile, Status
from institutions.tests.factories import LONG_AGO, make_elderly, make_health, make_profile
from targets.tests.factories import City, make_city
from yiyang.access.roles import Role
from yiyang.changelog.context import SYSTEM
from yiyang.changelog.models import Change

TODAY = localdate()
DAY = TODAY - timedelta(days=10)
FORM = {"starts_on": DAY.isoformat(), "reason": "民函〔2026〕3号"}


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def register(city: City) -> dict[str, Institution]:
    both = make_profile(
        city.east_street, name="护理院", category="A710", elderly_kind="CARE_HOME"
    ).institution
    return {
        "医院": make_health(city.east_street, name="医院", ownership="PUBLIC"),
        "诊所": make_health(city.west_street, "D211", name="诊所", ownership="PRIVATE_FOR_PROFIT"),
        "养老院": make_elderly(city.west_street, name="养老院", ownership="PUBLIC"),
        "护理院": both,
    }


def previewed(browser: Client, attribute: str, value: str, query: str = "all=1") -> Any:
    """The preview of changing everything the query narrows to."""
    asked = browser.get(f"/institutions/bulk/?attribute={attribute}&{query}")
    assert asked.status_code == 200
    chosen = asked.context["chosen"]
    return browser.post("/institutions/bulk/", {**FORM, "chosen": chosen, "value": value})


def told(answer: Any) -> dict[str, tuple[str, str, str]]:
    assert answer.status_code == 200
    return {
        line.name: (line.before, line.after, str(line.outcome)) for line in answer.context["lines"]
    }


def held(institution: Institution, day: date = TODAY) -> InstitutionProfile:
    return InstitutionProfile.objects.on(day).get(institution=institution)


def test_the_preview_says_what_becomes_of_each(register: dict[str, Institution]) -> None:
    answer = previewed(browse_as(Role.CITY_HEALTH_CLERK), "ownership", "PUBLIC")
    assert told(answer) == {
        "医院": ("公办", "公办", "不变"),
        "诊所": ("民办营利", "公办", "改"),
        "养老院": ("公办", "公办", "不变"),
        "护理院": ("未填", "公办", "改"),
    }
    assert not Change.objects.filter(reason=FORM["reason"]).exists()


def test_each_office_changes_its_own_side(register: dict[str, Institution]) -> None:
    answer = previewed(browse_as(Role.CITY_HEALTH_CLERK), "ownership", "PRIVATE_NON_PROFIT")
    assert told(answer)["养老院"] == ("公办", "公办", "不能改")
    answer = previewed(browse_as(Role.CITY_CIVIL_AFFAIRS_CLERK), "ownership", "PRIVATE_NON_PROFIT")
    outcomes = {name: outcome for name, (_, _, outcome) in told(answer).items()}
    assert outcomes == {"医院": "不能改", "诊所": "不能改", "养老院": "改", "护理院": "改"}


def test_what_was_previewed_is_written_from_the_day_on(register: dict[str, Institution]) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    agreed = previewed(browser, "ownership", "PUBLIC").context["agreed"]
    answer = browser.post("/institutions/bulk/write/", {"agreed": agreed}, follow=True)
    assert "已改 2 家，不变 2 家，未能改 0 家。" in answer.content.decode()
    clinic = register["诊所"]
    assert held(clinic, DAY).ownership == "PUBLIC"
    before = held(clinic, DAY - timedelta(days=1))
    assert (before.ownership, before.ends_on) == ("PRIVATE_FOR_PROFIT", DAY - timedelta(days=1))
    assert (held(clinic).name, held(clinic).category) == ("诊所", "D211")
    change = Change.objects.filter(reason=FORM["reason"]).first()
    assert change is not None
    assert change.actor is not None
    assert change.actor.role == Role.CITY_HEALTH_CLERK


def test_nothing_is_written_when_something_has_moved_since(
    register: dict[str, Institution],
) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    agreed = previewed(browser, "ownership", "PUBLIC").context["agreed"]
    change_institution(
        by=SYSTEM,
        institution=register["诊所"],
        starts_on=LONG_AGO + timedelta(days=1),
        reason="别人先改了",
        profile={
            "name": "诊所",
            "region": held(register["诊所"]).region,
            "category": "D211",
            "status": "OPERATING",
            "ownership": "PRIVATE_NON_PROFIT",
        },
    )
    answer = browser.post("/institutions/bulk/write/", {"agreed": agreed})
    assert answer.status_code == 422
    assert "预览之后登记有变动" in answer.content.decode()
    assert held(register["护理院"]).ownership == ""


def test_writing_twice_writes_once(register: dict[str, Institution]) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    agreed = previewed(browser, "ownership", "PUBLIC").context["agreed"]
    browser.post("/institutions/bulk/write/", {"agreed": agreed})
    rows = InstitutionProfile.objects.count()
    assert browser.post("/institutions/bulk/write/", {"agreed": agreed}).status_code == 422
    assert InstitutionProfile.objects.count() == rows


def test_a_status_with_consequences_is_left_to_the_institutions_page(
    register: dict[str, Institution],
) -> None:
    make_agreement(register["医院"], register["护理院"])
    answer = previewed(browse_as(Role.CITY_HEALTH_CLERK), "status", "SUSPENDED")
    lines = {line.name: line for line in answer.context["lines"]}
    assert lines["诊所"].outcome.value == "改"
    assert lines["医院"].outcome.value == "不能改"
    assert "有 1 份协议" in lines["医院"].why
    agreed = answer.context["agreed"]
    browse_again = browse_as(Role.CITY_HEALTH_CLERK)
    assert browse_again.post("/institutions/bulk/write/", {"agreed": agreed}).status_code == 422
    assert held(register["诊所"]).status == Status.OPERATING


def test_a_status_is_written_for_those_without_any(register: dict[str, Institution]) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    agreed = previewed(browser, "status", "SUSPENDED").context["agreed"]
    browser.post("/institutions/bulk/write/", {"agreed": agreed})
    assert held(register["诊所"], DAY).status == Status.SUSPENDED
    assert held(register["诊所"], DAY - timedelta(days=1)).status == Status.OPERATING


def test_a_region_is_changed_to_one_in_scope(city: City, register: dict[str, Institution]) -> None:
    browser = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    refused = previewed(browser, "region", city.west_street.code)
    assert refused.status_code == 422
    answer = previewed(browser, "region", city.east_community.code)
    assert told(answer)["医院"] == ("东街道", "东社区", "改")
    assert "诊所" not in told(answer)


def test_only_what_is_ticked_is_changed(register: dict[str, Institution]) -> None:
    ticked = held(register["诊所"]).pk
    answer = previewed(
        browse_as(Role.CITY_HEALTH_CLERK), "ownership", "PUBLIC", f"id={ticked}&id=x&id=0"
    )
    assert list(told(answer)) == ["诊所"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("attribute=ownership", 404),
        ("attribute=ownership&id=999999", 404),
        ("attribute=name&all=1", 404),
        ("attribute=ownership&all=1&status=CLOSED", 404),
        ("attribute=ownership&all=1&side=health", 200),
    ],
)
def test_nothing_chosen_is_told(register: dict[str, Institution], query: str, status: int) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    assert browser.get(f"/institutions/bulk/?{query}").status_code == status


def test_more_than_allowed_is_refused(
    register: dict[str, Institution], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_pages, "MOST_AT_ONCE", 3)
    answer = browse_as(Role.CITY_HEALTH_CLERK).get("/institutions/bulk/?attribute=status&all=1")
    assert answer.status_code == 404
    assert "请先用筛选缩小范围" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": ""}, "请写明原因"),
        ({"starts_on": ""}, "请填写从哪天起"),
        ({"starts_on": "0001-01-01"}, "之间，请核对"),
        ({"value": "NOTHING"}, "请选择"),
    ],
)
def test_a_form_filled_badly_is_told_inline(
    register: dict[str, Institution], change: dict[str, str], message: str
) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    chosen = browser.get("/institutions/bulk/?attribute=ownership&all=1").context["chosen"]
    data = {**FORM, "value": "PUBLIC", "chosen": chosen, **change}
    answer = browser.post("/institutions/bulk/", data)
    assert answer.status_code == 422
    assert message in answer.content.decode()


@pytest.mark.parametrize("role", Role)
def test_only_clerks_change_institutions(
    city: City, register: dict[str, Institution], role: Role
) -> None:
    clerks = {
        *(Role.DISTRICT_HEALTH_CLERK, Role.CITY_HEALTH_CLERK, Role.CIVIL_AFFAIRS_CLIENT),
        *(Role.DISTRICT_CIVIL_AFFAIRS_CLERK, Role.CITY_CIVIL_AFFAIRS_CLERK),
    }
    browser = browse_as(role, city.east)
    answer = browser.get("/institutions/bulk/?attribute=status&all=1")
    assert answer.status_code == (200 if role in clerks else 403)
    page = browser.get("/institutions/")
    assert ("成批修改" in page.content.decode()) is (role in clerks)
