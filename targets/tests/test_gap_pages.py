"""The pages of gap and forecast by role, the chase list, and notes of having called."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from institutions.models import InstitutionContact
from institutions.tests.factories import LONG_AGO, make_health, make_licence
from targets.indicators.catalogue import CODES
from targets.models import ContactNote
from targets.tests.page_scene import DUE_DAY, Scene, browse_as, store_run
from yiyang.access.roles import Role

GAP = f"/targets/GC17/gap/?as_of={DUE_DAY}"
FORECAST = f"/targets/GC17/forecast/?as_of={DUE_DAY}"
CONTACTS = f"/targets/GC17/gap/contacts/?as_of={DUE_DAY}"
EXPORT = f"/targets/GC17/gap/export.xlsx?as_of={DUE_DAY}"


def name_of(scene: Scene, index: int) -> str:
    return str(scene.hospitals[index].profiles.get().name)


def call(client: Client, scene: Scene, **fields: Any) -> Any:
    filled = {
        "institution": scene.hospitals[3].pk,
        "contacted_on": "2020-01-02",
        "text": "月底前补开",
        **fields,
    }
    return client.post(CONTACTS, filled)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("page", ["gap", "forecast"])
def test_every_indicator_has_both_pages(scene: Scene, code: str, page: str) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    assert client.get(f"/targets/{code}/{page}/?as_of={DUE_DAY}").status_code == 200


def test_the_gap_says_how_many_and_who(scene: Scene) -> None:
    response = browse_as(Role.CITY_HEALTH_CLERK).get(GAP)
    page = response.content.decode()
    assert "还差 <strong>1</strong> 家" in page
    assert [one.name for one in response.context["candidates"][:2]] == [
        name_of(scene, 3),
        name_of(scene, 5),
    ]
    assert [one.lacks for one in response.context["candidates"][:2]] == [
        ("没有开通绿色通道",),
        ("没有开通绿色通道",),
    ]


@pytest.mark.parametrize(
    ("role", "names", "may_note", "export"),
    [
        (Role.CITY_HEALTH_CLERK, True, True, 200),
        (Role.CITY_CIVIL_AFFAIRS_CLERK, True, True, 200),
        (Role.CIVIL_AFFAIRS_CLIENT, True, True, 403),
        (Role.LEADER, False, False, 403),
        (Role.BUREAU_LIAISON, False, False, 403),
    ],
)
def test_who_sees_names_and_who_may_note(
    scene: Scene, role: Role, names: bool, may_note: bool, export: int
) -> None:
    client = browse_as(role)
    page = client.get(GAP).content.decode()
    assert (name_of(scene, 3) in page) is names
    assert ("记一次联系" in page) is may_note
    assert client.get(EXPORT).status_code == export
    assert call(client, scene).status_code == (302 if may_note else 403)
    assert ContactNote.objects.count() == int(may_note)


def test_a_district_sees_and_notes_only_its_own(scene: Scene) -> None:
    client = browse_as(Role.DISTRICT_HEALTH_CLERK, scene.city.west)
    page = client.get(GAP).content.decode()
    assert name_of(scene, 5) in page
    assert name_of(scene, 3) not in page
    assert call(client, scene).status_code == 404
    assert not ContactNote.objects.exists()
    assert client.get(f"{GAP}&region={scene.city.east.code}").status_code == 404


def test_a_note_is_shown_beside_the_institution_called(scene: Scene) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    answer = call(client, scene)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "2020-01-02 测试账号：月底前补开" in page
    assert "已记下这次联系。" in page


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": "  "}, "请写明联系的情况"),
        ({"text": "字" * 301}, "最多 300 字，现有 301 字"),
        ({"contacted_on": "昨天"}, "“昨天”不是日期"),
        ({"contacted_on": "9998-01-01"}, "还没有到"),
    ],
)
def test_a_wrong_note_is_refused_in_words(
    scene: Scene, fields: dict[str, str], message: str
) -> None:
    answer = call(browse_as(Role.CITY_HEALTH_CLERK), scene, **fields)
    assert answer.status_code == 400
    assert message in answer.content.decode()
    assert not ContactNote.objects.exists()


@pytest.mark.parametrize("institution", ["", "x", "9" * 30, "99999999"])
def test_a_note_needs_an_institution(scene: Scene, institution: str) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    assert call(client, scene, institution=institution).status_code == 404


def test_a_note_needs_the_token_of_the_page(scene: Scene) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    client.handler.enforce_csrf_checks = True
    assert call(client, scene).status_code == 403


def test_notes_are_not_written_by_reading(scene: Scene) -> None:
    assert browse_as(Role.CITY_HEALTH_CLERK).get(CONTACTS).status_code == 405


def test_the_chase_list_is_text_with_its_day_and_mark(scene: Scene, settings: Any) -> None:
    settings.DEMO = True
    client = browse_as(Role.CITY_HEALTH_CLERK)
    hospital = scene.hospitals[3]
    InstitutionContact.objects.create(
        institution=hospital, name="=1+1", phone="0473-1234567", starts_on=LONG_AGO
    )
    call(client, scene, text='=HYPERLINK("http://x")')
    content = client.get(EXPORT).content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    rows = [[str(cell) for cell in row] for row in sheet.to_python()]
    assert "催办清单（演示数据·非真实）" in rows[0][0]
    assert f"截至日期 {DUE_DAY}" in rows[1][0]
    assert "还差 1 家" in rows[2][0]
    told = next(row for row in rows[4:] if row[1] == hospital.code)
    assert told[4:] == [
        "没有开通绿色通道",
        "=1+1",
        "0473-1234567",
        '2020-01-02 =HYPERLINK("http://x")',
    ]


def test_the_forecast_page_says_the_first_day_below(scene: Scene) -> None:
    page = browse_as(Role.CITY_HEALTH_CLERK).get(FORECAST).content.decode()
    assert "现在就没有达到目标（≥80%）。" in page
    assert "只按台账里的截止日推算" in page


@pytest.mark.parametrize("page", ["gap", "forecast"])
@pytest.mark.parametrize(
    "query",
    ["as_of=昨天", "as_of=1999-01-01", "region=999999999999", "target=nothing"],
)
def test_a_wrong_address_is_not_found(scene: Scene, page: str, query: str) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    assert client.get(f"/targets/GC17/{page}/?{query}").status_code == 404
    assert client.get(f"/targets/XX99/{page}/").status_code == 404


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("address", [GAP, FORECAST])
def test_as_many_queries_for_ten_candidates_as_for_two(scene: Scene, address: str) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    client.get(address)  # 会话头一次来访另记一笔
    few = queries_of(client, address)
    for _ in range(10):
        make_licence(make_health(scene.city.west_street))
    store_run(scene.city.city, DUE_DAY)
    assert queries_of(client, address) == few


def test_the_record_list_names_the_dates_that_decided(scene: Scene) -> None:
    address = f"/targets/GC17/standard/records/?as_of={DUE_DAY}"
    page = browse_as(Role.CITY_HEALTH_CLERK).get(address).content.decode()
    for text in ("执业证有效至", "绿色通道至", "长期"):
        assert text in page
