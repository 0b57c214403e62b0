"""Sheets as offices keep them: titles, merged headers, totals, odd dates, matched by words."""

from __future__ import annotations

import base64
import zlib
from datetime import date

import pytest

from institutions.imports.matching import by_words, knows, lacking
from institutions.imports.table import NO_HEADER, Head, data_lines, find_head, plain
from institutions.ingest.cells import date_of, yes_or_no
from institutions.ingest.sheets import BEDS, INSTITUTIONS, OCCUPANCY
from institutions.tests.batches import workbook
from yiyang.lib.sheets import OLD_EXCEL_MAGIC, read_rows

KNOWN = knows(BEDS)
TITLE = ("东区养老床位表（截至2025年6月30日）",)
HEADER = ("序号", "机构编码", "统计日", "登记口径", "核定或实有", "床位总数", "备注")
DATA = ("1", "T-1", "2025-06-30", "民政备案", "实有", "100", "新增")
# 一张旧版 .xls（BIFF8），压缩后写在这里：没有程序再写这种文件。
XLS = (
    "eNrtWEtIVFEY/s59eJ3Bx4ypoIGIkJUp+KCQQq8FZRvNHtDDyEdeNBSVIaIHqOXMJgmiVkkEA27amG16UIvatRCMWgRB"
    "5CStWgUFLdTbf/65M4zlwoGSHue7nP/8/3/O/59zz+M/596Xc8H56P3iGH5AI3Qsuz5kpOgEJV9CCIDKXVeyiTyTkqvw"
    "V8GXSROZYeJJ9qwl51DOdwwaZoznRIEPlE5iGK1Dg07pOmIP96FLyD40EBW4TZocFHGv8pieZrqB6T2u+ZRpE2uuMW2g"
    "uvPiBObs1op6bxUf08q4LAfS70O2ecuaGhTghVzFo9dFvK6J3aEzXQN/ZkGJkYUp0Lw1O4NOqGtgHvk0gVP46pYCXxI7"
    "9Vmp0q+vXoD031bqrVX0NzUDGIPbyQs8gixYhizRxNVTLQcW0cPhViYDYmdvuLdwVJzXId6PRCc+OqS7dG5mYuFwuMOE"
    "qO+bbC/svtPu6yW9NN/VOezowJGqGj9QW127vap6R1VdNZUGB2zHOr6/jxqV9f2yDQ4DgRVhIJu3RxbRHuQyH+RNEqBA"
    "v3j386uW7ja7gzVjHPrjB8Qm+U5wcVlakHEOl2hMTUoVzG9jeoW9bmS+mGk+1aG8vK3AY/aNc50wl5ZTO3WM1/bmFH4L"
    "8ZFPBx+VRBbsrcRPN8cu5k+/saMoo9HrIXv5jKNSVIrJWxKP7UQuvGDyjmnRT4ElUwt4fXe9UzAXS/AzG2Qal+ToiKSk"
    "eWMVl3SS9KRkkGR4nsUqngV7Nr36gj1nJCXp2UpK0rMc+xFNStLzDTJv1PLwgIe8KeX49kNBQUFBQUFBQeG/h/Au5zpf"
    "TONXdHnZtLz/OkuUltVvkn8WhzBEz1n6MN2LQcpDuJDW+imEKRK+xBptEv8LJY5S6yH0o5v70Z/2+qWPN5H6Pms2DPy6"
    "LZRu+8vp9PM3t/8dYqrZWQ=="
)


def head_of(*rows: tuple[str, ...]) -> Head:
    return find_head(read_rows(workbook(rows)), lambda cell: plain(cell) in KNOWN)


