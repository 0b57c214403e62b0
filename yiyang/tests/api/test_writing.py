"""Writing one record: what the caller keeps at once, what the other office keeps by request."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from institutions.models import (
    BedCount,
    ChangeRequest,
    Institution,
    InstitutionProfile,
    Licence,
    Occupancy,
)
from institutions.requests import send_back
from institutions.tests.factories import (
    make_beds,
    make_elderly,
    make_filing,
    make_health,
    make_profile,
)
from targets.tests.factories import City, make_city
from yiyang.access.roles import Role
from yiyang.access.scope import known_actor
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.models import Change
from yiyang.tests.api.callers import Caller, make_caller

pytestmark = pytest.mark.django_db
WRITES = ("institutions", "licences", "beds", "occupancies")
FROM = "2026-03-01"
DAY = date(2026, 3, 1)


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def caller(city: City) -> Caller:
    return make_caller(writes=WRITES)


@pytest.fixture
def eastern(city: City) -> Caller:
    return make_caller(writes=WRITES, regions=[city.east.code])


def home(city: City, **fields: Any) -> dict[str, Any]:
    return {
        "starts_on": FROM,
        "name": "东区养护中心",
        "region": city.east_street.code,
        "status": "OPERATING",
        "elderly_kind": "CARE_HOME",
        **fields,
    }


def test_a_new_institution_is_entered_and_read_back(caller: Caller, city: City) -> None:
    answer = caller.send("PUT", "institutions/MZ-001/", home(city, ownership="PUBLIC"))
    told = answer.json()
    assert (answer.status_code, told["result"]["status"]) == (201, "new")
    assert answer["Location"] == "/api/v1/institutions/MZ-001/"
    read = caller.get("institutions/MZ-001/")
    assert read.json() == told["document"]
    assert read["ETag"] == answer["ETag"]
    change = Change.objects.filter(table_name="institutions_institutionprofile").latest("pk")
    assert change.batch == f"api:{answer['X-Request-ID']}"
    assert change.actor_id == caller.token.user_id


def test_the_same_again_changes_nothing_and_another_day_follows_on(
    caller: Caller, city: City
) -> None:
    caller.send("PUT", "institutions/MZ-001/", home(city))
    again = caller.send("PUT", "institutions/MZ-001/", home(city))
    assert (again.status_code, again.json()["result"]["status"]) == (200, "unchanged")
    later = {"starts_on": "2026-06-01", "name": "东区新养护中心"}
    changed = caller.send("PUT", "institutions/MZ-001/", later).json()
    assert changed["result"]["status"] == "changed"
    # 没写的照旧。
    assert changed["document"]["elderly_kind"] == "CARE_HOME"
    spans = InstitutionProfile.objects.kept().values_list("name", "starts_on", "ends_on")
    assert list(spans.order_by("starts_on")) == [
        ("东区养护中心", DAY, date(2026, 5, 31)),
        ("东区新养护中心", date(2026, 6, 1), None),
    ]


@pytest.mark.parametrize(
    ("fields", "status", "code", "pointer"),
    [
        ({"name": None}, 400, "null", "#/name"),
        ({"name": ""}, 400, "blank", "#/name"),
        ({"name": 5}, 400, "not_text", "#/name"),
        ({"name": "a\u0007"}, 400, "control_character", "#/name"),
        ({"name": "长" * 101}, 400, "max_length", "#/name"),
        ({"status": "OPEN"}, 400, "invalid_choice", "#/status"),
        ({"status": 1}, 400, "invalid_choice", "#/status"),
        ({"elderly_grade": True}, 400, "invalid_choice", "#/elderly_grade"),
        ({"elderly_grade": "3"}, 400, "invalid_choice", "#/elderly_grade"),
        ({"starts_on": "2026-3-1"}, 400, "not_a_date", "#/starts_on"),
        ({"starts_on": 20260301}, 400, "not_a_date", "#/starts_on"),
        ({"starts_on": "0001-01-01"}, 400, "not_a_date", "#/starts_on"),
        ({"credit_code": "911234567890123456"}, 400, "bad_credit_code", "#/credit_code"),
        ({"region": "15"}, 400, "bad_code", "#/region"),
        ({"region": "999999999999"}, 400, "not_found_region", "#/region"),
        ({"host": "NOBODY-1"}, 400, "not_found_host", "#/host"),
        ({"code": "MZ-002"}, 400, "other_key", "#/code"),
        ({"category": "A100"}, 409, "needs_consent", "#/category"),
        # 不归调用方写的，一概不认。
        ({"id": 1}, 400, "unknown_field", "#/id"),
        ({"uid": "0" * 32}, 400, "unknown_field", "#/uid"),
        ({"voided_at": None}, 400, "unknown_field", "#/voided_at"),
        ({"ends_on": FROM}, 400, "unknown_field", "#/ends_on"),
        ({"institution": "MZ-002"}, 400, "unknown_field", "#/institution"),
        ({"pinyin": "x"}, 400, "unknown_field", "#/pinyin"),
    ],
)
def test_what_is_wrong_is_pointed_at(
    caller: Caller, city: City, fields: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    answer = caller.send("PUT", "institutions/MZ-001/", home(city, **fields))
    assert answer.status_code == status, answer.content.decode()
    assert [(one["code"], one["pointer"]) for one in answer.json()["errors"]] == [(code, pointer)]
    assert not Institution.objects.exists()


def test_a_new_institution_says_all_it_must(caller: Caller) -> None:
    told = caller.send("PUT", "institutions/MZ-001/", {"starts_on": FROM}).json()
    assert [one["pointer"] for one in told["errors"]] == [
        *("#/name", "#/region", "#/status", "#/elderly_kind")
    ]


def test_a_token_of_the_east_writes_the_east_only(eastern: Caller, city: City) -> None:
    west = make_elderly(city.west_street)
    body = home(city)
    assert eastern.send("PUT", f"institutions/{west.code}/", body).status_code == 404
    outside = eastern.send("PUT", "institutions/MZ-9/", home(city, region=city.west_street.code))
    assert [one["code"] for one in outside.json()["errors"]] == ["out_of_scope"]
    east = make_elderly(city.east_street)
    moved = {"starts_on": FROM, "region": city.west_street.code}
    assert eastern.send("PUT", f"institutions/{east.code}/", moved).status_code == 400
    assert eastern.send("PUT", "institutions/MZ-1/", body).status_code == 201
    for path, more in REPORTS:
        report = {"institution": west.code, **more}
        assert eastern.send("POST", path, report).status_code == 404, path


def test_an_institution_that_opens_later_is_found_again(eastern: Caller, city: City) -> None:
    body = home(city, starts_on="2199-01-01")
    first = eastern.send("PUT", "institutions/MZ-1/", body)
    assert (first.status_code, first.json()["document"]) == (201, None)
    assert eastern.send("PUT", "institutions/MZ-1/", body).json()["result"]["status"] == "unchanged"


def test_a_token_writes_what_it_carries_and_nothing_else(city: City) -> None:
    reader = make_caller()
    assert reader.send("PUT", "institutions/MZ-1/", home(city)).status_code == 403
    beds_only = make_caller(writes=["beds"])
    assert beds_only.send("PUT", "institutions/MZ-1/", home(city)).status_code == 403


REPORTS = (
    (
        "licences/",
        {"kind": "ELDERLY_FILING", "starts_on": FROM, "number": "备1", "full_time_beds": 50},
    ),
    (
        "beds/",
        {"register": "CIVIL_AFFAIRS", "basis": "ACTUAL", "counted_on": "2026-03-31", "total": 50},
    ),
    ("occupancies/", {"counted_on": "2026-03-31", "occupants": 40, "dependent": 5}),
)


@pytest.mark.parametrize(("path", "body"), REPORTS)
def test_reports_are_told_apart_by_their_natural_key(
    caller: Caller, city: City, path: str, body: dict[str, Any]
) -> None:
    body = {"institution": make_elderly(city.east_street).code, **body}
    first = caller.send("POST", path, body)
    assert first.status_code == 201, first.content.decode()
    assert caller.get(first["Location"].removeprefix("/api/v1/")).json() == first.json()["document"]
    assert caller.send("POST", path, body).json()["result"]["status"] == "unchanged"
    name = "number" if path == "licences/" else "total" if path == "beds/" else "occupants"
    changed = caller.send("POST", path, {**body, name: "备2" if name == "number" else 60})
    assert changed.json()["result"]["status"] == "changed"
    model: Any = {"licences/": Licence, "beds/": BedCount, "occupancies/": Occupancy}[path]
    assert (model.objects.kept().count(), model.objects.count()) == (1, 2)


def test_a_correction_keeps_what_it_does_not_say(caller: Caller, city: City) -> None:
    key = {"institution": make_elderly(city.east_street).code, **REPORTS[1][1]}
    caller.send("POST", "beds/", {**key, "nursing": 20})
    told = caller.send("POST", "beds/", {**key, "total": 55}).json()
    assert (told["document"]["total"], told["document"]["nursing"]) == (55, 20)


@pytest.mark.parametrize(
    ("path", "fields", "status", "code"),
    [
        ("licences/", {"kind": "MEDICAL_LICENCE"}, 409, "needs_consent"),
        ("licences/", {"ends_on": "2025-01-01"}, 400, "invalid"),
        ("beds/", {"register": "HEALTH"}, 409, "needs_consent"),
        ("beds/", {"total": -1}, 400, "min_value"),
        ("beds/", {"total": 2**31}, 400, "max_value"),
        ("beds/", {"total": 5.0}, 400, "not_a_number"),
        ("beds/", {"total": True}, 400, "not_a_number"),
        ("occupancies/", {"counted_on": "2026-03-30"}, 400, "invalid"),
        ("occupancies/", {"dependent": 41}, 400, "invalid"),
    ],
)
def test_a_report_the_register_could_not_hold_is_refused(
    caller: Caller, city: City, path: str, fields: dict[str, Any], status: int, code: str
) -> None:
    body = {"institution": make_elderly(city.east_street).code, **dict(REPORTS)[path], **fields}
    answer = caller.send("POST", path, body)
    assert answer.status_code == status, answer.content.decode()
    assert {one["code"] for one in answer.json()["errors"]} == {code}


def test_a_filing_over_another_is_refused_in_chinese(caller: Caller, city: City) -> None:
    house = make_elderly(city.east_street)
    make_filing(house)
    told = caller.send("POST", "licences/", {"institution": house.code, **REPORTS[0][1]}).json()
    assert "请先截止原证照" in told["errors"][0]["detail"]


def both_sides(city: City) -> Institution:
    """A home that is a hospital too: its name needs the other office's consent."""
    profile = make_profile(
        city.east_street, elderly_kind="CARE_HOME", category="A100", name="东区医养中心"
    )
    return profile.institution


