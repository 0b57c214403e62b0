"""Streamed workbooks open in a spreadsheet, mark every page and compute nothing."""

from __future__ import annotations

import io
import re
import tempfile
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from yiyang.lib.workbooks import BLOCK_BYTES, Cell, Layout, streamed

LAYOUT = Layout(
    "老年人", "导出编号 DC2026-00001　账号 zhang", "用途：测试", ["档案编号", "姓名", "年龄"]
)
Rows = Sequence[Sequence[Cell]]


def book(rows: Rows, layout: Layout = LAYOUT) -> bytes:
    return b"".join(streamed(layout, rows))


def cells(content: bytes) -> list[list[object]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python()]


def part(content: bytes, name: str = "xl/worksheets/sheet1.xml") -> str:
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return archive.read(name).decode()


def test_mark_note_headings_and_rows_stand_in_order() -> None:
    assert cells(book([["a-1", "王秀英", 77], ["a-2", "", 80]])) == [
        ["导出编号 DC2026-00001　账号 zhang", "", ""],
        ["用途：测试", "", ""],
        ["档案编号", "姓名", "年龄"],
        ["a-1", "王秀英", 77],
        ["a-2", "", 80],
    ]


def test_a_sheet_without_rows_still_opens() -> None:
    assert len(cells(book([]))) == 3


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1+1",
        "@SUM(A1)",
        '=HYPERLINK("http://x","点")',
        "＝1+1",
        "\t=1",
        "=cmd|' /C'!A0",
    ],
)
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    content = book([["a-1", text, 1]])
    assert "<f>" not in part(content)
    shown = str(cells(content)[3][1])
    assert shown == text.strip("\t") or shown == f"'{text}"
    assert not shown.startswith("=")


def test_a_number_is_no_text_and_a_long_name_is_shown_whole() -> None:
    content = book([["a-1", "演示东环路社区日间照料中心（二期）", 77]])
    styles = part(content, "xl/styles.xml")
    formats = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles))
    looks = re.findall(r"<xf [^>]*?(?:/>|>.*?</xf>)", styles.partition("<cellXfs")[2])
    name, number = (
        looks[int(style)] for style in re.findall(r'<c r="[BC]4" s="(\d+)"', part(content))
    )
    whole = 'numFmtId="1"'  # 0，不带小数
    assert formats[re.findall(r'numFmtId="(\d+)"', name)[0]] == "@"
    assert whole in number
    assert 'wrapText="1"' in name


@pytest.mark.parametrize("text", ["<b>&</b>", "a\x00b", "a\ufffeb", '"]]>', "</t></is></c>"])
def test_text_never_breaks_the_sheet(text: str) -> None:
    shown = str(cells(book([["a-1", text, 1]]))[3][1])
    assert shown == text.replace("\x00", "").replace("\ufffe", "")


def test_long_numbers_keep_every_digit() -> None:
    assert cells(book([["a-1", "150399194003070029", 1]]))[3][1] == "150399194003070029"


def test_the_mark_is_on_every_printed_page_and_repeated_with_the_headings() -> None:
    content = book([["a-1", "王秀英", 77]])
    sheet, names = part(content), part(content, "xl/workbook.xml")
    assert "<oddHeader>&amp;C导出编号 DC2026-00001　账号 zhang</oddHeader>" in sheet
    assert (
        "<oddFooter>&amp;L导出编号 DC2026-00001　账号 zhang&amp;R&amp;P/&amp;N</oddFooter>" in sheet
    )
    assert "$1:$3" in names


def test_codes_in_a_mark_stay_text_in_the_header() -> None:
    layout = Layout("老年人", "账号 a&Cb&P", "", ["档案编号"])
    assert "<oddHeader>&amp;C账号 a&amp;&amp;Cb&amp;&amp;P</oddHeader>" in part(book([], layout))


def test_rows_stand_neither_on_disk_nor_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows(number: int) -> Iterator[Sequence[Cell]]:
        for one in range(number):
            yield [f"档案-{one}", "王秀英", one]

    def peak(number: int) -> int:
        tracemalloc.start()
        for block in streamed(LAYOUT, rows(number)):
            assert len(block) < BLOCK_BYTES * 4
            assert not list(tmp_path.iterdir())
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    # 行数多四倍，内存只差一块的零头。
    assert peak(40_000) < peak(10_000) + BLOCK_BYTES * 2
