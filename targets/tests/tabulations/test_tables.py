"""Statistical tables print what one run stored, cell by cell, and never recount or sum a share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from institutions.models import RegionLevel
from institutions.tests.factories import make_region
from targets.indicators.catalogue import CATALOGUE
from targets.models import IndicatorRun, Target
from targets.tabulations.catalogue import BY_CODE, TABULATIONS
from targets.tabulations.filling import grid_of
from targets.tabulations.grid import Grid, cell_text, content_of
from targets.tabulations.sheet import workbook_of
from targets.tests.factories import DAY, City
from targets.tests.page_scene import browse_as, make_policy, make_target
from targets.tests.tabulations.filed import LAST, make_filed_table
from targets.tests.tabulations.fixed import FIGURES, cells_of, store_given
from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor

CLERK = Actor(DAY, 1, Role.CITY_HEALTH_CLERK, ROLES[Role.CITY_HEALTH_CLERK].permissions, True)

SIGNATURES = ("单位负责人", "统计负责人", "填表人", "联系电话", "报出日期")
HEADINGS = ("医养结合机构", "蒙医中医医养结合机构", "养老机构", "老年人绿色通道", "老年医学科")


@pytest.fixture
def run(city: City) -> IndicatorRun:
    return store_given(city, DAY)


def table(
    run: IndicatorRun, code: str = "institutions", *, streets: bool = False, actor: Actor = CLERK
) -> Grid:
    return grid_of(BY_CODE[code], run, run.region, with_streets=streets, actor=actor)


def sheet(grid: Grid) -> list[list[object]]:
    return cells_of(workbook_of(grid, "f" * 64))


def test_the_sheet_reads_cell_by_cell(city: City, run: IndicatorRun, settings: Any) -> None:
    settings.DEMO = True
    east, west = city.east.code, city.west.code
    rows = sheet(table(run))
    assert rows[:9] == [
        ["测试市医养结合机构情况表（截至2017年12月31日）（演示数据·非真实）"],
        ["内部工作表"],
        ["填报单位：测试市", *[""] * 7, "计量单位：家、%"],
        [
            *("序号", "区划代码", "地区", "医养结合机构", "蒙医中医医养结合机构"),
            *("养老机构", "", "", "老年人绿色通道", "", "", "老年医学科", "", "", "备注"),
        ],
        [
            *([""] * 5),
            *("机构数", "能提供医疗或康复护理", "占比", "医疗机构数", "已开设", "占比"),
            *("二级以上医院", "已设科", "占比"),
        ],
        ["1", east, "东区", 2, 1, 5, 4, 4 / 5, 4, 3, 3 / 4, 0, 0, "无数据"],
        ["2", west, "西区", 1, 0, 3, 1, 1 / 3, 2, 1, 1 / 2, 0, 0, "无数据"],
        ["", "150300000000", "合计", 3, 1, 8, 5, 5 / 8, 6, 4, 4 / 6, 0, 0, "无数据"],
        ["　　　　　　".join(f"{name}：" for name in SIGNATURES)],
    ]
    notes = [str(row[0]) for row in rows[9:]]
    assert [note.split("：")[0] for note in notes] == [f"注 {n}" for n in range(1, len(notes) + 1)]
    assert f"来源：量度批次 {run.pk}，统计日 2017-12-31，口径版本 abababababab。" in notes[-2]
    assert notes[-1].endswith(f"（SHA-256）：{'f' * 64}。")


def test_the_page_says_the_same_as_the_sheet(run: IndicatorRun) -> None:
    grid = table(run)
    printed = content_of(grid)["printed"]
    for row, shown in zip(grid["rows"], printed["rows"], strict=True):
        assert [cell["text"] for cell in shown["cells"]] == [cell_text(one) for one in row["cells"]]
    page = browse_as(Role.CITY_HEALTH_CLERK).get("/tables/institutions/").content.decode()
    for text in ("测试市医养结合机构情况表（截至2017年12月31日）", "66.67%", "内部工作表"):
        assert text in page


def test_columns_under_one_heading_stand_together_and_others_alone(run: IndicatorRun) -> None:
    upper = content_of(table(run))["printed"]["upper"]
    assert [(one["text"], one["columns"], one["rows"]) for one in upper] == [
        *((name, 1, 2) for name in ("序号", "区划代码", "地区")),
        *((name, 1, 2) for name in ("医养结合机构", "蒙医中医医养结合机构")),
        *((name, 3, 1) for name in ("养老机构", "老年人绿色通道", "老年医学科")),
        ("备注", 1, 2),
    ]


def test_a_total_that_is_not_the_sum_of_its_parts_says_so(city: City) -> None:
    """市里公布的人口可以不等于各区之和；不改数，写在备注里。"""
    given = {**FIGURES, ("GC17", "standard"): {"测试市": (4, 7), "东区": (3, 4), "西区": (1, 2)}}
    rows = table(store_given(city, DAY, given))["rows"]
    assert rows[-1]["cells"][-1] == "老年人绿色通道医疗机构数各地区之和为 6"
    assert rows[-1]["cells"][8:11] == [7, 4, [4, 7]]


def test_who_did_not_report_stands_in_the_remarks(city: City) -> None:
    rows = table(store_given(city, DAY, missing={"东区": 1, "测试市": 1}))["rows"]
    told = "；".join(f"{one}缺报 1/4" for one in HEADINGS)
    assert [row["cells"][-1] for row in rows] == [told, "", told]


def test_few_people_are_kept_back_whoever_asks(city: City) -> None:
    given = {
        ("FD17", "key_population"): {"测试市": (903, 1000), "东区": (900, 950), "西区": (3, 50)}
    }
    rows = table(store_given(city, DAY, given), "signups")["rows"]
    place = [item.key for item in BY_CODE["signups"].items].index(("FD17", "key_population")) + 3
    assert [row["cells"][place : place + 3] for row in rows] == [
        ["不列"] * 3,
        ["不列"] * 3,
        [1000, 903, [903, 1000]],
    ]


def test_a_target_with_few_people_says_that_it_is_kept_back(city: City) -> None:
    """空格是“不适用于该区”；有数而不列的要写明，不能看着像没有目标。"""
    given = {
        ("FD17", "key_population"): {"测试市": (903, 1000), "东区": (900, 950), "西区": (3, 50)}
    }
    target = make_target(make_policy(city.city), city.city, "FD17", 1)
    Target.objects.filter(pk=target.pk).update(judged_reading="key_population")
    run = store_given(city, DAY, given)
    [row] = table(run, "targets")["rows"]
    assert row["cells"][5:] == [[903, 1000], "达标", *["不列"] * 4, ""]
    assert "“不列”" in table(run, "targets")["notes"][0]
    west = grid_of(BY_CODE["targets"], run, city.west, with_streets=False, actor=CLERK)
    assert [row["cells"][5:7] for row in west["rows"]] == [["不列", "不列"]]


def test_what_a_run_never_measured_is_no_figure_kept_back(city: City) -> None:
    catalogue = [one for one in CATALOGUE if one.code != "GERI"]
    grid = table(store_given(city, DAY, catalogue=catalogue))
    assert grid["rows"][-1]["cells"][11:14] == [None] * 3
    assert not any("“不列”" in note for note in grid["notes"])


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        ("institutions", ["绿色通道计入"]),
        ("signups", ["最多沿用", "人口分母"]),
        ("beds", ["最多沿用"]),
        ("health", ["最多沿用", "人口分母"]),
        ("targets", ["绿色通道计入", "不判定"]),
    ],
)
def test_only_the_rules_behind_a_table_stand_below_it(
    city: City, run: IndicatorRun, code: str, rules: list[str]
) -> None:
    make_target(make_policy(city.city), city.city, "GC17", 1)
    told = "".join(table(run, code)["notes"])
    known = ("绿色通道计入", "最多沿用", "人口分母", "不判定")
    assert [rule for rule in known if rule in told] == rules
    assert "看老年人的角色" not in told


def test_streets_stand_below_their_district_and_add_nothing(city: City, run: IndicatorRun) -> None:
    rows = table(run, streets=True)["rows"]
    assert [(row["level"], row["cells"][0], row["cells"][2]) for row in rows] == [
        (0, "1", "东区"),
        (1, "", "东街道"),
        (0, "2", "西区"),
        (1, "", "西街道"),
        (0, "", "合计"),
    ]
    assert "之和" not in str(rows[-1]["cells"][-1])


@pytest.mark.parametrize(
    ("day", "filing"),
    [
        (LAST, ["表　　号：测卫老统1表", "有效期至：2017年12月31日"]),
        (LAST + timedelta(days=1), ["内部工作表"]),
    ],
)
def test_the_head_is_that_of_the_day_measured(city: City, day: date, filing: list[str]) -> None:
    make_filed_table()
    lines = table(store_given(city, day))["filing"]
    assert [lines[0], *lines[3:]] == filing


def test_targets_stand_with_value_and_verdict_of_every_region(city: City) -> None:
    make_target(make_policy(city.city), city.city, "GC17", 1)
    [row] = table(store_given(city, DAY), "targets")["rows"]
    assert row["cells"] == [
        *("1", "测政发〔2017〕1号", "目标1（默认机构范围）", "≥80%", "2017-12-31"),
        *([4, 6], "未达标", [3, 4], "未达标", [1, 2], "未达标", "还差 1 家"),
    ]


def test_targets_of_a_repealed_policy_stand_in_no_later_table(city: City) -> None:
    make_target(make_policy(city.city), city.city, "GC17", 1)
    grid = table(store_given(city, date(2021, 1, 1)), "targets")
    assert grid["rows"] == []
    assert "统计日已失效" in grid["notes"][0]


@pytest.mark.parametrize("code", [one.code for one in TABULATIONS])
def test_every_table_fits_its_columns(run: IndicatorRun, code: str) -> None:
    grid = table(run, code)
    assert grid["columns"][0]["heading"] == "序号"
    assert grid["columns"][-1]["heading"] == "备注"
    for row in grid["rows"]:
        assert len(row["cells"]) == len(grid["columns"])
    assert len(sheet(grid)) > len(grid["rows"])


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, "无数据"),
        (0, "0"),
        (12345, "12,345"),
        ([1, 3], "33.33%"),
        ([2999, 10000], "29.99%"),
        ([0, 0], "无数据"),
        ("", ""),
    ],
)
def test_a_cell_reads(cell: Any, text: str) -> None:
    assert cell_text(cell) == text


def test_a_district_sees_its_own_table_only(city: City, run: IndicatorRun) -> None:
    browser = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    page = browser.get("/tables/institutions/")
    assert page.context["content"]["region"] == "东区"
    assert browser.get(f"/tables/institutions/?region={city.west.code}").status_code == 404


def test_queries_are_the_same_for_few_regions_and_many(city: City) -> None:
    store_given(city, DAY)
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    few = _queries(browser)
    for number in range(40):
        make_region(f"街道{number}", RegionLevel.STREET, city.east)
    store_given(city, DAY)
    assert _queries(browser) == few


def _queries(browser: Client) -> int:
    browser.get("/tables/institutions/?streets=1")
    with CaptureQueriesContext(connection) as queries:
        assert browser.get("/tables/institutions/?streets=1").status_code == 200
    return len(queries)


def test_an_unmeasured_figure_is_no_zero(city: City) -> None:
    cells = table(store_given(city, DAY, {}))["rows"][-1]["cells"]
    assert set(map(str, cells[3:-1])) == {"None"}