def lines_of(*rows: tuple[str, ...]) -> tuple[list[int], list[str]]:
    """The numbers of the data lines, and what was told of the others."""
    told: list[str] = []
    content = workbook(rows)
    head = head_of(*rows)
    return [line.number for line in data_lines(read_rows(content), head, told.append)], told


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([HEADER, DATA], Head(1, 1, HEADER)),
        ([TITLE, HEADER, DATA], Head(2, 1, HEADER)),
        ([HEADER, (*DATA, "", "没有标题的列")], Head(1, 1, (*HEADER, "", ""))),
        ([TITLE, (), ("单位：张",), HEADER, DATA], Head(4, 1, HEADER)),
        (
            [
                ("机构编码", "统计日", "登记口径", "核定或实有", "床位", "", ""),
                ("", "", "", "", "总数", "护理型", "康复"),
                ("T-1", "2025-06-30", "民政备案", "实有", "100", "30", "5"),
            ],
            Head(
                1,
                2,
                (
                    *("机构编码", "统计日", "登记口径", "核定或实有"),
                    *("床位／总数", "床位／护理型", "床位／康复"),
                ),
            ),
        ),
    ],
    ids=[
        *("at the top", "below a title", "narrower than its lines"),
        *("below a title and a unit", "merged over two rows"),
    ],
)
def test_the_header_is_found_where_it_stands(rows: list[tuple[str, ...]], found: Head) -> None:
    assert head_of(*rows) == found


def test_a_sheet_without_a_header_is_refused() -> None:
    with pytest.raises(ValueError, match="找不到表头"):
        head_of(DATA, DATA)
    assert "下载模板" in NO_HEADER


def test_totals_footers_and_repeated_headers_are_left_out_and_told() -> None:
    total = ("合 计", "", "", "", "", "200", "")
    second = ("", "合计", "", "", "", "200", "")
    footer = ("填表人：某某", "", "审核人：某某")
    numbers, told = lines_of(TITLE, HEADER, DATA, (), total, HEADER, DATA, second, footer)
    assert numbers == [3, 7]
    assert told == [
        "第 5 行是合计，没有导入。",
        "第 6 行是重复的表头，没有导入。",
        "第 8 行是合计，没有导入。",
        "第 9 行是填表人、说明一类的表尾，没有导入。",
    ]


MATCHED = [
    (HEADER, ("", "institution", "counted_on", "register", "basis", "total", "")),
    (
        ("单位代码", "报表日期", "床位口径", "核定实有", "床位合计（张）", "护理床位*"),
        ("institution", "counted_on", "register", "basis", "total", "nursing"),
    ),
    (("床位／总数", "床位／护理型", "床位／康复"), ("total", "nursing", "rehabilitation")),
    (("机构编码", "机构编码"), ("institution", "")),
    (("完全无关", ""), ("", "")),
]


@pytest.mark.parametrize(("headings", "columns"), MATCHED)
def test_headings_are_matched_by_synonyms(
    headings: tuple[str, ...], columns: tuple[str, ...]
) -> None:
    assert by_words(BEDS, headings).columns == columns


def test_a_heading_only_alike_is_a_guess() -> None:
    suggestion = by_words(OCCUPANCY, ("机构编码", "在住老年人数", "月末日期"))
    assert suggestion.columns == ("institution", "occupants", "counted_on")
    assert suggestion.guesses == {1}


def test_what_is_required_and_not_matched_is_named() -> None:
    assert lacking(INSTITUTIONS, ["code", "name", ""]) == ["区划代码", "起始日期", "状态"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("42775", date(2017, 2, 9)),
        ("42775.0", date(2017, 2, 9)),
        ("2017.2.9", date(2017, 2, 9)),
        ("2017年2月9日", date(2017, 2, 9)),
        ("20170209", date(2017, 2, 9)),
        ("30000", date(1982, 2, 18)),
    ],
)
def test_a_date_or_the_day_number_of_a_spreadsheet(written: str, read: date) -> None:
    assert date_of(written) == read


@pytest.mark.parametrize("written", ["29999", "80000", "9999-12-31", "0025-01-01"])
def test_a_number_that_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"不认识|年份不对"):
        date_of(written)


@pytest.mark.parametrize(
    ("written", "read"), [("是", True), ("√", True), ("1", True), ("否", False), ("", False)]
)
def test_yes_and_no(written: str, read: bool) -> None:
    assert yes_or_no(written) is read
    with pytest.raises(ValueError, match="请填"):
        yes_or_no("也许")


def test_an_old_workbook_is_read_like_a_new_one() -> None:
    content = zlib.decompress(base64.b64decode(XLS))
    assert content.startswith(OLD_EXCEL_MAGIC)
    assert [row.cells for row in read_rows(content)] == [
        ("机构编码", "统计日", "登记口径", "核定或实有", "床位总数"),
        ("T-1", "2025-06-30", "民政备案", "实有", "100"),
    ]
    with pytest.raises(ValueError, match="旧版"):
        list(read_rows(content[: len(content) // 2]))
