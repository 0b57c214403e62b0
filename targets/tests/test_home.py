"""The page staff begin the day on: numbers that lead to lists of the same number."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.models import DoctorTeam, Person
from contracts.tests.factories import make_agreement, make_person, make_signup, make_team
from institutions.models import InstitutionGrant, Region
from institutions.tests.factories import (
    LONG_AGO,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
)
from targets.models import PolicyDocument, QualityFinding, Target
from targets.models.policies import ValidityStatus
from targets.tables.sparkline import sparkline
from targets.tests.factories import City
from targets.tests.page_scene import Scene, browse_as, store_run
from yiyang.access.roles import Role

MOST_QUERIES = 26


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


def parts(client: Client, source: str) -> list[tuple[str, int]]:
    return [(part.text, part.number) for part in line(client, source).parts]


def test_agreements_are_counted_by_the_days_left(city: City) -> None:
    for days in (-1, 0, 15, 16, 30, 31, 60, 61, 90, 91):
        agreement_ending_in(days, city.east_street, f"协{days}")
    client = browse_as(Role.CITY_HEALTH_CLERK)
    found = [("15 天内", 2), ("30 天内", 4), ("60 天内", 6), ("90 天内", 8)]
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


# ── 签约、证照、报表 ──────────────────────────────────────────────────────────


def test_sign_ups_are_counted_by_street_and_never_named(city: City) -> None:
    team = make_team(make_health(city.east_street), city.east_community)
    for days, place in ((0, city.east_community), (30, city.east_community), (30, city.west)):
        signup_ending_in(days, make_person(place), team)
    signup_ending_in(31, make_person(city.east_community), team)
    signup_ending_in(5, make_person(city.east_community), team, auto_renews=True)
    client = browse_as(Role.CITY_HEALTH_CLERK)
    page = client.get(line(client, "signups-ending").url)
    told = [(part.text, part.number) for part in page.context["line"].breakdown]
    assert (page.context["line"].number, told) == (3, [("东街道", 2), ("西区", 1)])
    assert not page.context["line"].items
    east = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    assert line(east, "signups-ending").number == 2
    for role in (Role.LEADER, Role.CITY_CIVIL_AFFAIRS_CLERK):
        assert line(browse_as(role), "signups-ending") is None


def signup_ending_in(days: int, person: Person, team: DoctorTeam, **fields: Any) -> None:
    ends = today() + timedelta(days=days)
    starts = ends - timedelta(days=400)
    make_signup(person, team, signed_on=starts, starts_on=starts, expires_on=ends, **fields)


@pytest.mark.parametrize(
    ("ends_in", "renewed", "counts"),
    [(-1, False, 0), (0, False, 1), (90, False, 1), (91, False, 0), (10, True, 0)],
)
def test_a_certificate_counts_from_ninety_days_before_its_end(
    city: City, ends_in: int, renewed: bool, counts: int
) -> None:
    ends = today() + timedelta(days=ends_in)
    hospital = make_health(city.east_street)
    make_licence(hospital, ends_on=ends)
    if renewed:
        make_licence(hospital, starts_on=ends + timedelta(days=1))
    assert line(browse_as(Role.CITY_HEALTH_CLERK), "licences-ending").number == counts


def test_missing_reports_are_what_the_quality_checks_find(city: City) -> None:
    for place in (city.east_street, city.west_street):
        make_filing(make_elderly(place))
    clerk, east = (
        browse_as(Role.CITY_HEALTH_CLERK),
        browse_as(Role.DISTRICT_HEALTH_CLERK, city.east),
    )
    sources = ("bed-report-stale", "occupancy-missing", "street-return-missing")
    assert [line(clerk, one).number for one in sources] == [2, 2, 2]
    assert [line(east, one).number for one in sources] == [1, 1, 1]
    for one in sources:
        listed = clerk.get(line(clerk, one).url).context["line"]
        assert len(listed.items) == 2


def test_a_reporter_is_told_of_its_own_institution_only(city: City) -> None:
    own, other = make_elderly(city.east_street), make_elderly(city.east_street)
    for home in (own, other):
        make_filing(home, ends_on=today())
    reporter = browse_as(Role.INSTITUTION_REPORTER)
    user = int(reporter.session["_auth_user_id"])
    InstitutionGrant.objects.create(user_id=user, institution=own, starts_on=LONG_AGO)
    for source in ("bed-report-stale", "occupancy-missing", "licences-ending"):
        assert line(reporter, source).number == 1
    assert line(reporter, "findings") is None
    assert line(reporter, "street-return-missing") is None


def test_findings_are_those_on_the_quality_page(scene: Scene) -> None:
    run = store_run(scene.city.city, today() - timedelta(days=1))
    for check, place, found in (
        ("licence_expired", scene.city.east_street, 3),
        ("bed_report_stale", scene.city.west_street, 2),
        ("beds_parts_above_total", scene.city.west_street, 1),
    ):
        QualityFinding.objects.create(run=run, check_id=check, region=place, found=found)
    city, west = (
        browse_as(Role.CITY_HEALTH_CLERK),
        browse_as(Role.DISTRICT_HEALTH_CLERK, scene.city.west),
    )
    for client, total in ((city, 6), (west, 3)):
        found = line(client, "findings")
        assert found.number == total
        page = client.get(found.url)
        shown = [(tone.word, number) for tone, number in page.context["totals"]]
        assert shown == [(part.text, part.number) for part in found.parts]


# ── 现行目标 ──────────────────────────────────────────────────────────────────


def put_in_force(scene: Scene) -> None:
    PolicyDocument.objects.filter(pk=scene.policy.pk).update(
        status=ValidityStatus.IN_FORCE, last_due_on=None
    )


@pytest.mark.parametrize(
    ("threshold", "behind"), [("0.6666", []), ("0.8", ["还差 1 家"]), ("1", ["还差 2 家"])]
)
def test_an_indicator_behind_says_how_many_are_lacking(
    scene: Scene, threshold: str, behind: list[str]
) -> None:
    put_in_force(scene)
    Target.objects.filter(pk=scene.target.pk).update(threshold=Decimal(threshold))
    page = browse_as(Role.LEADER).get("/")
    assert [one.shown.gap for one in page.context["behind"]] == behind
    assert [one.shown.fraction for one in page.context["standings"]] == ["4/6"]


def test_a_district_sees_its_own_standing(scene: Scene) -> None:
    put_in_force(scene)
    west = browse_as(Role.DISTRICT_HEALTH_CLERK, scene.city.west).get("/")
    assert [one.shown.fraction for one in west.context["standings"]] == ["1/2"]
    reporter = browse_as(Role.INSTITUTION_REPORTER).get("/")
    assert reporter.context["standings"] == []


def test_targets_of_a_repealed_policy_are_no_work(scene: Scene) -> None:
    page = browse_as(Role.LEADER).get("/")
    assert page.context["standings"] == page.context["behind"] == []


def test_few_and_many_rows_cost_the_same_queries(scene: Scene) -> None:
    put_in_force(scene)
    client = browse_as(Role.CITY_HEALTH_CLERK)
    fill(scene, 1)
    client.get("/")
    few = queries_of(client)
    fill(scene, 12)
    assert queries_of(client) == few <= MOST_QUERIES


def fill(scene: Scene, number: int) -> None:
    """So many of everything that waits to be done."""
    team = make_team(make_health(scene.city.east_street), scene.city.east_community)
    run = store_run(scene.city.city, today() - timedelta(days=number))
    for n in range(number):
        agreement_ending_in(n + 1, scene.city.east_street, f"协{number}-{n}")
        signup_ending_in(n + 1, make_person(scene.city.east_community), team)
        home = make_elderly(scene.city.east_street)
        make_filing(home, ends_on=today() + timedelta(days=n))
    QualityFinding.objects.create(
        run=run, check_id="licence_expired", region=scene.city.east_street, found=number
    )


def queries_of(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/").status_code == 200
    return len(queries)


def test_a_sparkline_is_drawn_in_whole_numbers() -> None:
    half, whole = Fraction(1, 2), Fraction(1)
    assert sparkline([half, whole], "").pieces == ("3,25 117,3",)
    assert sparkline([half, None, half, whole], "").pieces == ("79,25 117,3",)
    assert sparkline([half, half], "").pieces == ("3,14 117,14",)
    assert sparkline([half], "").end == (117, 14)
    assert sparkline([None, None], "无").end is None
