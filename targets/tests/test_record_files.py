"""Record lists as files: the page's very rows, no names, nothing a spreadsheet would compute."""

from __future__ import annotations

import csv
import io
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from contracts.models import FamilyDoctorSignup
from contracts.tests.factories import make_person, make_signup, make_team
from institutions.models import Institution, InstitutionProfile, Population, Region
from institutions.tests.factories import make_elderly, make_filing, make_occupancy
from targets.explain import record_files
from targets.explain.records import Part, Tally
from targets.explain.small_cells import shown_reasons
from targets.indicators.catalogue import BY_KEY
from targets.indicators.measure import RecordSet
from targets.tests.page_scene import DUE_DAY, Scene, browse_as, store_run
from yiyang.access.roles import Role
from yiyang.access.scope import known_actor

PLACE = "/targets/GC17/standard/records/"
PERSONS = "/targets/FD17/aged_65_plus/records/"


def lines_of(response: Any) -> list[list[str]]:
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def page_rows(client: Client, address: str) -> list[list[str]]:
    rows = client.get(address).context["page"].rows
    return [[*row.cells, row.outcome, str(row.contribution)] for row in rows]


def sign_up(scene: Scene, number: int) -> list[Any]:
    Population.objects.create(
        region=scene.city.city, group="AGED_65", basis="USUAL",
        counted_on="2016-09-30", people=10, source="测试",
    )  # fmt: skip
    team = make_team(scene.hospitals[0])
    persons = [make_person(scene.city.east_community) for _ in range(number)]
    signups = [make_signup(person, team) for person in persons]
    store_run(scene.city.city, DUE_DAY, codes=("FD17",))
    return signups


def home(scene: Scene) -> Institution:
    institution = make_elderly(scene.city.east_street)
    make_filing(institution)
    return institution


@pytest.mark.parametrize("outcome", ["counted", "not_counted", "missing", "excluded"])
def test_the_file_holds_the_rows_of_the_page(scene: Scene, outcome: str) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    query = f"?as_of={DUE_DAY}&outcome={outcome}"
    title, headings, *rows = lines_of(client.get(f"{PLACE}export.csv{query}"))
    page = client.get(f"{PLACE}{query}").context["page"]
    assert headings == [*page.headings, "去向", "贡献"]
    assert rows == page_rows(client, f"{PLACE}{query}")
    assert len(title) == 1


def test_the_title_says_what_the_numbers_are(scene: Scene, settings: Any) -> None:
    settings.DEMO = True
    client = browse_as(Role.CITY_HEALTH_CLERK)
    title = lines_of(client.get(f"{PLACE}export.csv?as_of={DUE_DAY}"))[0][0]
    run = client.get(f"{PLACE}?as_of={DUE_DAY}").context["asked"].run
    for part in ("GC17", "口径", "分子", "计入", scene.city.city.code, f"截至日期 {DUE_DAY}"):
        assert part in title
    assert f"量度批次 {run.pk}" in title
    assert "口径指纹" in title
    assert title.startswith("演示数据·非真实")
    settings.DEMO = False
    assert "演示" not in lines_of(client.get(f"{PLACE}export.csv?as_of={DUE_DAY}"))[0][0]


def test_a_name_that_looks_like_a_formula_is_not_computed(scene: Scene) -> None:
    InstitutionProfile.objects.filter(institution=scene.hospitals[0]).update(name="=1+1")
    client = browse_as(Role.CITY_HEALTH_CLERK)
    csv_rows = lines_of(client.get(f"{PLACE}export.csv?as_of={DUE_DAY}"))
    assert "'=1+1" in [row[0] for row in csv_rows[2:]]
    sheet = sheet_of(client.get(f"{PLACE}export.xlsx?as_of={DUE_DAY}"))
    assert "=1+1" in [row[0] for row in sheet[2:]]


def test_a_name_longer_than_its_column_is_shown_whole(scene: Scene) -> None:
    """不写行高，LibreOffice 只显示第一行。"""
    name = "测试市东区红旗街道社区卫生服务中心"
    InstitutionProfile.objects.filter(institution=scene.hospitals[0]).update(name=name)
    content = browse_as(Role.CITY_HEALTH_CLERK).get(f"{PLACE}export.xlsx?as_of={DUE_DAY}").content
    with ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count('ht="33"') == 1  # 一栏九个字，十七个字两行


def sheet_of(response: Any) -> list[list[Any]]:
    assert response.status_code == 200
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    return workbook.get_sheet_by_index(0).to_python()


def test_a_sheet_keeps_text_as_text_and_numbers_as_numbers(scene: Scene) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    title, headings, *rows = sheet_of(client.get(f"{PLACE}export.xlsx?as_of={DUE_DAY}"))
    assert title[0].endswith("口径指纹 " + title[0][-12:])
    assert headings[-2:] == ["去向", "贡献"]
    assert [row[-1] for row in rows] == [1, 1, 1, 1]
    assert all(isinstance(cell, str) for row in rows for cell in row[:-1])


def test_a_list_too_long_for_a_sheet_comes_as_csv_only(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    monkeypatch.setattr(record_files, "XLSX_ROWS", 4)
    assert client.get(f"{PLACE}export.xlsx?as_of={DUE_DAY}").status_code == 200
    monkeypatch.setattr(record_files, "XLSX_ROWS", 3)
    refused = client.get(f"{PLACE}export.xlsx?as_of={DUE_DAY}")
    assert refused.status_code == 404
    assert "请回到记录页下载 CSV" in refused.content.decode()
    page = client.get(f"{PLACE}?as_of={DUE_DAY}").content.decode()
    assert "export.csv" in page
    assert "export.xlsx" not in page


def test_a_long_list_comes_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_files, "BLOCK_CHARACTERS", 20)
    blocks = list(record_files.csv_blocks("题", [("甲", n) for n in range(10)]))
    assert len(blocks) > 1
    assert "".join(blocks) == "\ufeff题\r\n" + "".join(f"甲,{n}\r\n" for n in range(10))