def test_what_the_other_side_keeps_is_never_changed_silently(caller: Caller, city: City) -> None:
    both = both_sides(city)
    body = {"starts_on": FROM, "name": "东区新医养中心", "elderly_grade": 3}
    answer = caller.send("PUT", f"institutions/{both.code}/", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "needs_consent")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/name"]
    assert InstitutionProfile.objects.kept().get().elderly_grade is None
    assert not ChangeRequest.objects.exists()


def test_a_request_is_made_once_and_its_answer_read(caller: Caller, city: City) -> None:
    both = both_sides(city)
    path = f"institutions/{both.code}/?request_changes=1"
    body = {"starts_on": FROM, "name": "东区新医养中心", "elderly_grade": 3}
    told = caller.send("PUT", path, body).json()
    [asked] = told["result"]["requests"]
    assert told["result"]["status"] == "changed"
    assert (asked["side"], asked["fields"], asked["is_new"]) == ("health", ["name"], True)
    now = InstitutionProfile.objects.kept().latest("starts_on")
    assert (now.name, now.elderly_grade) == ("东区医养中心", 3)
    again = caller.send("PUT", path, body).json()["result"]
    assert again["status"] == "unchanged"
    assert [(one["uid"], one["is_new"]) for one in again["requests"]] == [(asked["uid"], False)]
    other = caller.send("PUT", path, {**body, "name": "另一个名称"})
    assert [one["code"] for one in other.json()["errors"]] == ["request_pending"]
    reviewer = open_user(Role.CITY_HEALTH_REVIEWER)
    answer = known_actor(reviewer.pk, reviewer.role, DAY)
    send_back(by=answer, request=ChangeRequest.objects.get(), answer="请附更名批复")
    seen = caller.get(f"change-requests/{asked['uid']}/").json()
    assert (seen["state"], seen["answer"]) == ("returned", "请附更名批复")
    tired = caller.send("PUT", path, body)
    assert [one["code"] for one in tired.json()["errors"]] == ["request_returned"]
    anew = caller.send("PUT", path, {**body, "reason": "民政发〔2026〕3号"}).json()
    assert anew["result"]["requests"][0]["uid"] != asked["uid"]
    assert len(caller.results("change-requests/", state="pending")) == 1


