"""The page staff begin the day on: numbers that lead to lists of the same number."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.tests.factories import make_agreement
from institutions.models import InstitutionGrant, Region
from institutions.tests.factories import LONG_AGO, make_elderly, make_health
from targets.tests.factories import City
from targets.tests.page_scene import Scene, browse_as
from yiyang.access.roles import Role


def today() -> date:
    return timezone.localdate()


def agreement_ending_in(days: int, place: Region, number: str, **fields: Any) -> None:
    ends = today() + timedelta(days=days)
    make_agreement(
        make_health(place),
        make_elderly(place),
        number=number,
        starts_on=ends - timedelta(days=365),
        signed_on=ends - timedelta(days=365),
        expires_on=ends,
        **fields,
    )


def line(client: Client, source: str, address: str = "/") -> Any:
    work = client.get(address).context["work"]
    lines = [line for section in work.sections for line in section.lines] + list(work.clear)
    return next((one for one in lines if one.source.id == source), None)


def parts(client: Client, source: str) -> list[tuple[str, str]]:
    return [(part.text, part.number) for part in line(client, source).parts]


def test_agreements_are_counted_by_the_days_left(city: City) -> None:
    for days in (-1, 0, 15, 16, 30, 31, 60, 61, 90, 91):
        agreement_ending_in(days, city.east_street, f"协{days}")
    client = browse_as(Role.CITY_HEALTH_CLERK)
    found = [("15 天内", "2"), ("30 天内", "4"), ("60 天内", "6"), ("90 天内", "8")]
    assert parts(client, "agreements-expiring") == found
    assert line(client, "agreements-expiring").number == 8


def test_a_number_leads_to_a_list_of_as_many(city: City) -> None:
    for days in range(7):
        agreement_ending_in(days, city.east_street, f"协{days}")
    client = browse_as(Role.CITY_HEALTH_CLERK)
    found = line(client, "agreements-expiring")
    listed = client.get(found.url).context["line"]
    assert found.number == listed.number == len(listed.items) == 7


def test_each_sees_the_work_of_its_own_district_and_institution(city: City) -> None:
    agreement_ending_in(5, city.east_street, "东协")
    agreement_ending_in(5, city.west_street, "西协")
    own = make_elderly(city.west_street)
    ends = today() + timedelta(days=3)
    make_agreement(
        make_health(city.east_street), own, number="本院协", starts_on=LONG_AGO, expires_on=ends
    )
    numbers = {
        "city": line(browse_as(Role.CITY_HEALTH_CLERK), "agreements-expiring").number,
        "west": line(
            browse_as(Role.DISTRICT_HEALTH_CLERK, city.west), "agreements-expiring"
        ).number,
        "leader": line(browse_as(Role.LEADER), "agreements-expiring"),
    }
    assert numbers == {"city": 3, "west": 2, "leader": None}
    reporter = browse_as(Role.INSTITUTION_REPORTER)
    user = int(reporter.session["_auth_user_id"])
    InstitutionGrant.objects.create(user_id=user, institution=own, starts_on=LONG_AGO)
    assert line(reporter, "agreements-expiring").number == 1


def test_a_source_unknown_or_of_another_role_is_not_found(city: City) -> None:
    assert browse_as(Role.LEADER).get("/work/agreements-expiring/").status_code == 404
    assert browse_as(Role.LEADER).get("/work/nothing/").status_code == 404


def test_few_and_many_rows_cost_the_same_queries(scene: Scene) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    agreement_ending_in(1, scene.city.east_street, "协0")
    client.get("/")
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for days in range(2, 30):
        agreement_ending_in(days, scene.city.east_street, f"协{days}")
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    assert len(few) == len(many)