@pytest.mark.parametrize(
    ("role", "institutions", "persons"),
    [
        (Role.CITY_HEALTH_REVIEWER, 200, 200),
        (Role.DISTRICT_HEALTH_REVIEWER, 200, 200),
        (Role.CITY_HEALTH_CLERK, 200, 403),
        (Role.CITY_CIVIL_AFFAIRS_CLERK, 200, 403),
        (Role.CIVIL_AFFAIRS_CLIENT, 403, 403),
        (Role.LEADER, 403, 403),
        (Role.BUREAU_LIAISON, 403, 403),
    ],
)
def test_only_those_who_may_take_a_list_away(
    scene: Scene, role: Role, institutions: int, persons: int
) -> None:
    sign_up(scene, 5)
    in_district = role is Role.DISTRICT_HEALTH_REVIEWER
    client = browse_as(role, scene.city.east if in_district else None)
    query = f"as_of={DUE_DAY}"
    for address, expected in ((PLACE, institutions), (PERSONS, persons)):
        answer = client.get(f"{address}export.csv?{query}")
        assert answer.status_code == expected
        if expected == 403:
            assert "无权访问" in answer.content.decode()


def test_persons_leave_by_short_uid_and_never_in_a_sheet(scene: Scene) -> None:
    (signup,) = sign_up(scene, 1)
    client = browse_as(Role.CITY_HEALTH_REVIEWER)
    rows = lines_of(client.get(f"{PERSONS}export.csv?as_of={DUE_DAY}"))[2:]
    assert [row[0] for row in rows] == [str(signup.uid)[:8]]
    assert str(signup.uid) not in str(rows)
    assert client.get(f"{PERSONS}export.xlsx?as_of={DUE_DAY}").status_code == 404


def test_a_home_that_reported_no_residents_is_missing_and_adds_nothing(scene: Scene) -> None:
    home(scene)
    make_occupancy(home(scene), DUE_DAY, 7)
    store_run(scene.city.city, DUE_DAY, codes=("HC90",))
    client = browse_as(Role.CITY_HEALTH_CLERK)
    address = f"/targets/HC90/used/records/?as_of={DUE_DAY}&side=denominator&part=1"
    counted = client.get(address).context["page"].rows
    missing = client.get(f"{address}&outcome=missing").context["page"].rows
    assert [row.contribution for row in counted] == [-7]
    assert [row.contribution for row in missing] == [0]


@pytest.mark.parametrize(
    ("role", "number", "status"),
    [
        (Role.LEADER, 4, 404),
        (Role.LEADER, 5, 200),
        (Role.CITY_CIVIL_AFFAIRS_CLERK, 1, 404),
        (Role.CITY_HEALTH_CLERK, 4, 200),
    ],
)
def test_few_people_are_not_counted_out_to_those_who_may_not_see_them(
    scene: Scene, role: Role, number: int, status: int
) -> None:
    sign_up(scene, number)
    response = browse_as(role).get(f"{PERSONS}?as_of={DUE_DAY}")
    assert response.status_code == status
    assert (f"{number}/10" in response.content.decode()) == (status == 200)


@pytest.mark.parametrize(("role", "text"), [(Role.LEADER, "<5"), (Role.CITY_HEALTH_CLERK, "1")])
def test_the_few_left_out_are_not_told_either(scene: Scene, role: Role, text: str) -> None:
    dead = make_person(scene.city.east_community, died_on=DUE_DAY)
    make_signup(dead, make_team(scene.hospitals[1]))
    sign_up(scene, 5)
    response = browse_as(role).get(f"{PERSONS}?as_of={DUE_DAY}")
    shown = {shelf.value: words for shelf, words in response.context["shelf_tabs"]}
    assert shown == {"counted": "5", "not_counted": "0", "missing": "0", "excluded": text}


def test_a_district_sees_only_its_own_rows_in_the_file(scene: Scene) -> None:
    east: Region = scene.city.east
    client = browse_as(Role.DISTRICT_CIVIL_AFFAIRS_CLERK, east)
    address = f"{PLACE}export.csv?as_of={DUE_DAY}"
    title, _, *rows = lines_of(client.get(f"{address}&region={east.code}"))
    assert len(rows) == 3
    assert "只含下载人授权范围内的记录" in title[0]
    assert client.get(f"{address}&region={scene.city.west.code}").status_code == 404


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((20, 8, 2), ["20", "不显示", "<5"]),
        ((20, 3, 2), ["20", "<5", "<5"]),
        ((20, 8, 5), ["20", "8", "5"]),
        ((2,), ["<5"]),
    ],
)
def test_a_single_small_reason_cannot_be_worked_out_from_the_rest(
    db: None, counts: tuple[int, ...], shown: list[str]
) -> None:
    tally = BY_KEY["FD17", "aged_65_plus"].numerator[0]
    rows = FamilyDoctorSignup.objects.none()
    tallies = (Tally(f"缘由{n}", records, 0) for n, records in enumerate(counts))
    part = Part(RecordSet(tally, rows), tuple(tallies))
    leader = known_actor(1, Role.LEADER, DUE_DAY)
    clerk = known_actor(1, Role.CITY_HEALTH_CLERK, DUE_DAY)
    assert [count.text for count in shown_reasons(part, leader)] == shown
    assert [count.text for count in shown_reasons(part, clerk)] == [str(n) for n in counts]
