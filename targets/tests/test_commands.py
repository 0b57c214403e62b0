"""What the two commands print, and how they refuse."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from targets.models import IndicatorRun, IndicatorSnapshot, PolicyDocument, Target
from targets.tests.factories import DAY, City, make_city
from targets.tests.page_scene import Scene, make_scene, make_target, store_run

UNKNOWN = "150399000000"


@pytest.fixture
def scene(city: City) -> Scene:
    """全市绿色通道 4/6，东区 3/4，西区 1/2、停业 1 家；2017-12-31 已量度。"""
    scene = make_scene(city)
    store_run(city.city, DAY)
    return scene


def run(name: str, *arguments: str) -> str:
    output = StringIO()
    call_command(name, *arguments, stdout=output)
    return output.getvalue()


def lines(*arguments: str) -> list[dict[str, Any]]:
    output = run("targets", "--as-of", "2017-12-31", "--format", "json", *arguments)
    return [json.loads(line) for line in output.splitlines()]


TODAY = timezone.localdate()
# 命令 参数 → 说明
REFUSED = [
    ("take_snapshot", ["--as-of", "2999-01-01"], "2999-01-01 还没有过完，不能量度；最晚可量度"),
    ("take_snapshot", ["--as-of", TODAY.isoformat()], "还没有过完，不能量度"),
    ("take_snapshot", ["--as-of", "2017-02-30"], "日期"),
    ("take_snapshot", ["--as-of", "昨天"], "日期"),
    ("take_snapshot", ["--as-of", "2017-12-31", "--region", UNKNOWN], f"没有行政区划 {UNKNOWN}"),
    ("targets", ["--as-of", "2017-12-31", "--region", UNKNOWN], f"没有行政区划 {UNKNOWN}"),
    ("targets", ["--as-of", "2017-12-31", "--region", "东区"], "没有行政区划 东区"),
    ("targets", ["--as-of", "2017-12-31", "--indicator", "XX99"], "没有指标 XX99 的目标"),
    ("targets", ["--as-of", "2016-12-31"], "2016-12-31 还没有量度"),
    ("targets", ["--as-of", "2999-01-01"], "2999-01-01 还没有过完，不能量度；最晚可量度"),
    ("targets", ["--as-of", "二〇一七"], "日期"),
    ("targets", ["--format", "xml"], "没有“xml”格式；请用 table、csv、json 之一"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
def test_bad_input_is_one_clear_message_and_changes_nothing(
    scene: Scene, name: str, arguments: list[str], message: str
) -> None:
    before = (IndicatorRun.objects.count(), IndicatorSnapshot.objects.count())
    with pytest.raises(CommandError) as refused:
        run(name, *arguments)
    assert message in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    assert refused.value.returncode != 0
    assert (IndicatorRun.objects.count(), IndicatorSnapshot.objects.count()) == before


def test_before_any_run_the_table_says_what_to_do(city: City) -> None:
    with pytest.raises(CommandError, match="还没有任何量度，请先运行"):
        run("targets")


FIELD_TYPES: dict[str, Any] = {
    "region": str,
    "level": str,
    "target": str,
    "indicator": str,
    "reading": str,
    "policy": str,
    "clause": str,
    "due_year": int,
    "unit": str,
    "numerator": int,
    "denominator": int,
    "excluded": int,
    "missing": int,
    "threshold": str,
    "threshold_upper": type(None),
    "comparator": str,
    "verdict": str,
    "reason": type(None),
    "pace": type(None),
    "historical": bool,
}


def test_a_json_line_has_exactly_these_fields(scene: Scene) -> None:
    first = lines()[0]
    assert {name: type(value) for name, value in first.items()} == FIELD_TYPES
    assert list(first) == list(FIELD_TYPES)
    assert first == {
        "region": "150300000000",
        "level": "city",
        "target": "T1",
        "indicator": "GC17",
        "reading": "standard",
        "policy": "测政发〔2017〕1号",
        "clause": "二（二）",
        "due_year": 2017,
        "unit": "ratio",
        "numerator": 4,
        "denominator": 6,
        "excluded": 1,
        "missing": 0,
        "threshold": "0.8",
        "threshold_upper": None,
        "comparator": ">=",
        "verdict": "NOT_MET",
        "reason": None,
        "pace": None,
        "historical": False,
    }


def test_the_judged_reading_comes_first_for_the_city_and_its_districts(scene: Scene) -> None:
    rows = [
        (row["level"], row["reading"], row["numerator"], row["denominator"], row["verdict"])
        for row in lines()
    ]
    assert rows == [
        ("city", "standard", 4, 6, "NOT_MET"),
        ("district", "standard", 3, 4, "NOT_MET"),
        ("district", "standard", 1, 2, "NOT_MET"),
        ("city", "with_clinics", 4, 6, "NOT_JUDGED"),
        ("district", "with_clinics", 3, 4, "NOT_JUDGED"),
        ("district", "with_clinics", 1, 2, "NOT_JUDGED"),
    ]
    assert {row["reason"] for row in lines()} == {None, "reference"}


def test_one_region_is_one_line_for_each_reading(scene: Scene) -> None:
    rows = lines("--region", scene.city.east.code)
    assert [(row["region"], row["reading"]) for row in rows] == [
        (scene.city.east.code, "standard"),
        (scene.city.east.code, "with_clinics"),
    ]


# 目标的改动 → 行里的字段
SHAPES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {"due_on": date(2020, 12, 31)},
        {"verdict": "NOT_JUDGED", "reason": "not_due", "pace": None, "due_year": 2020},
    ),
    (
        {"due_on": None},
        {"verdict": "NOT_JUDGED", "reason": "not_due", "due_year": None},
    ),
    ({"threshold": Decimal("0.625")}, {"threshold": "0.625", "verdict": "MET"}),
    ({"threshold": Decimal(1), "comparator": "="}, {"threshold": "1", "comparator": "="}),
    (
        {"threshold": None, "comparator": "none"},
        {"threshold": None, "comparator": None, "verdict": "NOT_JUDGED", "reason": "no_threshold"},
    ),
    ({"judged_reading": ""}, {"verdict": "NOT_JUDGED", "reason": "reference"}),
]


@pytest.mark.parametrize(("change", "expected"), SHAPES)
def test_the_target_decides_threshold_verdict_and_reason(
    scene: Scene, change: dict[str, Any], expected: dict[str, Any]
) -> None:
    Target.objects.update(**change)
    (row, *_) = lines()
    assert {name: row[name] for name in expected} == expected


def test_a_count_has_no_denominator_and_a_range_two_thresholds(scene: Scene) -> None:
    target = make_target(scene.policy, scene.city.city, "TM12", 2)
    Target.objects.filter(pk=target.pk).update(
        judged_reading="integrated", comparator="range", threshold=1, threshold_upper=2, due_on=None
    )
    store_run(scene.city.city, DAY, ("TM12",))
    row, *districts = (r for r in lines("--indicator", "TM12") if r["reading"] == "integrated")
    # 几所是全市的数：区只列有几所，不判定，也不说还差几家
    assert {(r["level"], r["verdict"], r["reason"]) for r in districts} == {
        ("district", "NOT_JUDGED", "reference")
    }
    asked = ("unit", "numerator", "denominator", "threshold", "threshold_upper", "comparator")
    assert [row[name] for name in asked] == ["count", 0, None, "1", "2", "range"]


def test_no_data_is_null_and_not_zero(scene: Scene) -> None:
    make_target(scene.policy, scene.city.city, "EL17", 2)
    row = lines("--indicator", "EL17")[0]
    assert [row["numerator"], row["denominator"], row["verdict"], row["reason"]] == [
        *(None, None),
        *("NO_DATA", "no_denominator"),
    ]


# 统计日 → 历史目标：文件已失效、失效日未知，到最后一项到期日为止仍算有效
@pytest.mark.parametrize(("day", "historical"), [
    (date(2017, 12, 31), False),
    (date(2020, 12, 31), False),
    (date(2021, 1, 1), True),
])  # fmt: skip
def test_a_repealed_policy_is_historical_after_its_last_due_day(
    scene: Scene, day: date, historical: bool
) -> None:
    if day != DAY:
        store_run(scene.city.city, day)
    output = run("targets", "--as-of", day.isoformat(), "--format", "json")
    assert {json.loads(line)["historical"] for line in output.splitlines()} == {historical}


def test_a_policy_not_yet_signed_asks_nothing_and_is_not_historical(scene: Scene) -> None:
    PolicyDocument.objects.update(signed_on=date(2018, 1, 1))
    assert {row["historical"] for row in lines()} == {False}
    first, *_ = run("targets", "--as-of", "2017-12-31").splitlines()
    assert "政策尚未印发" in first
    assert "还差" not in first


def test_csv_has_the_same_fields_and_rows(scene: Scene) -> None:
    output = run("targets", "--as-of", "2017-12-31", "--format", "csv")
    rows = list(csv.DictReader(StringIO(output)))
    assert list(rows[0]) == list(FIELD_TYPES)
    told = [
        {name: "" if value is None else str(value) for name, value in r.items()} for r in lines()
    ]
    assert rows == told


def test_the_table_speaks_chinese(scene: Scene) -> None:
    first, *rest = run("targets", "--as-of", "2017-12-31").splitlines()
    for text in ("测试市", "T1", "4/6", "66.67%", "≥80%", "未达标", "还差 1 家"):
        assert text in first
    assert any("参考" in line for line in rest)


def test_without_a_day_the_latest_run_is_printed(scene: Scene) -> None:
    assert run("targets", "--format", "json") == run(
        "targets", "--as-of", "2017-12-31", "--format", "json"
    )


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_is_taken_and_told() -> None:
    make_city()
    assert "2017-12-31 已量度" in run("take_snapshot", "--as-of", "2017-12-31")
    yesterday = TODAY - timedelta(days=1)
    assert f"{yesterday} 已量度" in run("take_snapshot")
    assert IndicatorRun.objects.published().count() == 2
