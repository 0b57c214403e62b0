"""Lists and records of the API, as the caller reads them."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.tests.factories import make_person, make_signup, make_team
from institutions.tests.factories import (
    make_elderly,
    make_health,
)
from targets.tests.editions.editions import make_office, publish
from targets.tests.factories import DAY, City
from targets.tests.page_scene import store_run
from yiyang.api.resources import Resource, all_resources
from yiyang.tests.api.callers import Caller, make_caller
from yiyang.tests.api.scene import ID_NUMBER, NAME, PHONE, make_api_city

pytestmark = pytest.mark.django_db
RESOURCES = [pytest.param(one, id=one.code) for one in all_resources()]


@pytest.fixture
def city() -> City:
    made = make_api_city()
    publish(make_office())
    return made


@pytest.fixture
def caller(city: City) -> Caller:
    return make_caller()


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_resource_is_read_alike_as_pages_lines_and_table(
    caller: Caller, resource: Resource
) -> None:
    documents = caller.results(f"{resource.code}/", limit=1)
    assert documents or resource.code in {"staff", "signup-counts", "change-requests"}
    assert documents == caller.results(f"{resource.code}/")
    lines = read(caller.get(f"{resource.code}/", Accept="application/x-ndjson"))
    assert [json.loads(line) for line in lines.splitlines()] == documents
    rows = list(csv.reader(io.StringIO(read(caller.get(f"{resource.code}/", Accept="text/csv")))))
    assert rows[0] == list(resource.field_names)
    assert len(rows) == len(documents) + 1
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_record_is_read_by_what_its_documents_call_it(caller: Caller, resource: Resource) -> None:
    for document in caller.results(f"{resource.code}/"):
        answer = caller.get(f"{resource.code}/{document[resource.lookup_name]}/")
        assert answer.json() == document
    assert caller.get(f"{resource.code}/999999999999/").status_code == 404


@pytest.mark.parametrize("resource", RESOURCES)
def test_no_answer_names_a_person(caller: Caller, resource: Resource) -> None:
    text = read(caller.get(f"{resource.code}/", Accept="application/x-ndjson"))
    assert not [secret for secret in (NAME, ID_NUMBER, PHONE) if secret in text]


def test_only_the_fields_asked_for_in_the_resources_order(caller: Caller) -> None:
    page = caller.get("institutions/", {"fields": "name,code"}).json()
    assert all(list(one) == ["code", "name"] for one in page["results"])


def test_the_region_holds_all_below_it(caller: Caller, city: City) -> None:
    def names(region: Any) -> set[str]:
        return {one["region_name"] for one in caller.results("institutions/", region=region.code)}

    assert names(city.east) == names(city.east_street) == {"东街道"}
    assert names(city.city) == {"东街道", "西街道"}
    assert names(city.east_community) == set()


def test_as_of_an_earlier_day_shows_that_day(caller: Caller) -> None:
    assert len(caller.results("institutions/")) == 4
    assert caller.results("institutions/", as_of="2000-01-01") == []


def test_the_tag_saves_the_second_reading(caller: Caller, city: City) -> None:
    first = caller.get("institutions/")
    again = caller.get("institutions/", If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    make_elderly(city.east_street)
    assert caller.get("institutions/", If_None_Match=first["ETag"]).status_code == 200


def test_a_page_holds_while_rows_are_entered_before_it(caller: Caller, city: City) -> None:
    first = caller.get("institutions/", {"limit": 2}).json()
    make_elderly(city.east_street)
    rest = caller.results("institutions/", limit=2, after=first["after"])
    codes = [one["code"] for one in (*first["results"], *rest)]
    assert len(codes) == len(set(codes)) == 5


def test_the_queries_of_a_page_do_not_grow_with_its_rows(caller: Caller) -> None:
    for resource in all_resources():
        few = queries(caller, resource, limit=1)
        assert queries(caller, resource, limit=1000) <= few + 1, resource.code


def queries(caller: Caller, resource: Resource, limit: int) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        caller.get(f"{resource.code}/", {"limit": limit})
    return len(seen)


def read(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content).decode()


def test_a_figure_comes_with_its_run_definition_and_verdict(caller: Caller, city: City) -> None:
    [figure] = [
        one
        for one in caller.results("values/", indicator="GC17", reading="standard")
        if one["region"] == city.city.code
    ]
    assert figure["as_of"] == DAY.isoformat()
    assert len(figure["definition"]) == 64
    [judged] = figure["judgements"]
    assert judged["clause"]
    assert judged["verdict"]


def test_small_counts_of_signups_are_left_out(caller: Caller, city: City) -> None:
    """One signed up in the west would follow from the city less the east: neither is told."""
    team = make_team(make_health(city.east_street), city.east_community)
    for _ in range(9):
        make_signup(make_person(city.east_community), team)
    make_signup(make_person(city.west_community), team)
    store_run(city.city, DAY, ("FD17",))
    told = {one["region"] for one in caller.results("signup-counts/")}
    assert city.city.code in told
    assert told.isdisjoint({city.west.code, city.west_street.code, city.west_community.code})
    assert city.east.code not in told


def test_the_day_after_tomorrow_is_as_good_a_day(caller: Caller) -> None:
    later = timezone.localdate() + timedelta(days=2)
    assert len(caller.results("institutions/", as_of=later.isoformat())) == 4


def test_the_root_lists_what_the_token_reads(city: City) -> None:
    told = make_caller(reads=["beds", "regions"]).get("").json()
    assert {one["resource"] for one in told["resources"]} == {"beds", "regions"}


def test_every_answer_of_the_demo_is_marked(caller: Caller, settings: Any) -> None:
    settings.DEMO = True
    assert caller.get("institutions/").json()["mark"] == settings.DEMO_MARK
    for path, accept in (
        ("institutions/", "text/csv"),
        ("institutions/", "application/x-ndjson"),
        ("nowhere/", "application/json"),
        ("regions/150300000000/", "application/json"),
    ):
        answer = caller.get(path, Accept=accept)
        assert unquote(answer["X-Data-Mark"]) == settings.DEMO_MARK, path
    settings.DEMO = False
    assert "X-Data-Mark" not in caller.get("institutions/")
