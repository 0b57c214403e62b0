"""Rows by the thousand: each answered, all or the good ones written, in a few statements."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from institutions.models import BedCount, Institution, InstitutionProfile
from institutions.tests.factories import make_elderly, make_filing, make_health
from targets.tests.factories import City, make_city
from yiyang.changelog.models import Change
from yiyang.tests.api.callers import Caller, make_caller

pytestmark = pytest.mark.django_db
WRITES = ("institutions", "licences", "beds", "occupancies")
DAY = "2026-03-31"
TABLES = ["institutions_institution", "institutions_institutionprofile"]


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def caller(city: City) -> Caller:
    return make_caller(writes=WRITES)


def homes(city: City, number: int, **fields: Any) -> list[dict[str, Any]]:
    return [
        {
            "code": f"MZ-{one:04d}",
            "starts_on": "2026-03-01",
            "name": f"第{one}养护中心",
            "region": city.east_street.code,
            "status": "OPERATING",
            "elderly_kind": "CARE_HOME",
            **fields,
        }
        for one in range(number)
    ]


def beds(code: str, **fields: Any) -> dict[str, Any]:
    key = {"register": "CIVIL_AFFAIRS", "basis": "ACTUAL", "counted_on": DAY}
    return {"institution": code, **key, "total": 50, **fields}


def statuses(answer: Any) -> list[str]:
    return [one["status"] for one in answer.json()["results"]]


def test_every_row_is_answered_in_its_place(caller: Caller, city: City) -> None:
    rows = homes(city, 3)
    assert statuses(caller.send("POST", "institutions/bulk/", {"rows": rows})) == ["new"] * 3
    rows[1]["name"] = "改名养护中心"
    answer = caller.send("POST", "institutions/bulk/", {"rows": [*rows, *homes(city, 4)[3:]]})
    assert statuses(answer) == ["unchanged", "changed", "unchanged", "new"]
    told = answer.json()
    assert told["counts"] == {
        "new": 1,
        "changed": 1,
        "unchanged": 2,
        "refused": 0,
        "needs_consent": 0,
    }
    assert told["results"][1]["key"] == {"code": "MZ-0001", "starts_on": "2026-03-01"}
    kept = InstitutionProfile.objects.kept()
    assert kept.get(institution__code="MZ-0001").name == "改名养护中心"


FAULTY: list[tuple[dict[str, Any], str, str, str]] = [
    ({"total": "50"}, "refused", "not_a_number", "#/rows/1/total"),
    ({"institution": "NOBODY"}, "refused", "not_found", "#/rows/1/institution"),
    ({"register": "HEALTH"}, "needs_consent", "needs_consent", "#/rows/1/register"),
    ({"voided_at": None}, "refused", "unknown_field", "#/rows/1/voided_at"),
]


@pytest.mark.parametrize(("fields", "status", "code", "pointer"), FAULTY)
def test_one_refused_row_keeps_all_from_being_written(
    caller: Caller, city: City, fields: dict[str, Any], status: str, code: str, pointer: str
) -> None:
    good, other = make_elderly(city.east_street), make_elderly(city.east_street)
    rows = [beds(good.code), beds(other.code, **fields), beds(other.code, basis="APPROVED")]
    whole = caller.send("POST", "beds/bulk/", {"rows": rows})
    told = whole.json()
    assert (whole.status_code, told["code"], told["applied"]) == (422, "rows_refused", False)
    assert [(one["code"], one["pointer"]) for one in told["errors"]] == [(code, pointer)]
    assert statuses(whole) == ["new", status, "new"]
    assert not BedCount.objects.exists()
    dry = caller.send("POST", "beds/bulk/?mode=rows&dry_run=1", {"rows": rows})
    assert (dry.status_code, dry.json()["applied"], statuses(dry)) == (200, False, statuses(whole))
    assert not BedCount.objects.exists()
    some = caller.send("POST", "beds/bulk/?mode=rows", {"rows": rows})
    assert (some.status_code, some.json()["applied"], statuses(some)) == (
        *(200, True),
        statuses(whole),
    )
    assert BedCount.objects.count() == 2


def test_a_rule_of_the_database_names_the_row_that_breaks_it(caller: Caller, city: City) -> None:
    free, taken = make_elderly(city.east_street), make_elderly(city.east_street)
    make_filing(taken)
    filing = {
        "kind": "ELDERLY_FILING",
        "starts_on": "2026-03-01",
        "number": "备1",
        "full_time_beds": 9,
    }
    rows = [{"institution": one.code, **filing} for one in (free, taken)]
    answer = caller.send("POST", "licences/bulk/?mode=rows", {"rows": rows})
    assert statuses(answer) == ["new", "refused"]
    [fault] = answer.json()["results"][1]["errors"]
    assert "请先截止原证照" in fault["detail"]


def test_the_same_row_twice_is_told(caller: Caller, city: City) -> None:
    house = make_elderly(city.east_street)
    answer = caller.send("POST", "beds/bulk/", {"rows": [beds(house.code), beds(house.code)]})
    assert [one["code"] for one in answer.json()["errors"]] == ["repeated"]


def test_several_days_of_one_institution_follow_each_other(caller: Caller, city: City) -> None:
    [first] = homes(city, 1)
    later = {**first, "starts_on": "2026-06-01", "name": "后来的名称"}
    answer = caller.send("POST", "institutions/bulk/", {"rows": [later, first]})
    assert statuses(answer) == ["new", "new"]
    spans = InstitutionProfile.objects.kept().order_by("starts_on").values_list("name", "ends_on")
    assert list(spans) == [("第0养护中心", date(2026, 5, 31)), ("后来的名称", None)]


def test_a_dry_run_leaves_no_trace(caller: Caller, city: City) -> None:
    before = Change.objects.count()
    rows = homes(city, 2)
    answer = caller.send("POST", "institutions/bulk/?dry_run=1", {"rows": rows})
    assert (statuses(answer), answer.json()["applied"]) == (["new", "new"], False)
    assert (Change.objects.count(), Institution.objects.count()) == (before, 0)


def test_requests_are_made_row_by_row(caller: Caller, city: City) -> None:
    hospital = make_health(city.east_street, name="东区医院", elderly_kind="CARE_HOME")
    rows = [
        *homes(city, 1),
        {"code": hospital.code, "starts_on": "2026-03-01", "level": 2, "elderly_grade": 2},
    ]
    answer = caller.send("POST", "institutions/bulk/?request_changes=1", {"rows": rows})
    [_, second] = answer.json()["results"]
    assert (second["status"], second["requests"][0]["fields"]) == ("changed", ["level"])


@pytest.mark.parametrize("path", ["institutions/bulk/", "beds/bulk/"])
def test_the_queries_do_not_grow_with_the_rows(caller: Caller, city: City, path: str) -> None:
    def queries(number: int, name: str) -> int:
        rows = homes(city, number, name=name)
        if path == "beds/bulk/":
            caller.send("POST", "institutions/bulk/", {"rows": rows})
            rows = [beds(one["code"], total=len(name)) for one in rows]
        with CaptureQueriesContext(connection) as seen:
            answer = caller.send("POST", path, {"rows": rows})
        assert answer.status_code == 200, answer.content.decode()
        return len(seen)

    few, many = queries(2, "甲"), queries(60, "甲")
    assert many <= few + 1
    assert queries(60, "乙乙") <= many + 2


def test_set_and_single_writes_leave_the_same_history(caller: Caller, city: City) -> None:
    """The statements for many rows do what the verb for one does."""

    def history(codes: list[str]) -> list[tuple[Any, ...]]:
        rows = InstitutionProfile.objects.filter(institution__code__in=codes)
        fields = ("name", "pinyin", "starts_on", "ends_on", "void_reason", "status")
        return list(rows.order_by("institution__code", "pk").values_list(*fields))

    steps = [
        {"name": "甲", "starts_on": "2026-03-01"},
        {"name": "乙", "starts_on": "2026-06-01"},
        {"name": "丙", "starts_on": "2026-04-01"},
        {"name": "丁", "starts_on": "2026-06-01"},
        {"name": "戊", "starts_on": "2026-01-01", "status": "PLANNED"},
    ]
    for step in steps:
        rows = homes(city, 4, **step)
        caller.send("POST", "institutions/bulk/", {"rows": rows[:2]})
        for row in rows[2:]:
            caller.send("PUT", f"institutions/{row['code']}/", row)
    together, alone = history(["MZ-0000", "MZ-0001"]), history(["MZ-0002", "MZ-0003"])
    assert together == alone
    assert len(together) > 2 * len(steps) - 2


def test_a_bulk_reaches_no_further_than_its_token(city: City) -> None:
    eastern = make_caller(writes=WRITES, regions=[city.east.code])
    west = make_elderly(city.west_street)
    rows = [
        *homes(city, 1),
        {**homes(city, 2)[1], "region": city.west_street.code},
        {**homes(city, 3)[2], "code": west.code},
    ]
    answer = eastern.send("POST", "institutions/bulk/?mode=rows", {"rows": rows})
    codes = [one["errors"][0]["code"] for one in answer.json()["results"][1:]]
    assert (statuses(answer)[0], codes) == ("new", ["out_of_scope", "not_found"])
