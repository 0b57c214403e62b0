"""Exports of persons: two steps, who may, which columns, number, watermark, record, and no more."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from pytest_django import Settings
from python_calamine import CalamineWorkbook

from contracts.models import ExportColumn, KeyGroup, Person, PersonExport
from contracts.persons import export_rows
from contracts.persons.register import record_number
from contracts.tests.factories import (
    make_key_group,
    make_known_person,
    make_person,
    make_sickbed,
    make_signup,
    make_team,
)
from contracts.tests.persons import (
    ID_NUMBER,
    NAME,
    PHONE,
    City,
    browse_as,
    browser_of,
    events_after,
    last_event_id,
    make_lan_zhi,
)
from institutions.models import RegionGrant
from institutions.tests.factories import LONG_AGO, make_health
from yiyang.access.roles import ROLES, Permission, Role
from yiyang.access.tests.accounts import open_user
from yiyang.audit.kinds import EventKind

EXPORTERS = [role for role in Role if Permission.EXPORT_PERSONS in ROLES[role].permissions]
PURPOSE = "核对 2026 年体检名单，交疾控科"
PERSONAL = ["name", "id_number", "phone", "born_on"]
TOKEN = re.compile(r'name="agreed" value="([^"]+)"')


@pytest.fixture
def city(db: None) -> City:
    return City.make()


def choose(browser: Client, columns: list[str], query: str = "", purpose: str = PURPOSE) -> Any:
    return browser.post(f"/persons/export/{query}", {"columns": columns, "purpose": purpose})


def agreed_in(answer: Any) -> str:
    found = TOKEN.search(answer.content.decode())
    assert found is not None
    return found[1]


def confirm(browser: Client, agreed: str) -> Any:
    return browser.post("/persons/export/file/", {"agreed": agreed})


def export(browser: Client, columns: list[str], query: str = "") -> bytes:
    answer = confirm(browser, agreed_in(choose(browser, columns, query)))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows_of(content: bytes) -> list[list[object]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python()]


@pytest.mark.parametrize("role", Role)
def test_only_roles_that_may_export_persons_reach_either_step(city: City, role: Role) -> None:
    may = role in EXPORTERS
    browser = browse_as(role, city.east)
    assert browser.get("/persons/export/").status_code == (200 if may else 403)
    assert choose(browser, ["sex"]).status_code == (200 if may else 403)
    assert confirm(browser, "x").status_code == (422 if may else 403)


def test_the_file_comes_after_a_page_that_says_what_and_how_many(city: City) -> None:
    make_lan_zhi(city.community)
    browser = browse_as(Role.CITY_HEALTH_REVIEWER)
    first = choose(browser, PERSONAL)
    page = first.content.decode()
    for text in ("1</strong> 人", "姓名、身份证号、电话、出生日期", PURPOSE, "常住在册"):
        assert text in page or text == "常住在册"
    assert not PersonExport.objects.exists()
    assert NAME not in page
    answer = confirm(browser, agreed_in(first))
    assert answer["Content-Disposition"].endswith('.xlsx"')
    assert "no-store" in answer["Cache-Control"]
    assert PersonExport.objects.count() == 1


def test_the_file_holds_the_chosen_columns_of_the_persons_in_scope(city: City) -> None:
    person = make_lan_zhi(city.community, born_on=date(1940, 3, 7), sex="F")
    make_known_person(city.west, name="西区的人")
    user = open_user(Role.DISTRICT_HEALTH_REVIEWER)
    RegionGrant.objects.create(user=user, region=city.east, starts_on=LONG_AGO)
    lines = rows_of(export(browser_of(user), ["name", "id_number", "phone", "born_on", "sex"]))
    assert lines[2:] == [
        ["档案编号", "姓名", "身份证号", "电话", "出生日期", "性别"],
        [str(person.uid), NAME, ID_NUMBER, PHONE, "1940-03-07", "女"],
    ]


def test_number_account_and_time_stand_in_the_first_row_and_on_every_page(city: City) -> None:
    make_lan_zhi(city.community)
    user = open_user(Role.CITY_HEALTH_REVIEWER)
    content = export(browser_of(user), ["name"])
    row = PersonExport.objects.get()
    mark = str(rows_of(content)[0][0])
    for text in (row.number, user.username, f"{row.at:%Y}"):
        assert text in mark
    with ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    for element in ("oddHeader", "oddFooter"):
        assert mark in sheet.partition(f"<{element}>")[2].partition(f"</{element}>")[0]
    assert PURPOSE in str(rows_of(content)[1][0])


def test_exports_are_numbered_by_year_without_gaps(city: City) -> None:
    make_lan_zhi(city.community)
    browser = browse_as(Role.CITY_HEALTH_REVIEWER)
    for _ in range(2):
        export(browser, ["name"])
    year = now().year
    numbers = list(PersonExport.objects.order_by("serial").values_list("number", flat=True))
    assert numbers == [f"DC{year}-00001", f"DC{year}-00002"]


def test_row_and_event_say_what_left_for_what(city: City) -> None:
    make_lan_zhi(city.community)
    before = last_event_id()
    export(browse_as(Role.CITY_HEALTH_REVIEWER), ["name", "phone"], f"?region={city.east.code}")
    row = PersonExport.objects.get()
    assert (row.columns, row.row_count, row.purpose) == (["name", "phone"], 1, PURPOSE)
    assert row.filters == "区划：东区"
    (event,) = events_after(before, EventKind.EXPORT)
    assert event.subject == f"contracts_personexport:{row.number}"
    assert event.details == {"columns": "name phone", "rows": 1, "filters": "区划：东区"}


def test_row_and_event_are_there_before_the_first_byte(city: City) -> None:
    make_lan_zhi(city.community)
    browser, before = browse_as(Role.CITY_HEALTH_REVIEWER), last_event_id()
    answer = confirm(browser, agreed_in(choose(browser, ["name"])))
    # 还没有读流里的任何一块。
    assert PersonExport.objects.count() == 1
    assert len(events_after(before, EventKind.EXPORT)) == 1
    answer.close()


@pytest.mark.parametrize(
    ("columns", "purpose", "words"),
    [
        ([], PURPOSE, "请至少选一列"),
        (["name"], "", "请写明用途"),
        (["name"], "看看", "至少 4 个字"),
        (["name"], f"给 {PHONE} 的人", "不要写身份证号、电话"),
        (["name_sealed"], PURPOSE, "请从列表里选择列"),
    ],
)
def test_without_columns_and_purpose_there_is_no_second_step(
    city: City, columns: list[str], purpose: str, words: str
) -> None:
    answer = choose(browse_as(Role.CITY_HEALTH_REVIEWER), columns, purpose=purpose)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert TOKEN.search(answer.content.decode()) is None


def test_what_was_confirmed_cannot_be_altered_kept_or_lent(city: City, settings: Settings) -> None:
    make_lan_zhi(city.community)
    browser = browse_as(Role.CITY_HEALTH_REVIEWER)
    agreed = agreed_in(choose(browser, ["sex"]))
    assert confirm(browser, agreed[:-1] + "x").status_code == 422
    assert confirm(browser, "").status_code == 422
    assert confirm(browse_as(Role.CITY_HEALTH_REVIEWER), agreed).status_code == 403
    assert confirm(browse_as(Role.DISTRICT_HEALTH_REVIEWER, city.east), agreed).status_code == 403
    assert not PersonExport.objects.exists()


def test_a_confirmation_ten_minutes_old_is_no_longer_one(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_lan_zhi(city.community)
    browser = browse_as(Role.CITY_HEALTH_REVIEWER)
    agreed = agreed_in(choose(browser, ["sex"]))
    monkeypatch.setattr("contracts.views.exports.CONFIRM_WITHIN_SECONDS", -1)
    answer = confirm(browser, agreed)
    assert answer.status_code == 422
    assert "已过期" in answer.content.decode()


def test_a_register_changed_since_must_be_confirmed_anew(city: City) -> None:
    make_lan_zhi(city.community)
    browser = browse_as(Role.CITY_HEALTH_REVIEWER)
    agreed = agreed_in(choose(browser, ["sex"]))
    make_person(city.community)
    answer = confirm(browser, agreed)
    assert answer.status_code == 422
    assert "当时 1 人，现在 2 人" in answer.content.decode()
    assert not PersonExport.objects.exists()


def test_restricted_groups_leave_only_with_those_who_may_see_them(city: City) -> None:
    person = make_lan_zhi(city.community)
    for group in KeyGroup:
        make_key_group(person, group=group)
    district = browse_as(Role.DISTRICT_HEALTH_REVIEWER, city.east)
    assert "限制类重点人群" not in district.get("/persons/export/").content.decode()
    assert choose(district, ["restricted_groups"]).status_code == 422
    (row,) = rows_of(export(district, ["key_groups"]))[3:]
    assert row[1] == "2 型糖尿病患者、残疾人、高血压患者、脱贫人口"
    reviewer = browse_as(Role.CITY_HEALTH_REVIEWER)
    (row,) = rows_of(export(reviewer, ["key_groups", "restricted_groups"]))[3:]
    assert row[1] == "2 型糖尿病患者、残疾人、高血压患者、脱贫人口"
    assert row[2] == "严重精神障碍患者、计划生育特殊家庭、肺结核患者"


def test_every_column_can_be_written(city: City) -> None:
    person, clinic = make_lan_zhi(city.community), make_health(city.street)
    team = make_team(clinic)
    make_signup(person, team, auto_renews=True)
    make_sickbed(person, clinic)
    lines = rows_of(export(browse_as(Role.CITY_HEALTH_REVIEWER), ExportColumn.values))
    told = dict(zip(map(str, lines[2]), lines[3], strict=True))
    assert told["社区"] == "春风社区"
    assert told["街道"] == "河滨街道"
    assert told["家庭医生签约"] == "有效"
    assert told["签约团队"] == team.name
    assert told["家庭病床"] == "有"
    assert told["本年健康管理"] == "未完成"


def test_a_name_that_looks_like_a_formula_stays_text(city: City) -> None:
    make_known_person(city.community, name='=HYPERLINK("http://x","点")')
    content = export(browse_as(Role.CITY_HEALTH_REVIEWER), ["name"])
    with ZipFile(io.BytesIO(content)) as archive:
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()
    assert rows_of(content)[3][1] == '\'=HYPERLINK("http://x","点")'


def test_a_damaged_record_is_named_in_its_row_and_stops_nothing(city: City) -> None:
    broken, whole = make_lan_zhi(city.community), make_known_person(city.community, name="王英")
    Person.objects.filter(pk=broken.pk).update(name_sealed=b"\x01\x01broken")
    lines = rows_of(export(browse_as(Role.CITY_HEALTH_REVIEWER), ["name"]))[3:]
    assert lines == [[str(broken.uid), "（密文打不开）"], [str(whole.uid), "王英"]]


def test_queries_grow_by_block_and_not_by_person(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(20):
        make_known_person(city.community)
    browser = browse_as(Role.CITY_HEALTH_REVIEWER)

    def queries(at_once: int) -> int:
        monkeypatch.setattr(export_rows, "AT_ONCE", at_once)
        answer = confirm(browser, agreed_in(choose(browser, ["name", "team"])))
        with CaptureQueriesContext(connection) as captured:
            b"".join(answer.streaming_content)
        return len(captured)

    assert queries(20) * 2 == queries(10)


def test_the_overview_takes_one_step_and_holds_no_personal_column(city: City) -> None:
    person = make_lan_zhi(city.community)
    before = last_event_id()
    answer: Any = browse_as(Role.CITY_HEALTH_CLERK).get("/persons/export.xlsx")
    lines = rows_of(b"".join(answer.streaming_content))
    general = ("年龄段", "性别", "街道", "在册情况", "家庭医生签约", "当年健康管理")
    assert lines[2] == ["档案编号", *general]
    assert lines[3][0] == record_number(person.uid)
    for hidden in (NAME, ID_NUMBER, PHONE):
        assert hidden not in str(lines)
    assert not PersonExport.objects.exists()
    (event,) = events_after(before, EventKind.EXPORT)
    assert event.details["rows"] == 1
    assert "record" in str(event.details["columns"])


@pytest.mark.parametrize("role", Role)
def test_the_overview_needs_both_seeing_persons_and_exporting(city: City, role: Role) -> None:
    may = {Permission.VIEW_PERSONS, Permission.EXPORT} <= ROLES[role].permissions
    answer = browse_as(role, city.east).get("/persons/export.xlsx")
    assert answer.status_code == (200 if may else 403)


def test_filters_out_of_scope_export_nothing(city: City) -> None:
    browser = browse_as(Role.DISTRICT_HEALTH_REVIEWER, city.east)
    for place in ("export.xlsx", "export.csv", "export/"):
        assert browser.get(f"/persons/{place}?region={city.west.code}").status_code == 404


def test_exports_are_only_added_to(city: City) -> None:
    make_lan_zhi(city.community)
    export(browse_as(Role.CITY_HEALTH_REVIEWER), ["name"])
    for statement in (
        "UPDATE contracts_personexport SET row_count = 0",
        "DELETE FROM contracts_personexport",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_the_database_refuses_an_export_without_purpose_or_columns(db: None) -> None:
    user = open_user(Role.CITY_HEALTH_REVIEWER)
    kept: dict[str, Any] = {"purpose": PURPOSE, "columns": ["name"], "row_count": 1, "year": 2026}
    lacking: list[dict[str, Any]] = [{"purpose": ""}, {"columns": []}]
    for serial, changed in enumerate(lacking, start=1):
        with pytest.raises(IntegrityError), transaction.atomic():
            PersonExport.objects.create(
                **{**kept, **changed}, number=f"n{serial}", serial=serial, by=user, at=now()
            )
