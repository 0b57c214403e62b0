"""The data-quality pages: counts per region, the records of a check, and who sees what."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.tests.factories import make_person, make_signup, make_team
from institutions.models import InstitutionGrant
from institutions.tests.factories import LONG_AGO, make_health, make_licence
from targets.models import IndicatorRun, QualityFinding
from targets.quality import listing
from targets.quality.catalogue import CHECKS
from targets.quality.measure import finding_jobs, store_findings
from targets.snapshots import tree_of
from targets.tests.factories import DAY
from targets.tests.page_scene import DUE_DAY, Scene, browse_as, sign_in, store_run
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user

LIST = f"/quality/?as_of={DUE_DAY}"
EXPIRED = f"/quality/licence_expired/?as_of={DUE_DAY}"
GONE = f"/quality/signup_of_gone/?as_of={DUE_DAY}"


def check_again(run: IndicatorRun) -> IndicatorRun:
    """What take_snapshot does with the checks, within the test's own transaction."""
    tree = tree_of(run)
    store_findings(run, tree, [job() for job in finding_jobs(run, tree)])
    return run


@pytest.fixture
def checked(scene: Scene) -> IndicatorRun:
    """东区 2 家证照过期、1 个死者签约仍有效，西区 1 家证照过期。"""
    city = scene.city
    for region, number in ((city.east_street, 2), (city.west_street, 1)):
        for _ in range(number):
            make_licence(make_health(region, name="过期医院"), ends_on=date(2017, 6, 30))
    team = make_team(scene.hospitals[0], city.east_community)
    make_signup(make_person(city.east_community, died_on=DAY), team)
    return check_again(store_run(city.city, DUE_DAY))


def counts(page: object, check_id: str) -> list[tuple[str, int | None]]:
    lines = page.context["lines"]  # type: ignore[attr-defined]
    line = next(line for line in lines if line.check.id == check_id)
    return [(cell.region.name, cell.found) for cell in line.cells]


def test_the_list_counts_per_region_and_says_what_to_do(checked: IndicatorRun) -> None:
    page = browse_as(Role.CITY_HEALTH_CLERK).get(LIST)
    assert counts(page, "licence_expired") == [("测试市", 3), ("东区", 2), ("西区", 1)]
    assert counts(page, "signup_of_gone") == [("测试市", 1), ("东区", 1), ("西区", 0)]
    text = page.content.decode()
    for check in CHECKS:
        assert check.title in text
        assert check.remedy in text
    assert f"量度批次 {checked.pk}" in text
    assert str(DUE_DAY) in text
    assert all(word in text for word in ("提示", "警告", "严重"))


def test_who_sees_no_persons_gets_no_counts_of_one_or_two_of_them(checked: IndicatorRun) -> None:
    page = browse_as(Role.LEADER).get(LIST)
    assert counts(page, "licence_expired") == [("测试市", 3), ("东区", 2), ("西区", 1)]
    shown = {line.check.id for line in page.context["lines"]}
    assert shown == {check.id for check in CHECKS if not check.is_personal}


def test_a_run_without_checks_is_not_called_clean(scene: Scene) -> None:
    page = browse_as(Role.LEADER).get(LIST)
    assert counts(page, "licence_expired") == [("测试市", None), ("东区", None), ("西区", None)]
    assert "未查" in page.content.decode()


def test_a_district_clerk_sees_the_own_district_only(checked: IndicatorRun, scene: Scene) -> None:
    client = browse_as(Role.DISTRICT_HEALTH_CLERK, scene.city.east)
    assert counts(client.get(LIST), "licence_expired") == [("东区", 2), ("东街道", 2)]
    assert len(client.get(EXPIRED).context["page"].rows) == 2
    assert client.get(f"{EXPIRED}&region={scene.city.west.code}").status_code == 404


def test_an_institution_sees_its_own_records_and_no_counts(
    checked: IndicatorRun, scene: Scene
) -> None:
    expired = make_health(scene.city.west_street, name="自家医院")
    make_licence(expired, ends_on=date(2017, 6, 30))
    user = open_user(Role.INSTITUTION_REPORTER)
    InstitutionGrant.objects.create(user=user, institution=expired, starts_on=LONG_AGO)
    client = sign_in(user)
    assert client.get(LIST).context["columns"] == []
    page = client.get(EXPIRED)
    assert [row.cells[0] for row in page.context["page"].rows] == ["自家医院"]
    assert "量度时" not in page.content.decode()


