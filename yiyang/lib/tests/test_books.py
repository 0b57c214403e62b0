"""Workbooks of several sheets hold what was written, shown as one where asked, and compute nothing.

What LibreOffice itself makes of them is tried in targets/tests/tabulations/test_libreoffice.py.
"""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from yiyang.lib.books import (
    BLOCK_BYTES,
    Block,
    Line,
    Look,
    Sheet,
    plain_mark,
    sheet_title,
    sheet_titles,
    streamed,
)
from yiyang.lib.cell_room import lines_in

LOOKS: dict[str, Look] = {
    "title": {"bold": True},
    "text": {"num_format": "@", "border": 1},
    "share": {"num_format": "0.00%", "border": 1},
}
NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# 工作表里各部分的次序由标准定死；次序错了 Excel 就说文件坏了。
ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "mergeCells"),
    *("printOptions", "pageMargins", "pageSetup", "headerFooter", "ignoredErrors"),
)


def book(*sheets: Sheet) -> bytes:
    return b"".join(streamed(sheets, LOOKS))


def district(title: str, *lines: Line) -> Sheet:
    return Sheet(title=title, widths=[10, 20, 10], lines=lines, frozen=(1, 1), repeated=(0, 0))


def text_line(*cells: str | int | float | None) -> Line:
    return Line(cells, ("text",) * len(cells))


def tree(content: bytes, number: int = 1) -> ElementTree.Element:
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))


def test_each_sheet_holds_its_own_lines() -> None:
    content = book(
        district("海勃湾区", text_line("001", "一", 1)),
        district("海南区", text_line("002", "二", 2), text_line("003", "三", None)),
        district("乌达区"),
    )
    read = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert read.sheet_names == ["海勃湾区", "海南区", "乌达区"]
    assert [list(row) for row in read.get_sheet_by_index(0).to_python()] == [["001", "一", 1]]
    rows = [list(row) for row in read.get_sheet_by_index(1).to_python()]
    assert rows == [["002", "二", 2], ["003", "三", ""]]


def test_a_code_stays_text_and_a_share_stays_exact() -> None:
    content = book(Sheet("表", [10, 10], [Line(("0150300", 1 / 3), ("text", "share"))]))
    [row] = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert row == ["0150300", 1 / 3]


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(1)", "＝1", "\t=1"])
def test_no_text_is_computed(text: str) -> None:
    sheet = tree(book(district("表", text_line(text))))
    assert not list(sheet.iter(f"{NAMESPACE}f"))
    [cell] = sheet.iter(f"{NAMESPACE}c")
    assert cell.get("t") == "inlineStr"
    assert "".join(cell.itertext()).startswith("'")


def test_spaces_at_the_ends_are_kept() -> None:
    [cell] = tree(book(district("表", text_line(" 甲 ")))).iter(f"{NAMESPACE}c")
    assert "".join(cell.itertext()) == " 甲 "


def test_the_parts_of_a_sheet_stand_in_the_order_of_the_standard() -> None:
    titled = Line(("标题", None, None), ("title",) * 3, 30.0, [Block(0, 2)])
    two_high = Line(("甲", "乙", None), ("text",) * 3, None, [Block(0, 0, 1), Block(1, 2)])
    sheet = tree(book(district("表", titled, two_high, text_line(None, "一", "二"))))
    parts = [part.tag.removeprefix(NAMESPACE) for part in sheet]
    assert parts == [name for name in ORDER if name in parts]
    merged = [one.get("ref") for one in sheet.iter(f"{NAMESPACE}mergeCell")]
    assert merged == ["A1:C1", "A2:A3", "B2:C2"]
    [first, *_] = sheet.iter(f"{NAMESPACE}row")
    assert first.get("ht") == "30.0"


def test_a_row_is_as_high_as_its_wrapping_texts() -> None:
    looks: dict[str, Look] = {"text": {"text_wrap": True}, "bare": {}}
    name = "演示东环路社区日间照料中心（二期）"
    lines = [
        Line((name, 1), ("text", "text")),
        Line((name, 1), ("bare", "bare")),
        Line(("甲", 1), ("text", "text")),
        Line((name * 1000, 1), ("text", "text")),
        Line((name, 1), ("text", "text"), 20.0),
    ]
    rows = tree(b"".join(streamed([Sheet("表", [20, 8], lines)], looks))).iter(f"{NAMESPACE}row")
    # 一栏放得下十个字；两行字的行高写明，表格程序不再自己猜；最高只许 409 磅。
    assert [row.get("ht") for row in rows] == ["33.0", None, None, "409.0", "20.0"]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("十个汉字还放得下一行", 20, 1),
        ("十一个汉字要折成两行字", 20, 2),
        ("150399194003070029", 20, 1),
        ("15039919400307002900", 20, 2),
        ("一\n二", 20, 2),
        ("字", 1, 1),
    ],
)
def test_a_wide_character_takes_two_and_is_never_cut(text: str, width: int, lines: int) -> None:
    assert lines_in(text, width) == lines


def test_every_sheet_prints_on_landscape_a4_with_its_headings_repeated() -> None:
    content = book(district("甲", text_line("1")), district("乙", text_line("2")))
    for number in (1, 2):
        setup = tree(content, number).find(f"{NAMESPACE}pageSetup")
        assert setup is not None
        assert (setup.get("paperSize"), setup.get("orientation")) == ("9", "landscape")
    with ZipFile(io.BytesIO(content)) as archive:
        assert "甲!$1:$1" in archive.read("xl/workbook.xml").decode()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("海勃湾区", "海勃湾区"),
        ("a/b:c*[d]?'e", "a b c  d   e"),
        ("　", "表"),
        ("字" * 40, "字" * 31),
        # Excel 数 UTF-16：扩展 B 区的一个字是两个。
        ("𠮷" * 40, "𠮷" * 15),
        ("东\x0b区\ufffe", "东区"),
    ],
)
def test_a_title_is_one_that_excel_takes(name: str, title: str) -> None:
    assert sheet_title(name) == title


def test_titles_of_one_workbook_differ_whatever_their_case() -> None:
    assert sheet_titles(["汇总", "A区", "a区", "汇总", "字" * 40, "字" * 33]) == [
        *("汇总", "A区", "a区（2）", "汇总（2）", "字" * 31, "字" * 28 + "（2）"),
    ]


def test_a_mark_begins_no_code() -> None:
    assert plain_mark("a&P\x0bb") == "a&&Pb"


def test_lines_stand_nowhere_in_memory() -> None:
    def lines(number: int) -> Iterator[Line]:
        for one in range(number):
            yield Line((f"街道-{one}", one, one / 7), ("text", "text", "share"))

    def peak(number: int) -> int:
        tracemalloc.start()
        for block in streamed([Sheet("表", [10, 10, 10], lines(number))], LOOKS):
            assert len(block) < BLOCK_BYTES * 4
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(20_000) < peak(5_000) + BLOCK_BYTES * 2