def test_a_hospital_is_not_ours_to_rename(caller: Caller, city: City) -> None:
    hospital = make_health(city.east_street, name="东区医院")
    body = {"starts_on": FROM, "name": "某养老院"}
    assert caller.send("PUT", f"institutions/{hospital.code}/", body).status_code == 409
    assert InstitutionProfile.objects.kept().get().name == "东区医院"


def test_requests_elsewhere_are_not_seen(caller: Caller, eastern: Caller, city: City) -> None:
    profile = make_profile(city.west_street, elderly_kind="CARE_HOME", category="A100")
    path = f"institutions/{profile.institution.code}/?request_changes=1"
    [asked] = caller.send("PUT", path, {"starts_on": FROM, "name": "西区"}).json()["result"][
        "requests"
    ]
    assert caller.get(f"change-requests/{asked['uid']}/").status_code == 200
    assert eastern.get(f"change-requests/{asked['uid']}/").status_code == 404
    assert eastern.results("change-requests/") == []


def test_a_record_changed_meanwhile_is_not_overwritten(caller: Caller, city: City) -> None:
    house = make_elderly(city.east_street, name="东区敬老院")
    path = f"institutions/{house.code}/"
    seen = caller.get(path)["ETag"]
    first = caller.send("PUT", path, {"starts_on": FROM, "name": "甲"}, If_Match=seen)
    assert first.status_code == 200
    stale = caller.send("PUT", path, {"starts_on": FROM, "name": "乙"}, If_Match=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "changed_meanwhile")
    fresh = caller.send("PUT", path, {"starts_on": FROM, "name": "乙"}, If_Match=first["ETag"])
    assert fresh.status_code == 200
    taken = caller.send("PUT", path, {"starts_on": FROM, "name": "丙"}, If_None_Match="*")
    assert taken.status_code == 412
    unknown = caller.send("PUT", "institutions/MZ-9/", home(city), If_Match="*")
    assert unknown.status_code == 412


