"""Searching persons: exact, in scope, in the body, limited; absence and distance look alike."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from contracts.models import Person
from contracts.persons.search import searches_left
from contracts.tests.factories import make_known_person
from contracts.tests.persons import (
    ID_NUMBER,
    NAME,
    City,
    browse_as,
    events_after,
    last_event_id,
    make_lan_zhi,
)
from institutions.models import Region
from yiyang.access.roles import Role
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.lib.crypto import new_data_key


def full_width(text: str) -> str:
    """Write ASCII as Chinese input methods do when left in full-width mode."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


@pytest.fixture
def city(db: None) -> City:
    cache.clear()
    return City.make()


def search(browser: Client, term: str) -> tuple[int, str, str]:
    """Status, where it leads, and the page."""
    response = browser.post("/persons/search/", {"term": term})
    return response.status_code, response.get("Location", ""), without_tokens(response.content)


def without_tokens(content: bytes) -> str:
    """The page without the token that is another each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", content.decode())


@pytest.mark.parametrize(
    "term",
    [
        NAME,
        f" {NAME} ",
        "欧 阳 兰 芝",
        ID_NUMBER,
        full_width(ID_NUMBER),
        "150399 19400307 0029",
    ],
)
def test_the_exact_name_or_number_leads_to_the_record(city: City, term: str) -> None:
    person = make_lan_zhi(city.community)
    status, place, _ = search(browse_as(Role.CITY_HEALTH_CLERK), term)
    assert (status, place) == (302, f"/persons/{person.uid}/")


def test_a_number_ending_in_x_is_found_in_either_case(city: City) -> None:
    person = make_known_person(city.community, id_number="15039919400307001X")
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    for term in ("15039919400307001X", "15039919400307001x"):
        assert search(browser, term)[1] == f"/persons/{person.uid}/"


@pytest.mark.parametrize(
    "term",
    [
        "欧阳",
        "欧阳兰",
        "兰芝",
        "ouyanglanzhi",
        "oylz",
        "欧阳%",
        "欧阳__",
        ID_NUMBER[:17],
        "%' OR 1=1",
    ],
)
def test_parts_pinyin_and_patterns_find_nothing(city: City, term: str) -> None:
    make_lan_zhi(city.community)
    status, place, page = search(browse_as(Role.CITY_HEALTH_CLERK), term)
    assert (status, place) == (200, "")
    assert "没有找到，或不在您的授权范围" in page


@pytest.mark.parametrize("term", [NAME, ID_NUMBER])
def test_someone_elsewhere_and_nobody_at_all_get_the_same_answer(city: City, term: str) -> None:
    browser = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    search(browser, "从没有过的人")  # 第一次请求还要登记会话
    with CaptureQueriesContext(connection) as for_nobody:
        nobody = search(browser, term)
    elsewhere = make_lan_zhi(city.west)
    with CaptureQueriesContext(connection) as for_elsewhere:
        found = search(browser, term)
    assert found == nobody
    assert shapes(for_elsewhere) == shapes(for_nobody)
    gone = browser.get(f"/persons/{elsewhere.uid}/")
    never = browser.get("/persons/00000000-0000-4000-8000-000000000000/")
    assert gone.status_code == never.status_code == 404
    assert without_tokens(gone.content) == without_tokens(never.content)


def shapes(queries: CaptureQueriesContext) -> list[str]:
    """What was asked of the database, without values and numbers."""
    return [re.sub(r"'[^']*'|\d+|_x\w+", "", query["sql"]) for query in queries.captured_queries]


def test_namesakes_are_listed_without_their_name(city: City) -> None:
    people = [make_lan_zhi_twin(city.community) for _ in range(2)]
    status, _, page = search(browse_as(Role.CITY_HEALTH_CLERK), NAME)
    assert status == 200
    assert all(str(person.uid) in page for person in people)
    assert NAME not in page


def make_lan_zhi_twin(region: Region) -> Person:
    return make_known_person(region, name=NAME)


def test_the_answer_never_repeats_what_was_typed(city: City) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    for term in (NAME, ID_NUMBER, "欧"):
        response = browser.post("/persons/search/", {"term": term})
        assert term not in response.content.decode()
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("place", ["/persons/", "/persons/search/"])
def test_the_form_on_the_page_carries_the_token_it_needs(city: City, place: str) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    first = strict.get("/persons/")
    page = first if place == "/persons/" else strict.post(place, typed(first, "没有的人"))
    assert strict.post("/persons/search/", typed(page, NAME)).status_code == 200


def typed(page: Any, term: str) -> dict[str, str]:
    """What the browser sends when the term is typed into the search form of the page."""
    form = page.content.decode().partition('action="/persons/search/"')[2]
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.partition("</form>")[0])
    assert found is not None
    return {"term": term, "csrfmiddlewaretoken": found[1]}


def test_a_search_is_taken_from_the_body_only(city: City) -> None:
    make_lan_zhi(city.community)
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    assert browser.get(f"/persons/search/?term={NAME}").status_code == 405
    assert browser.post(f"/persons/search/?term={NAME}").status_code == 422


@pytest.mark.parametrize("term", ["", " ", "王", "王" * 61])
def test_an_empty_or_impossible_term_is_refused_in_words(city: City, term: str) -> None:
    status, _, page = search(browse_as(Role.CITY_HEALTH_CLERK), term)
    assert status == 422
    assert 'role="alert"' in page


def test_searches_beyond_the_hours_number_are_refused_and_recorded(
    city: City, settings: Settings
) -> None:
    settings.PERSON_SEARCHES_PER_HOUR = 2
    make_lan_zhi(city.community)
    browser, other = browse_as(Role.CITY_HEALTH_CLERK), browse_as(Role.CITY_HEALTH_CLERK)
    before = last_event_id()
    assert [search(browser, NAME)[0] for _ in range(3)] == [302, 302, 429]
    assert search(other, NAME)[0] == 302
    outcomes = [event.outcome for event in events_after(before, EventKind.VIEW_PERSONAL)]
    assert outcomes == [Outcome.ALLOWED, Outcome.ALLOWED, Outcome.DENIED, Outcome.ALLOWED]


def test_the_next_hour_begins_anew(db: None, settings: Settings) -> None:
    settings.PERSON_SEARCHES_PER_HOUR = 1
    cache.clear()
    last_minute = datetime(2026, 11, 22, 9, 59, tzinfo=UTC)
    assert [searches_left(7, last_minute) for _ in range(2)] == [0, -1]
    assert searches_left(7, datetime(2026, 11, 22, 10, 0, tzinfo=UTC)) == 0


def test_a_record_is_found_under_the_former_search_key(city: City, settings: Settings) -> None:
    person = make_lan_zhi(city.community)
    settings.OLD_DIGEST_KEYS = [settings.DIGEST_KEY]
    settings.DIGEST_KEY = key_text()
    assert search(browse_as(Role.CITY_HEALTH_CLERK), NAME)[1] == f"/persons/{person.uid}/"


def key_text() -> str:
    return b64encode(new_data_key()).decode()
