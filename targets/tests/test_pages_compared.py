"""The pages of movement and of what was known: exact, scoped by role, flat in queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.tests.factories import make_person, make_signup, make_team
from institutions.models import GreenChannel
from institutions.tests.factories import make_channel, make_health, make_licence
from targets.indicators.catalogue import BY_KEY
from targets.models import IndicatorRun
from targets.tests.factories import DAY, City
from targets.tests.page_scene import browse_as, sign_in
from targets.tests.registers import VOIDED_AT
from targets.tests.runs import run_on
from targets.tests.test_movement import BETWEEN, LATER
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user

GC17 = BY_KEY["GC17", "standard"]
FD17_65 = BY_KEY["FD17", "aged_65_plus"]
Runs = tuple[IndicatorRun, IndicatorRun]


def hospital(city: City, name: str, **fields: Any) -> None:
    made = make_health(city.east_community, name=name, **fields)
    make_licence(made)
    make_channel(made)


def story(city: City, newcomers: int = 1) -> Runs:
    """One hospital known all along, one whose channel was a mistake, and some new ones."""
    hospital(city, "老医院")
    hospital(city, "录错医院")
    earlier = run_on(DAY, city.city, [GC17])
    GreenChannel.objects.filter(institution__profiles__name="录错医院").update(
        voided_at=VOIDED_AT, void_reason="录错"
    )
    for number in range(newcomers):
        hospital(city, f"新医院{number}", starts_on=BETWEEN)
    return earlier, run_on(LATER, city.city, [GC17])


def movement_address(runs: Runs, region: str = "", reading: str = "GC17/standard") -> str:
    earlier, later = runs
    return f"/targets/{reading}/movement/?from={earlier.pk}&to={later.pk}&region={region}"


def as_known_address(run: IndicatorRun, region: str = "") -> str:
    return f"/targets/GC17/standard/as-known/?run={run.pk}&region={region}"


def test_the_movement_page_lists_each_record_under_its_reason(city: City) -> None:
    runs = story(city)
    page = browse_as(Role.CITY_HEALTH_CLERK).get(movement_address(runs)).content.decode()
    for text in ("分子：2 → 2（+0）", "新增", "新医院0", "更正", "录错医院", "计入 → 未计入"):
        assert text in page
    assert "老医院" not in page
    assert "与差额一致" in page


def test_without_runs_the_last_two_nights_are_compared(city: City) -> None:
    earlier, later = story(city)
    answer = browse_as(Role.LEADER).get("/targets/GC17/standard/movement/")
    assert (answer.context["earlier"], answer.context["later"]) == (earlier, later)


def test_a_leader_sees_counts_and_no_names(city: City) -> None:
    runs = story(city)
    client = browse_as(Role.LEADER)
    for address in (movement_address(runs), as_known_address(runs[0])):
        page = client.get(address).content.decode()
        assert "您的角色只看到条数" in page
        assert "录错医院" not in page


def test_a_district_sees_its_own_and_no_other(city: City) -> None:
    runs = story(city)
    client = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    assert "新医院0" in client.get(movement_address(runs, city.east.code)).content.decode()
    assert client.get(movement_address(runs, city.west.code)).status_code == 404
    assert client.get(as_known_address(runs[0], city.city.code)).status_code == 404


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_see_no_figures(city: City, role: Role) -> None:
    earlier = run_on(DAY, city.city, [GC17])
    client = Client()
    assert client.get(as_known_address(earlier)).status_code == 302
    client = browse_admin(role)
    assert client.get(as_known_address(earlier)).status_code == 403
    assert client.get("/targets/GC17/standard/movement/").status_code == 403


def browse_admin(role: Role) -> Client:

    return sign_in(open_user(role, with_code=True), with_code=True)


def test_the_page_of_what_was_known_counts_the_corrections(city: City) -> None:
    earlier, _ = story(city)
    page = browse_as(Role.CITY_HEALTH_CLERK).get(as_known_address(earlier)).content.decode()
    for text in ("量度时存下", "2/2", "按现在所知", "1/2", "其后有 1 处更正", "录错医院"):
        assert text in page
    assert "新医院0" not in page


def test_persons_are_shown_as_counts(city: City) -> None:
    earlier = run_on(DAY, city.city, [FD17_65])
    person = make_person(city.east_community)
    make_signup(person, make_team(make_health(city.east_community, "B100")))
    later = run_on(LATER, city.city, [FD17_65])
    address = movement_address((earlier, later), reading="FD17/aged_65_plus")
    page = browse_as(Role.CITY_HEALTH_REVIEWER).get(address).content.decode()
    assert "涉及个人，只列条数" in page
    assert str(person.uid)[:8] not in page


# 地址 → 回答里说的话
REFUSED = [
    ("GC17/standard/movement/?from=x", "应当是量度批次号"),
    ("GC17/standard/movement/?from=99999999", "没有已完成的量度批次"),
    ("GC17/standard/movement/?from={later}&to={earlier}", "起点批次须早于终点批次"),
    ("GC17/standard/movement/?to={earlier}", "没有更早的批次可比"),
    ("GC17/nothing/movement/", "没有指标 GC17 的口径 nothing"),
    ("GC20/standard/as-known/", "没有量度 GC20"),
    ("GC17/standard/as-known/?region=150300000999", "没有行政区划"),
]


@pytest.mark.parametrize(("address", "message"), REFUSED)
def test_a_wrong_address_is_told_what_to_do(city: City, address: str, message: str) -> None:
    earlier, later = (run_on(day, city.city, [GC17]) for day in (DAY, LATER))
    wanted = address.format(earlier=earlier.pk, later=later.pk)
    answer = browse_as(Role.LEADER).get(f"/targets/{wanted}")
    assert answer.status_code == 404
    assert message in answer.content.decode()


def test_queries_do_not_grow_with_the_records(city: City) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    client.get("/account/")  # 会话头一次来访另记一笔
    counts: list[int] = []
    for newcomers in (1, 12):
        runs = story(city, newcomers) if not counts else more(city, newcomers)
        for address in (movement_address(runs), as_known_address(runs[0])):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def more(city: City, newcomers: int) -> Runs:
    """The story once more with other hospitals, on later days."""
    GreenChannel.objects.exclude(voided_at=None).update(voided_at=None, void_reason="")
    earlier = run_on(LATER, city.city, [GC17])
    GreenChannel.objects.update(voided_at=VOIDED_AT, void_reason="录错")
    day = LATER.replace(month=6)
    for number in range(newcomers):
        hospital(city, f"又一家{number}", starts_on=LATER.replace(month=5))
    return earlier, run_on(day, city.city, [GC17])