@pytest.mark.parametrize(
    ("role", "licences", "persons"),
    [
        (Role.CITY_HEALTH_CLERK, 3, 1),
        (Role.CITY_HEALTH_REVIEWER, 3, 1),
        (Role.CITY_CIVIL_AFFAIRS_CLERK, 3, None),
        (Role.LEADER, None, None),
        (Role.BUREAU_LIAISON, None, None),
    ],
)
def test_who_sees_the_records_one_by_one(
    checked: IndicatorRun, role: Role, licences: int | None, persons: int | None
) -> None:
    client = browse_as(role)
    for address, expected in ((EXPIRED, licences), (GONE, persons)):
        page = client.get(address)
        if address == GONE and expected is None:
            assert page.status_code == 403
            continue
        shown = page.context["page"]
        assert (None if shown is None else len(shown.rows)) == expected
        assert page.context["stored"] == (3 if address == EXPIRED else 1)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
@pytest.mark.parametrize("address", [LIST, EXPIRED])
def test_administrators_have_no_business_here(
    checked: IndicatorRun, role: Role, address: str
) -> None:
    client = sign_in(open_user(role, with_code=True), with_code=True)
    assert client.get(address).status_code == 403


def test_people_are_shown_by_short_uid(checked: IndicatorRun) -> None:
    page = browse_as(Role.CITY_HEALTH_CLERK).get(GONE)
    assert len(page.context["page"].rows[0].cells[0]) == 8
    assert page.context["page"].rows[0].address == ""


@pytest.mark.parametrize(
    ("role", "licences", "persons"),
    [
        (Role.CITY_HEALTH_CLERK, 200, 403),
        (Role.CITY_HEALTH_REVIEWER, 200, 200),
        (Role.LEADER, 403, 403),
    ],
)
def test_who_may_download(checked: IndicatorRun, role: Role, licences: int, persons: int) -> None:
    client = browse_as(role)
    for check_id, status in (("licence_expired", licences), ("signup_of_gone", persons)):
        answer = client.get(f"/quality/{check_id}/export.csv?as_of={DUE_DAY}")
        assert answer.status_code == status


def test_the_file_holds_every_record_and_names_the_run(checked: IndicatorRun) -> None:
    hospital = make_health(checked.region, name="=1+1医院")
    make_licence(hospital, ends_on=date(2017, 6, 30))
    address = f"/quality/licence_expired/export.csv?as_of={DUE_DAY}"
    text = browse_as(Role.CITY_HEALTH_CLERK).get(address).content.decode("utf-8-sig")
    first, heading, *rows = text.strip().splitlines()
    assert f"量度批次 {checked.pk}" in first
    assert heading.startswith("机构,")
    assert len(rows) == 4
    assert "'=1+1医院" in text


def test_pages_follow_each_other_by_key(
    checked: IndicatorRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    client = browse_as(Role.CITY_HEALTH_CLERK)
    first = client.get(EXPIRED).context["page"]
    second = client.get(f"{EXPIRED}&after={first.after}").context["page"]
    assert (len(first.rows), len(second.rows), second.after) == (2, 1, None)


def test_a_correction_since_the_run_is_pointed_out(checked: IndicatorRun, scene: Scene) -> None:
    make_licence(make_health(scene.city.east_street), ends_on=date(2017, 6, 30))
    text = browse_as(Role.LEADER).get(EXPIRED).content.decode()
    assert "按今天的台账重查，是 4 条，量度时是 3 条" in text


@pytest.mark.parametrize(
    "address", ["/quality/no_such/", f"{EXPIRED}&after=x", f"{EXPIRED}&region=1", EXPIRED[:-1]]
)
def test_a_wrong_address_is_told_what_to_do(checked: IndicatorRun, address: str) -> None:
    assert browse_as(Role.CITY_HEALTH_CLERK).get(address).status_code == 404


def test_every_check_lists_as_many_records_as_it_counted(checked: IndicatorRun) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    for check in CHECKS:
        page = client.get(f"/quality/{check.id}/?as_of={DUE_DAY}")
        stored = QualityFinding.objects.filter(run=checked, check_id=check.id)
        listed = len(page.context["page"].rows)
        assert (check.id, sum(stored.values_list("found", flat=True))) == (check.id, listed)


def test_the_list_costs_the_same_for_one_finding_or_many(
    checked: IndicatorRun, scene: Scene
) -> None:
    client = browse_as(Role.LEADER)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for _ in range(20):
        make_licence(make_health(scene.city.east_street), ends_on=date(2017, 6, 30))
    check_again(store_run(scene.city.city, DUE_DAY))
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) == len(few)
