"""The target table: the same numbers as the run on the page, in the sheet and in the files."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from institutions.models import Region, RegionLevel
from institutions.tests.factories import make_region
from targets.models import IndicatorRun, IndicatorSnapshot, RunStatus
from targets.tests.page_scene import DUE_DAY, LATER_DAY, Scene, browse_as, make_target, store_run
from yiyang.access.roles import Role

ON_DUE_DAY = f"/targets/?as_of={DUE_DAY}"


def figures_of(response: Any) -> dict[tuple[str, str], list[tuple[str, str, str, str]]]:
    """(reading, region) → what its cell shows: value, fraction, word and gap, entry by entry."""
    return {
        (row.indicator.reading, cell.region.name): [
            (entry.shown.value, entry.shown.fraction, entry.shown.word, entry.shown.gap)
            for entry in cell.entries
        ]
        for section in response.context["sections"]
        for row in section.rows
        for cell in row.cells
    }


def test_the_page_shows_the_figures_of_the_run(scene: Scene) -> None:
    response = browse_as(Role.LEADER).get(ON_DUE_DAY)
    assert figures_of(response) == {
        ("standard", "测试市"): [("66.67%", "4/6", "未达标", "还差 1 家")],
        ("standard", "东区"): [("75.00%", "3/4", "未达标", "还差 1 家")],
        ("standard", "西区"): [("50.00%", "1/2", "未达标", "还差 1 家")],
        ("with_clinics", "测试市"): [("66.67%", "4/6", "参考", "")],
        ("with_clinics", "东区"): [("75.00%", "3/4", "参考", "")],
        ("with_clinics", "西区"): [("50.00%", "1/2", "参考", "")],
    }
    page = response.content.decode()
    for text in ("66.67%", "4/6", "未达标", "还差 1 家", "排除 1", "待核实", "演示数据", "测政发"):
        assert (text in page) is (text != "演示数据")


def test_a_repealed_policy_keeps_its_result_and_judges_no_more(scene: Scene) -> None:
    client = browse_as(Role.LEADER)
    current = client.get(f"/targets/?as_of={LATER_DAY}")
    historical = client.get(f"/targets/?as_of={LATER_DAY}&tab=historical")
    assert figures_of(current) == {}
    assert figures_of(historical)["standard", "测试市"] == [
        ("66.67%", "4/6", "未达标", "还差 1 家"),
        ("66.67%", "4/6", "政策已失效，不再判定", ""),
    ]
    assert "政策在统计日是否有效" in current.content.decode()


def test_each_region_of_the_workbook_prints_on_a_page_of_its_own(scene: Scene) -> None:
    """四十多列缩到一页宽，印出来看不清。"""
    content = browse_as(Role.LEADER).get(f"/targets/export.xlsx?as_of={DUE_DAY}").content
    with ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        names = archive.read("xl/workbook.xml").decode()
    assert "fitToPage" not in sheet
    assert '<colBreaks count="2" manualBreakCount="2">' in sheet  # 全市、东区、西区三页
    assert "$A:$F" in names


def test_the_sheet_holds_the_numbers_of_the_run(scene: Scene) -> None:
    response = browse_as(Role.LEADER).get(f"/targets/export.xlsx?as_of={DUE_DAY}")
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    rows = book.get_sheet_by_name("现行目标").to_python()
    assert book.sheet_names == ["现行目标", "历史目标"]
    assert rows[0][0] == "测试市医养结合现行目标"
    assert str(rows[1][0]).startswith(f"截至日期 {DUE_DAY}")
    assert rows[3][6::9] == ["测试市", "东区", "西区"]
    assert rows[5][:6] == [
        "测政发〔2017〕1号", "二（二）", "目标1", "默认机构范围", "≥80%", str(DUE_DAY)
    ]  # fmt: skip
    stored = {
        snapshot.region.name: snapshot
        for snapshot in IndicatorSnapshot.objects.filter(
            run__as_of=DUE_DAY, indicator="GC17", reading="standard"
        ).select_related("region")
    }
    for first, region in ((6, "测试市"), (15, "东区"), (24, "西区")):
        top, bottom, value, word, gap, missing, excluded = rows[5][first : first + 7]
        snapshot = stored[region]
        assert (top, bottom) == (snapshot.numerator, snapshot.denominator)
        assert snapshot.numerator is not None
        assert snapshot.denominator
        assert value == pytest.approx(snapshot.numerator / snapshot.denominator)
        assert (word, gap, missing, excluded) == ("未达标", "还差 1 家", 0, snapshot.excluded)
    assert any(str(row[0]).startswith("注 1：绿色通道") for row in rows)


def test_csv_and_json_lines_say_what_the_page_says(scene: Scene) -> None:
    client = browse_as(Role.LEADER)
    lines = client.get(f"/targets/export.jsonl?as_of={DUE_DAY}").content.decode().splitlines()
    text = client.get(f"/targets/export.csv?as_of={DUE_DAY}").content.decode("utf-8-sig")
    records = [json.loads(line) for line in lines]
    table = list(csv.DictReader(io.StringIO(text)))
    judged = [r for r in records if r["reading"] == "standard"]
    assert [(r["numerator"], r["denominator"], r["verdict"]) for r in judged] == [
        (4, 6, "NOT_MET"), (3, 4, "NOT_MET"), (1, 2, "NOT_MET")
    ]  # fmt: skip
    assert [row["numerator"] for row in table] == [str(r["numerator"]) for r in records]


def test_a_district_sees_its_own_columns_and_no_other(scene: Scene) -> None:
    client = browse_as(Role.DISTRICT_CIVIL_AFFAIRS_CLERK, scene.city.east)
    response = client.get(ON_DUE_DAY)
    assert [region.name for region in response.context["table"].regions] == ["东区", "东街道"]
    page = response.content.decode()
    assert "西区" not in page
    assert client.get(f"{ON_DUE_DAY}&region={scene.city.west.code}").status_code == 404
    assert client.get(f"{ON_DUE_DAY}&region={scene.city.city.code}").status_code == 404
    lines = client.get(f"/targets/export.jsonl?as_of={DUE_DAY}").content.decode()
    assert scene.city.west.code not in lines


@pytest.mark.parametrize(
    ("role", "page", "file"),
    [
        (Role.LEADER, 200, 200),
        (Role.BUREAU_LIAISON, 200, 403),
        (Role.CITY_HEALTH_CLERK, 200, 200),
        (Role.CIVIL_AFFAIRS_CLIENT, 200, 403),
    ],
)
def test_who_may_open_and_who_may_download(scene: Scene, role: Role, page: int, file: int) -> None:
    client = browse_as(role)
    assert client.get("/targets/").status_code == page
    for suffix in ("xlsx", "csv", "jsonl"):
        assert client.get(f"/targets/export.{suffix}").status_code == file


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as_of=2017-12-30", "2017-12-30 没有量度过"),
        ("as_of=去年", "不是日期"),
        ("region=999999999999", "没有行政区划 999999999999"),
        ("region=1' or 1=1", "没有行政区划"),
    ],
)
def test_what_cannot_be_shown_is_404_saying_why(scene: Scene, query: str, said: str) -> None:
    response = browse_as(Role.LEADER).get(f"/targets/?{query}")
    assert response.status_code == 404
    assert said in response.content.decode()


def test_before_the_first_night_the_page_says_what_to_do(db: None) -> None:
    client = browse_as(Role.LEADER)
    response = client.get("/targets/")
    assert response.status_code == 200
    assert "还没有量度结果" in response.content.decode()
    assert client.get("/targets/export.xlsx").status_code == 404


def test_a_late_or_failed_night_is_told_at_the_top(scene: Scene) -> None:
    client = browse_as(Role.LEADER)
    assert not client.get("/targets/").context["warnings"]
    finished = IndicatorRun.objects.published().latest("finished_at").finished_at
    assert finished is not None
    IndicatorRun.objects.create(
        as_of="2021-02-01",
        region=scene.city.city,
        status=RunStatus.FAILED,
        started_at=finished.replace(year=finished.year + 1),
        heartbeat_at=finished,
    )
    page = client.get("/targets/").content.decode()
    assert "统计日 2021-02-01 的量度失败" in page


def count_queries(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_number_of_queries_grows_with_neither_regions_nor_targets(scene: Scene) -> None:
    client = browse_as(Role.LEADER)
    few = count_queries(client, "/targets/?tab=historical")
    for number in range(12):
        make_region(f"新区{number}", RegionLevel.DISTRICT, scene.city.city)
    for position, code in enumerate(("GC20", "GERI", "NURS", "OCCU", "GC17", "GC20"), start=2):
        make_target(scene.policy, scene.city.city, code, position)
    store_run(scene.city.city, LATER_DAY)
    store_run(scene.city.city, DUE_DAY)
    response = client.get("/targets/?tab=historical")
    assert len(response.context["table"].regions) == 15
    assert len(response.context["sections"][0].rows) > 7
    assert count_queries(client, "/targets/?tab=historical") == few
    assert Region.objects.count() > 15


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx"])
def test_a_file_of_the_demo_says_so_in_its_name(scene: Scene, settings: Any, suffix: str) -> None:
    client = browse_as(Role.LEADER)
    address = f"/targets/export.{suffix}?as_of={DUE_DAY}"
    named = f"targets-{scene.city.city.code}-{DUE_DAY}.{suffix}"
    settings.DEMO = False
    assert client.get(address)["Content-Disposition"] == f'attachment; filename="{named}"'
    settings.DEMO = True
    assert unquote(client.get(address)["Content-Disposition"]).endswith(f"演示数据·非真实-{named}")