def test_the_same_holds_for_reports(caller: Caller, city: City) -> None:
    beds = make_beds(make_elderly(city.east_street), date(2026, 3, 31), 50)
    seen = caller.get(f"beds/{beds.pk}/")["ETag"]
    body = {"institution": beds.institution.code, **REPORTS[1][1], "total": 51}
    assert caller.send("POST", "beds/", body, If_Match='"other"').status_code == 412
    assert caller.send("POST", "beds/", body, If_Match=seen).status_code == 200


def test_a_dry_run_says_the_same_and_writes_nothing(caller: Caller, city: City) -> None:
    before = Change.objects.count()
    told = caller.send("PUT", "institutions/MZ-1/?dry_run=1", home(city)).json()
    assert (told["dry_run"], told["result"]["status"], told["document"]) == (True, "new", None)
    assert Change.objects.count() == before
    assert not Institution.objects.exists()


def test_a_closed_home_with_agreements_is_settled_on_the_page(caller: Caller, city: City) -> None:
    from contracts.tests.factories import make_agreement  # noqa: PLC0415

    house = make_elderly(city.east_street)
    make_agreement(make_health(city.east_street), house)
    body = {"starts_on": (DAY + timedelta(days=1)).isoformat(), "status": "SUSPENDED"}
    answer = caller.send("PUT", f"institutions/{house.code}/", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (409, "#/status")


def test_a_home_in_house_names_its_host(caller: Caller, city: City) -> None:
    host = make_health(city.east_street)
    told = caller.send("PUT", "institutions/MZ-1/", home(city, host=host.code)).json()
    assert told["document"]["host"] == host.code


def test_a_merged_institution_names_the_one_it_went_into(
    caller: Caller, eastern: Caller, city: City
) -> None:
    kept, gone = make_elderly(city.east_street), make_elderly(city.east_street)
    Institution.objects.filter(pk=gone.pk).update(
        merged_into=kept, voided_at=timezone.now(), void_reason="并入"
    )
    report = {"institution": gone.code, **REPORTS[1][1]}
    for one in (caller, eastern):
        for answer in (
            one.send("PUT", f"institutions/{gone.code}/", home(city)),
            one.send("POST", "beds/", report),
        ):
            [fault] = answer.json()["errors"]
            assert (answer.status_code, fault["code"]) == (409, "merged")
            assert kept.code in fault["detail"]
    InstitutionProfile.objects.filter(institution=kept).update(region=city.west_street)
    assert eastern.send("POST", "beds/", report).status_code == 404
