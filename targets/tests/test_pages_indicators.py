"""Indicator and record pages: a figure reaches its definition, its trend and its records."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.tests.factories import make_person, make_signup, make_team
from institutions.models import GreenChannel, Population
from institutions.tests.factories import make_health
from targets.explain import records
from targets.indicators.catalogue import CATALOGUE, CODES
from targets.models import IndicatorSnapshot
from targets.tests.page_scene import DUE_DAY, LATER_DAY, Scene, browse_as, sign_in, store_run
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user

RECORDS = f"/targets/GC17/standard/records/?as_of={DUE_DAY}"


def test_every_indicator_has_its_page(scene: Scene) -> None:
    client = browse_as(Role.LEADER)
    for code in CODES:
        response = client.get(f"/targets/{code}/?as_of={DUE_DAY}")
        page = response.content.decode()
        assert response.status_code == 200
        assert all(r.reading_title in page for r in CATALOGUE if r.code == code)
        assert response.context["main"].definition.digest[:12] in page


def test_the_page_explains_the_figure(scene: Scene) -> None:
    response = browse_as(Role.LEADER).get(f"/targets/GC17/?as_of={LATER_DAY}")
    page = response.content.decode()
    for text in ("66.67%", "4/6", "挂号、就诊、缴费、取药", "测政发〔2017〕1号", "到期结果"):
        assert text in page
    assert [(p.region.name, p.fraction) for p in response.context["parts"]] == [
        ("东区", "3/4"),
        ("西区", "1/2"),
    ]
    assert [point.as_of for point in response.context["trend"]] == [DUE_DAY, LATER_DAY]


@pytest.mark.parametrize(
    ("side", "outcome", "names", "contributions"),
    [
        ("numerator", "counted", 4, 4),
        ("numerator", "not_counted", 2, 0),
        ("numerator", "missing", 0, 0),
        ("numerator", "excluded", 1, 0),
        ("denominator", "counted", 6, 6),
        ("denominator", "excluded", 1, 0),
    ],
)
def test_the_records_add_up_to_the_figure(
    scene: Scene, side: str, outcome: str, names: int, contributions: int
) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    response = client.get(f"{RECORDS}&side={side}&outcome={outcome}")
    rows = response.context["page"].rows
    assert len(rows) == names
    assert sum(row.contribution for row in rows) == contributions
    assert response.context["total"] == response.context["stored"]
    assert not response.context["differs"]
    assert all(row.address.startswith("/institutions/") for row in rows)


def test_an_excluded_record_says_why(scene: Scene) -> None:
    page = browse_as(Role.CITY_HEALTH_CLERK).get(f"{RECORDS}&outcome=excluded").content.decode()
    assert "停业医院" in page
    assert "状态为停业" in page


@pytest.mark.parametrize(
    "key",
    [
        ("BD20", "city_sum"),
        ("FD17", "key_population"),
        ("HC90", "reachable"),
        ("PAIR", "total"),
        ("PJ05", "in_use"),
        ("TEAM", "standard"),
        ("HBED", "standard"),
    ],
)
@pytest.mark.parametrize("side", ["numerator", "denominator"])
def test_every_kind_of_record_has_its_list(scene: Scene, key: tuple[str, str], side: str) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    address = f"/targets/{key[0]}/{key[1]}/records/?as_of={DUE_DAY}&side={side}"
    response = client.get(address)
    assert response.status_code == 200
    for number in range(1, len(response.context["parts"])):
        assert client.get(f"{address}&part={number}").status_code == 200


def test_a_later_correction_is_admitted(scene: Scene) -> None:
    GreenChannel.objects.filter(institution=scene.hospitals[0]).update(
        voided_at="2026-01-01T00:00Z", void_reason="登记有误"
    )
    response = browse_as(Role.CITY_HEALTH_CLERK).get(RECORDS)
    assert (response.context["total"], response.context["stored"]) == (3, 4)
    assert "台账其后有更正" in response.content.decode()


def test_pages_of_records_follow_by_key(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "PAGE_SIZE", 3)
    client = browse_as(Role.CITY_HEALTH_CLERK)
    first = client.get(RECORDS).context["page"]
    second = client.get(f"{RECORDS}&after={first.after}").context["page"]
    assert (len(first.rows), len(second.rows), second.after) == (3, 1, None)
    assert not {row.address for row in first.rows} & {row.address for row in second.rows}


def sign_someone_up(scene: Scene) -> Any:
    person = make_person(scene.city.east_community)
    Population.objects.create(
        region=scene.city.city, group="AGED_65", basis="USUAL",
        counted_on="2016-09-30", people=10, source="测试",
    )  # fmt: skip
    signup = make_signup(person, make_team(scene.hospitals[0]))
    store_run(scene.city.city, DUE_DAY, codes=("FD17",))
    return signup


def test_persons_are_listed_without_names_to_those_who_may(scene: Scene) -> None:
    signup = sign_someone_up(scene)
    address = f"/targets/FD17/aged_65_plus/records/?as_of={DUE_DAY}"
    clerk = browse_as(Role.CITY_HEALTH_CLERK).get(address)
    assert clerk.context["page"].rows[0].cells[0] == str(signup.uid)[:8]
    assert browse_as(Role.LEADER).get(address).status_code == 404, "一个人的数，领导看不到"
    for _ in range(4):
        make_signup(make_person(scene.city.east_community), signup.team)
    store_run(scene.city.city, DUE_DAY, codes=("FD17",))
    leader = browse_as(Role.LEADER).get(address)
    assert leader.context["page"] is None
    assert leader.context["part"].on(records.Shelf.COUNTED) == 5
    assert str(signup.uid)[:8] not in leader.content.decode()
    assert "您的角色只看到条数" in leader.content.decode()


def test_a_leader_sees_counts_but_no_institutions(scene: Scene) -> None:
    response = browse_as(Role.LEADER).get(RECORDS)
    assert response.context["page"] is None
    assert "测试机构" not in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/targets/XX99/",
        "/targets/GC17/nothing/records/",
        "/targets/GC17/standard/records/?side=middle",
        "/targets/GC17/standard/records/?outcome=all",
        "/targets/GC17/standard/records/?after=x",
        "/targets/GC17/standard/records/?after=99999999999999999999",
        "/targets/GC17/standard/records/?part=7",
        "/targets/GC17/?as_of=2031-01-01",
    ],
)
def test_a_wrong_address_is_404_with_a_reason(scene: Scene, address: str) -> None:
    response = browse_as(Role.CITY_HEALTH_CLERK).get(address)
    assert response.status_code == 404
    assert "没有找到" in response.content.decode()


def test_a_district_cannot_read_another_ones_records(scene: Scene) -> None:
    client = browse_as(Role.DISTRICT_CIVIL_AFFAIRS_CLERK, scene.city.east)
    assert client.get(f"{RECORDS}&region={scene.city.east.code}").status_code == 200
    assert client.get(f"{RECORDS}&region={scene.city.west.code}").status_code == 404
    assert client.get(f"/targets/GC17/?region={scene.city.city.code}").status_code == 404


@pytest.mark.parametrize(
    ("role", "own_page"),
    [
        (Role.SYSTEM_ADMIN, "/mail/outbox/"),
        (Role.SECURITY_ADMIN, "/accounts/"),
        (Role.AUDIT_ADMIN, "/audit/"),
    ],
)
def test_administrators_do_no_business(scene: Scene, role: Role, own_page: str) -> None:
    client = sign_in(open_user(role, with_code=True), with_code=True)
    for address in ("/targets/", "/targets/indicators/", "/targets/GC17/", RECORDS):
        response = client.get(address)
        assert response.status_code == 403
        assert "无权访问" in response.content.decode()
    assert client.get("/").headers["Location"] == own_page


def test_the_overview_holds_every_reading(scene: Scene) -> None:
    response = browse_as(Role.LEADER).get(f"/targets/indicators/?as_of={DUE_DAY}")
    assert [row.indicator.key for row in response.context["rows"]] == [r.key for r in CATALOGUE]
    stored = IndicatorSnapshot.objects.filter(run__as_of=DUE_DAY, region=scene.city.city).count()
    assert stored == len(CATALOGUE)


def test_record_pages_ask_as_much_for_few_as_for_many(scene: Scene) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)

    def asked() -> int:
        client.get(RECORDS)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{RECORDS}&outcome=not_counted")
        return len(queries)

    few = asked()
    for _ in range(30):
        make_health(scene.city.east_street)
    assert asked() == few
