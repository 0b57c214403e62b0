"""The whole register of a month: received, worked through, answered with a receipt; reconciled."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from institutions.models import (
    BedCount,
    Institution,
    InstitutionProfile,
    Occupancy,
    RegisterUpload,
    UploadRow,
    UploadState,
)
from institutions.tests.factories import make_beds, make_elderly, make_profile
from institutions.uploads import running
from institutions.uploads.matching import likeness, plain_name
from targets.tests.factories import City, make_city
from yiyang.api.tokens import revoke_token
from yiyang.changelog.context import SYSTEM
from yiyang.changelog.models import ChangeNumber
from yiyang.tests.api.callers import API, Caller, make_caller

pytestmark = pytest.mark.django_db
MONTH, END = "2026-03", date(2026, 3, 31)
SEND = f"uploads/?month={MONTH}"
READS = ("uploads", "reconciliations")


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def caller(city: City) -> Caller:
    return make_caller(writes=["uploads"], reads=READS)


def row(city: City, code: str, **fields: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"{code}养护中心",
        "region": city.east_street.code,
        "status": "OPERATING",
        "elderly_kind": "CARE_HOME",
        "beds": {"total": 50, "nursing": 20},
        "occupancy": {"occupants": 40},
        **fields,
    }


def home(city: City, name: str, street: Any = None, **fields: Any) -> Institution:
    return make_elderly(street or city.east_street, name=name, **fields)


def send(caller: Caller, rows: list[Any], path: str = SEND) -> Any:
    """Send the rows and work them through, as the worker does after the commit."""
    answer = caller.send("POST", path, {"rows": rows})
    work_through()
    return answer


def work_through() -> None:
    for key in running.waiting():
        running.run(key, day=timezone.localdate(), at=timezone.now)


def receipt(caller: Caller, answer: Any) -> dict[str, Any]:
    path = answer["Location"].removeprefix(API)
    found: dict[str, Any] = caller.get(path).json()
    return found


def results(caller: Caller, answer: Any, **query: Any) -> list[dict[str, Any]]:
    return caller.results(f"{answer['Location'].removeprefix(API)}rows/", **query)


def test_a_register_is_received_worked_through_and_receipted(caller: Caller, city: City) -> None:
    rows = [row(city, "MZ-1"), row(city, "MZ-2"), row(city, "MZ-3", name=5)]
    answer = send(caller, rows)
    assert answer.status_code == 202, answer.content.decode()
    assert answer.json()["state"] == "RECEIVED"
    told = receipt(caller, answer)
    assert (told["state"], told["month"], told["rows"]) == ("DONE", MONTH, 3)
    assert (told["counts"]["new"], told["counts"]["refused"]) == (2, 1)
    content = json.dumps({"rows": rows}, ensure_ascii=False).encode()
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    found = results(caller, answer, limit=2)
    assert [(one["row"], one["status"]) for one in found] == [
        (0, "new"),
        (1, "new"),
        (2, "refused"),
    ]
    assert [one["pointer"] for one in found[2]["errors"]] == ["#/rows/2/name"]
    assert results(caller, answer, status="refused") == found[2:]
    assert (BedCount.objects.count(), Occupancy.objects.count()) == (2, 2)
    profile = InstitutionProfile.objects.get(institution__code="MZ-1")
    assert (profile.name, profile.starts_on) == ("MZ-1养护中心", END)


def test_the_receipt_names_the_numbers_of_what_changed(caller: Caller, city: City) -> None:
    answer = send(caller, [row(city, "MZ-1")])
    told = receipt(caller, answer)
    assert told["changes"] == 4  # 机构、概况、床位、在住各一条
    upload = RegisterUpload.objects.get()
    numbers = ChangeNumber.objects.filter(change__batch=f"upload:{upload.pk}")
    assert min(one.first_number for one in numbers) == told["first_number"]
    assert max(one.last_number for one in numbers) == told["last_number"]


def test_the_same_content_again_changes_nothing(caller: Caller, city: City) -> None:
    first = send(caller, [row(city, "MZ-1")])
    numbered = ChangeNumber.objects.count()
    again = send(caller, [row(city, "MZ-1")])
    assert (again.status_code, again.json()) == (200, receipt(caller, first))
    other = send(caller, [row(city, "MZ-1", is_new=False)])
    assert receipt(caller, other)["counts"]["unchanged"] == 1
    assert receipt(caller, other)["changes"] == 0
    assert ChangeNumber.objects.count() == numbered


def test_lines_do_as_well(caller: Caller, city: City) -> None:
    lines = "\n".join(json.dumps(row(city, code)) for code in ("MZ-1", "MZ-2"))
    answer = caller.client.generic(
        "POST",
        f"{API}{SEND}",
        lines,
        content_type="application/x-ndjson",
        headers={"Authorization": f"Bearer {caller.text}"},
    )
    work_through()
    assert receipt(caller, answer)["counts"]["new"] == 2


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("uploads/", {"rows": [{}]}, 400, "invalid"),
        ("uploads/?month=2026-3", {"rows": [{}]}, 400, "invalid"),
        ("uploads/?month=2026-13", {"rows": [{}]}, 400, "invalid"),
        ("uploads/?month=1999-12", {"rows": [{}]}, 400, "invalid"),
        ("uploads/?month=2199-12", {"rows": [{}]}, 422, "upload_refused"),
        (f"{SEND}&dry_run=1", {"rows": [{}]}, 400, "unknown_parameter"),
        (SEND, {"rows": []}, 400, "invalid"),
        (SEND, {"rows": {}}, 400, "invalid"),
        (SEND, {"rows": [{}], "month": MONTH}, 400, "invalid"),
        (SEND, [], 400, "invalid"),
    ],
)
def test_what_is_no_register_is_refused(
    caller: Caller, path: str, body: Any, status: int, code: str
) -> None:
    answer = caller.send("POST", path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not RegisterUpload.objects.exists()


def test_rows_that_are_none_are_answered_like_others(caller: Caller, city: City) -> None:
    rows: list[Any] = [None, 5, [], {}, {"code": "x" * 500}, row(city, "MZ-1"), row(city, "MZ-1")]
    answer = send(caller, rows)
    told = results(caller, answer)
    assert [one["status"] for one in told] == [*["refused"] * 5, "new", "refused"]


@pytest.mark.parametrize(("sent", "status"), [(8, 202), (7, 422)])
def test_half_a_register_is_refused(caller: Caller, city: City, sent: int, status: int) -> None:
    rows = [row(city, f"MZ-{number}") for number in range(10)]
    send(caller, rows)
    later = "uploads/?month=2026-04"
    answer = caller.send("POST", later, {"rows": rows[:sent]})
    assert answer.status_code == status, answer.content.decode()
    short = caller.send("POST", f"{later}&accept_short=1", {"rows": rows[:sent]})
    assert short.status_code in {200, 202}


def test_the_first_register_is_measured_against_ours(caller: Caller, city: City) -> None:
    for number in range(10):
        home(city, f"第{number}敬老院")
    answer = caller.send("POST", SEND, {"rows": [row(city, "MZ-1")]})
    assert (answer.status_code, answer.json()["code"]) == (422, "upload_refused")
    assert "10 行" in answer.json()["detail"]


def test_a_likely_double_is_not_entered(caller: Caller, city: City) -> None:
    ours = home(city, "东区夕阳红养护中心")
    near = row(city, "MZ-1", name="东区夕阳红养护中心（新址）")
    answer = send(caller, [near])
    [told] = results(caller, answer)
    assert [one["code"] for one in told["errors"]] == ["probable_match"]
    assert ours.code in told["errors"][0]["detail"]
    assert Institution.objects.count() == 1
    sure = send(caller, [{**near, "is_new": True}])
    assert [one["status"] for one in results(caller, sure)] == ["new"]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("东区夕阳红养护中心", "东区夕阳红养护中心", 100),
        ("东区 夕阳红（养护）中心", "东区夕阳红养护中心", 100),
        ("东区夕阳红养护中心", "东区夕阳红养老中心", 88),
        ("第一敬老院", "第二敬老院", 80),
        ("东区敬老院", "西区颐养中心", 18),
        ("甲", "甲乙", 0),
        ("", "", 0),
    ],
)
def test_how_alike_names_are(one: str, other: str, alike: int) -> None:
    assert likeness(plain_name(one), plain_name(other)) == alike


def test_what_the_other_side_keeps_is_asked_for_if_wished(caller: Caller, city: City) -> None:
    both = make_profile(city.east_street, elderly_kind="CARE_HOME", category="A100", name="甲")
    rows = [row(city, both.institution.code, name="乙")]
    first = send(caller, rows)
    [told] = results(caller, first)
    assert (told["status"], BedCount.objects.count()) == ("needs_consent", 1)
    asked = send(caller, rows, f"{SEND}&request_changes=1")
    # 同样的内容不再处理；换了月份再报，才代为提出。
    assert asked.status_code == 200
    later = "uploads/?month=2026-04&request_changes=1"
    again = send(caller, rows, later)
    [told] = results(caller, again)
    assert told["requests"][0]["fields"] == ["name"]


def test_a_token_taken_back_meanwhile_writes_nothing(caller: Caller, city: City) -> None:
    answer = caller.send("POST", SEND, {"rows": [row(city, "MZ-1")]})
    revoke_token(by=SYSTEM, token=caller.token, at=timezone.now(), reason="停用")
    upload = RegisterUpload.objects.get()
    running.run(upload.pk, day=timezone.localdate(), at=timezone.now)
    upload.refresh_from_db()
    assert (answer.status_code, upload.state) == (202, UploadState.FAILED)
    assert not Institution.objects.exists()


def test_running_twice_is_running_once(caller: Caller, city: City) -> None:
    send(caller, [row(city, "MZ-1")])
    before = RegisterUpload.objects.values().get()
    running.run(before["id"], day=timezone.localdate(), at=timezone.now)
    assert RegisterUpload.objects.values().get() == before


def test_a_token_of_the_east_reaches_no_further(city: City) -> None:
    eastern = make_caller(writes=["uploads"], reads=READS, regions=[city.east.code])
    rows = [row(city, "MZ-1"), row(city, "MZ-2", region=city.west_street.code)]
    answer = send(eastern, rows)
    assert receipt(eastern, answer)["counts"]["refused"] == 1
    assert [one["row"] for one in results(eastern, answer)] == [0]
    assert Institution.objects.get().code == "MZ-1"
    other = make_caller(reads=READS)
    for path in (f"{answer['Location'].removeprefix(API)}", f"reconciliations/{uid(answer)}/"):
        assert other.get(path).status_code == 404
    reader = make_caller(reads=["institutions"], user=eastern.token.user)
    assert reader.get(f"reconciliations/{uid(answer)}/").status_code == 403


def uid(answer: Any) -> str:
    return str(answer.json()["uid"])


def reconciled(caller: Caller, answer: Any) -> dict[str, Any]:
    found = caller.get(f"reconciliations/{uid(answer)}/")
    assert found.status_code == 200, found.content.decode()
    told: dict[str, Any] = found.json()
    return told


def test_the_two_lists_are_held_against_each_other(caller: Caller, city: City) -> None:
    same, only_ours = home(city, "甲敬老院"), home(city, "乙敬老院")
    home(city, "已注销的", status="CLOSED")
    near = home(city, "东区夕阳红养护中心", city.east_street)
    dual = make_profile(
        city.east_street, elderly_kind="CARE_HOME", category="A100", name="丙医养中心"
    ).institution
    make_beds(dual, END, 99)
    rows = [
        row(city, same.code, name="甲敬老院"),
        row(city, dual.code, name="丙新名称", beds={"total": 80}),
        row(city, "MZ-1", name="东区夕阳红养护中心(东)"),
        row(city, "MZ-2", region=city.west_street.code, name="丁", host="x"),
    ]
    answer = send(caller, rows)
    BedCount.objects.filter(institution=dual, voided_at=None).update(total=81)
    told = reconciled(caller, answer)
    assert told["counts"] == {
        "agreed": 1,
        "ours_only": 1,
        "theirs_only": 1,
        "conflicting": 1,
        "probable": 1,
    }
    assert [one["code"] for one in told["ours_only"]] == [only_ours.code]
    [missing] = told["theirs_only"]
    assert (missing["code"], "没有“host”这个字段" in missing["why"]) == ("MZ-2", True)
    [differing] = told["conflicting"]
    shown = [(one["field"], one["ours"], one["theirs"]) for one in differing["differences"]]
    assert shown == [("name", "丙医养中心", "丙新名称"), ("beds/total", "81", "80")]
    assert "修改申请" in differing["differences"][0]["advice"]
    [likely] = told["probable"]
    assert (likely["code"], likely["ours"]["code"]) == ("MZ-1", near.code)


def test_a_district_sees_its_own_part(city: City) -> None:
    caller = make_caller(writes=["uploads"], reads=READS)
    moved = home(city, "西区敬老院", city.west_street)
    rows = [row(city, "MZ-1"), row(city, moved.code), row(city, "MZ-3", region=city.west.code)]
    answer = send(caller, rows)
    InstitutionProfile.objects.filter(institution=moved).update(region=city.west_street)
    eastern = make_caller(reads=READS, regions=[city.east.code], user=caller.token.user)
    told = reconciled(eastern, answer)
    assert (told["counts"]["agreed"], told["counts"]["conflicting"]) == (1, 1)
    [elsewhere] = told["conflicting"]
    assert [one["field"] for one in elsewhere["differences"]] == ["region"]
    assert "西区敬老院" not in json.dumps(told, ensure_ascii=False)


def test_the_queries_do_not_grow_with_the_rows(caller: Caller, city: City) -> None:
    def queries(number: int) -> tuple[int, int]:
        rows = [row(city, f"MZ-{number}-{one}", is_new=True) for one in range(number)]
        with CaptureQueriesContext(connection) as sending:
            answer = send(caller, rows, f"{SEND}&accept_short=1")
        assert receipt(caller, answer)["counts"]["new"] == number
        InstitutionProfile.objects.update(address="改过的地址")
        with CaptureQueriesContext(connection) as reading:
            reconciled(caller, answer)
        return len(sending), len(reading)

    few, many = queries(3), queries(40)
    assert many[0] <= few[0] + 2
    assert many[1] <= few[1] + 1
    assert UploadRow.objects.count() == 43


def test_an_upload_under_way_is_not_reconciled(caller: Caller, city: City) -> None:
    answer = caller.send("POST", SEND, {"rows": [row(city, "MZ-1")]})
    assert caller.get(f"reconciliations/{uid(answer)}/").status_code == 409
