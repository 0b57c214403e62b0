"""Charts: their tables, their drawings, and what is written in them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from fractions import Fraction
from itertools import pairwise

import pytest

from targets.charts import png
from targets.charts.chart import Chart, Kind, Row, Value
from targets.charts.content import chart_of, content_of
from targets.charts.drawing import svg_of
from targets.charts.ink import wrapped
from targets.charts.png import NoChineseFont, draws_chinese, png_of
from targets.charts.scale import scale_of
from targets.tests.charts import samples
from targets.tests.charts.samples import GOAL, bars, grouped, line, number, share

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>\"'&]]>\x00\x08\ufffe"


def drawn(chart: Chart) -> ET.Element:
    return ET.fromstring(svg_of(chart))


def words(chart: Chart) -> list[str]:
    return [one.text or "" for one in drawn(chart).iter(f"{SVG}text")]


def test_a_chart_carries_its_table() -> None:
    assert samples.DISTRICTS.headings == ("区划", "数值", "目标值", "判定")
    assert samples.DISTRICTS.table == (
        ("东区", "90%", "≥80%", "达标"),
        ("西区", "0%", "≥80%", "未达标"),
        ("北区", "无数据", "≥80%", "无数据"),
    )
    assert samples.BEFORE_AFTER.headings == ("区划", "2025年末", "2026年末")
    assert samples.BEFORE_AFTER.table[1] == ("西区", "无数据", "3 家")


def test_a_row_without_a_goal_has_a_dash_beside_those_with_one() -> None:
    chart = bars(Row("东区", (share(90),), GOAL, "达标"), Row("西区", (share(5),)))
    assert chart.table[1] == ("西区", "5%", "—", "—")


def test_the_words_for_those_who_cannot_see_say_all_of_it() -> None:
    assert samples.DISTRICTS.alt == (
        "绿色通道开设率，单位：%。东区 90%（目标 ≥80%），达标；西区 0%（目标 ≥80%），未达标；"
        "北区 无数据（目标 ≥80%），无数据。截至2026年9月30日，量度批次 12"
    )
    assert drawn(samples.DISTRICTS).get("aria-label") == samples.DISTRICTS.alt


@pytest.mark.parametrize("chart", samples.ALL, ids=lambda chart: chart.title)
def test_the_same_chart_is_the_same_text_also_after_being_kept(chart: Chart) -> None:
    kept = chart_of(json.loads(json.dumps(content_of(chart))))
    assert kept == chart
    assert svg_of(kept) == svg_of(chart)


def bar_lengths(chart: Chart) -> list[int]:
    boxes = [one for one in drawn(chart).iter(f"{SVG}rect") if one.get("height") == "16"]
    return [int(one.get("width", "")) for one in boxes]


def test_bars_are_as_long_as_their_numbers() -> None:
    rows = [Row(f"{top}", (share(top),)) for top in (100, 50, 25)]
    full, half, quarter = bar_lengths(bars(*rows))
    assert (abs(full - 2 * half), abs(half - 2 * quarter)) <= (1, 1)


def test_no_data_is_a_word_and_zero_is_a_thin_bar() -> None:
    assert bar_lengths(samples.DISTRICTS)[1:] == [1]
    assert words(samples.DISTRICTS).count("无数据") == 1
    assert bar_lengths(samples.BEFORE_AFTER)[2:] == bar_lengths(samples.BEFORE_AFTER)[2:3]


def test_one_goal_is_named_once_and_many_are_explained() -> None:
    assert words(samples.DISTRICTS).count("目标 ≥80%") == 1
    other = Value("≥50%", Fraction(1, 2))
    both = bars(Row("东区", (share(90),), GOAL), Row("西区", (share(5),), other))
    assert "竖线为各自的目标值" in words(both)


def test_a_line_breaks_where_there_was_no_data() -> None:
    pieces = list(drawn(samples.TREND).iter(f"{SVG}polyline"))
    assert [len(piece.get("points", "").split()) for piece in pieces] == [2]
    assert len(list(drawn(samples.TREND).iter(f"{SVG}circle"))) == 3
    assert "无数据" in words(samples.TREND)
    assert words(samples.EMPTY)[-2:] == ["无数据", samples.SOURCE]


def test_a_line_that_does_not_start_from_zero_says_so() -> None:
    assert "单位：%，纵轴从 60% 起" in words(samples.TREND)
    assert "单位：%" in words(line(Row("1", (share(0),)), Row("2", (share(9),))))


def test_points_stand_where_their_days_are() -> None:
    rows = [Row(str(at), (share(60),), at=at) for at in (0, 10, 100)]
    first, second, last = (
        int(one.get("cx", "")) for one in drawn(line(*rows)).iter(f"{SVG}circle")
    )
    assert abs((second - first) * 10 - (last - first)) <= 10


def test_labels_of_days_never_touch() -> None:
    days = (0, 365, 730, 740, 750, 760)
    chart = line(*(Row(f"2026-01-{at:03}", (share(60),), at=at) for at in days))
    labels = [one for one in drawn(chart).iter(f"{SVG}text") if (one.text or "").startswith("2026")]
    places = sorted(int(one.get("x", "")) for one in labels)
    assert labels[-1].text == "2026-01-760"
    assert all(after - before >= 77 for before, after in pairwise(places))


def test_a_goal_that_ended_keeps_its_number() -> None:
    chart = line(Row("1", (share(60),), GOAL), Row("2", (share(60),)))
    assert "目标 ≥80%" in words(chart)


def test_a_milestone_is_a_step() -> None:
    low = Value("50%", Fraction(1, 2))
    rows = [Row("1", (share(60),), low), Row("2", (share(60),), GOAL), Row("3", (share(60),), GOAL)]
    dashed = [
        one for one in drawn(line(*rows)).iter(f"{SVG}line") if one.get("stroke-width") == "2"
    ]
    upright = [one for one in dashed if one.get("x1") == one.get("x2")]
    assert len(upright) == 1


@pytest.mark.parametrize(
    ("values", "from_zero", "is_ratio", "ticks"),
    [
        ((), True, False, ("0", "1")),
        ((3,), True, False, ("0", "1", "2", "3")),
        ((1234,), True, False, ("0", "500", "1000", "1500")),
        ((Fraction(87, 100),), True, True, ("0", "1/4", "1/2", "3/4", "1")),
        ((1,), True, True, ("0", "1/4", "1/2", "3/4", "1")),
        (
            (Fraction(61, 100), Fraction(79, 100)),
            False,
            True,
            ("3/5", "13/20", "7/10", "3/4", "4/5"),
        ),
        ((4, 4), False, False, ("3", "4")),
        ((0, 0), False, False, ("0", "1")),
    ],
)
def test_axes_have_round_marks(
    values: tuple[int, ...], from_zero: bool, is_ratio: bool, ticks: tuple[str, ...]
) -> None:
    scale = scale_of([Fraction(one) for one in values], from_zero=from_zero, is_ratio=is_ratio)
    assert tuple(map(str, scale.ticks)) == ticks


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_written_in_a_chart_becomes_markup(kind: Kind) -> None:
    value = Value(HOSTILE, Fraction(1))
    row = Row(HOSTILE, (value,), value, HOSTILE, HOSTILE)
    chart = Chart(kind, HOSTILE, HOSTILE, HOSTILE, (HOSTILE,), (row,), HOSTILE, mark=HOSTILE)
    allowed = {"svg", "g", "rect", "line", "polyline", "circle", "text"}
    found = list(drawn(chart).iter())
    assert {one.tag.removeprefix(SVG) for one in found} <= allowed
    names = {name for one in found for name in one.attrib}
    assert not [name for name in names if name == "style" or name.startswith("on")]
    png_of(svg_of(chart))


@pytest.mark.parametrize("chart", samples.ALL, ids=lambda chart: chart.title)
def test_a_drawing_stands_under_the_strict_policy(chart: Chart) -> None:
    text = svg_of(chart)
    assert "style" not in text
    assert "href" not in text
    assert "<script" not in text


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="没有负数的位置"):
        Value("-1", Fraction(-1))


def test_a_row_that_does_not_fit_the_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="对不上"):
        grouped(Row("东区", (number(1),)))


def test_long_titles_go_on_in_the_next_line() -> None:
    assert wrapped("一二三四五", 10, 25) == ["一二", "三四", "五"]


def glyph(character: str) -> bytes:
    return png_of(svg_of(bars(Row("甲", (share(1),)), title=character)))


def test_chinese_is_drawn_and_not_boxes() -> None:
    missing = "\U0010fffd"
    assert len({glyph("医"), glyph("养"), glyph(missing)}) == 3
    assert glyph("医")[:8] == b"\x89PNG\r\n\x1a\n"


def test_without_a_chinese_font_a_drawing_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not draws_chinese((), with_system=False)
    monkeypatch.setattr(png, "draws_chinese", lambda _dirs: False)
    with pytest.raises(NoChineseFont, match="CHART_FONT_DIRS"):
        png_of(svg_of(samples.TREND))
