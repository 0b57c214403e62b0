"""Pickers find what lies in scope, by name, initials or code, twenty at most."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import RequestFactory

from contracts.tests.factories import make_team
from contracts.tests.persons import City, browse_as
from institutions.forms.pickers import ActorForm, InstitutionField, RegionField
from institutions.tests.factories import make_elderly, make_health
from yiyang.access.roles import Role
from yiyang.access.scope import known_actor
from yiyang.access.tests.accounts import open_user
from yiyang.lib.pinyin import initials

DAY = date(2020, 1, 1)


class PartiesForm(ActorForm):
    medical = InstitutionField(label="医疗方", side="health")
    region = RegionField(label="区划", required=False)


@pytest.fixture
def city(db: None) -> City:
    found = City.make()
    for name, place in (("春风医院", found.east), ("春风分院", found.west)):
        make_health(place, name=name, pinyin=initials(name))
    make_elderly(found.east, name="春风养老院", pinyin=initials("春风养老院"))
    return found


def found_by(role: Role, query: str, *regions: Any, what: str = "institutions") -> list[str]:
    answer = browse_as(role, *regions).get(f"/pickers/{what}/?format=json&{query}")
    assert answer.status_code == 200
    return [choice["name"] for choice in answer.json()["choices"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=春风", ["春风分院", "春风养老院", "春风医院"]),
        ("q=CFY", ["春风养老院", "春风医院"]),
        ("q=cfyy&side=health", ["春风医院"]),
        ("q=养老&side=health", []),
        ("q=&side=elderly", ["春风养老院"]),
        ("q=%25", []),
    ],
)
def test_an_institution_is_found_by_name_and_initials(
    city: City, query: str, names: list[str]
) -> None:
    assert sorted(found_by(Role.CITY_HEALTH_CLERK, query)) == sorted(names)


def test_an_institution_is_found_by_its_code(city: City) -> None:
    hospital = make_health(city.east, name="按码找")
    assert found_by(Role.CITY_HEALTH_CLERK, f"q={hospital.code.lower()}") == ["按码找"]


def test_only_what_lies_in_scope_is_found(city: City) -> None:
    assert sorted(found_by(Role.DISTRICT_HEALTH_CLERK, "q=春风", city.east)) == [
        "春风养老院",
        "春风医院",
    ]
    assert found_by(Role.DISTRICT_HEALTH_CLERK, "q=西区", city.east, what="regions") == []
    assert found_by(Role.CITY_HEALTH_CLERK, "q=春风", what="regions") == ["春风社区"]


def test_a_team_is_found_with_its_institution(city: City) -> None:
    team = make_team(make_health(city.east, name="河滨卫生院"), city.community)
    answer = browse_as(Role.CITY_HEALTH_CLERK).get(f"/pickers/teams/?format=json&q={team.code}")
    assert answer.json()["choices"][0]["note"] == "河滨卫生院"


def test_twenty_are_offered_and_more_are_told_of(city: City) -> None:
    for number in range(18):
        make_health(city.east, name=f"卫生站{number}")
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    assert not browser.get("/pickers/institutions/?format=json&q=卫生站").json()["has_more"]
    found = browser.get("/pickers/institutions/?format=json").json()
    assert (len(found["choices"]), found["has_more"]) == (20, True)


def test_the_number_of_queries_does_not_grow(
    city: City, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    for what in ("institutions", "regions", "teams"):
        way = f"/pickers/{what}/?format=json"
        browser.get(way)
        with django_assert_max_num_queries(20) as few:
            browser.get(way)
        for _ in range(9):
            make_team(make_health(city.east), city.community)
        with django_assert_num_queries(len(few)):
            browser.get(way)


def test_without_scripts_the_choice_goes_back_to_the_form(city: City) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    page = browser.get("/pickers/institutions/?q=春风医院&to=/institutions/new/&field=host")
    text = page.content.decode()
    assert 'action="/institutions/new/"' in text
    assert 'type="radio"' in text
    assert 'name="host"' in text


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/", "javascript:x", "/\\e"])
def test_the_choice_goes_nowhere_else(city: City, to: str) -> None:
    query = {"q": "春风", "to": to, "field": "host"}
    page = browse_as(Role.CITY_HEALTH_CLERK).get("/pickers/institutions/", query)
    assert 'type="radio"' not in page.content.decode()
    assert "evil" not in page.content.decode()


def form_of(city: City, **data: str) -> PartiesForm:
    user = open_user(Role.CITY_HEALTH_CLERK)
    request: Any = RequestFactory().get("/x/", {"region": city.east.code})
    request.actor = known_actor(user.pk, user.role, DAY)
    return PartiesForm(data or None, request=request)


@pytest.mark.parametrize("typed", ["春风医院", " 春风医院 "])
def test_a_full_name_will_do_where_it_is_the_only_one(city: City, typed: str) -> None:
    form = form_of(city, medical=typed)
    assert form.is_valid()
    assert form.cleaned_data["medical"].profiles.get().name == "春风医院"
    assert form.cleaned_data["region"] is None


@pytest.mark.parametrize("typed", ["春风", "春风养老院", "无此机构", "%"])
def test_what_is_not_one_record_is_refused_in_words(city: City, typed: str) -> None:
    form = form_of(city, medical=typed)
    assert not form.is_valid()
    assert "请从查找结果里选" in form.errors["medical"][0]


def test_a_form_shows_the_name_beside_the_code(city: City) -> None:
    form = form_of(city)
    assert 'data-picked="东区"' in str(form["region"])
    assert "/pickers/regions/?to=%2Fx%2F&amp;field=region" in (
        form["region"].field.widget.search_page.replace("&", "&amp;")
    )
