"""Files from offices come in as text or are refused whole; nothing goes out as a formula."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from yiyang.lib import sheets
from yiyang.lib.sheets import parse_date, read_rows, safe_cell


def full_width(text: str) -> str:
    """Write ASCII as Chinese input methods do when left in full-width mode."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def rows(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.number, row.cells) for row in read_rows(content)]


def xlsx(lines: Sequence[Sequence[Any]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            sheet.write(row, column, value)
    book.close()
    return buffer.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return buffer.getvalue()


TABLE = "名称,床位\n颐和养老院,100\n\n“康”敬老院,80\n"
READ = [(1, ("名称", "床位")), (2, ("颐和养老院", "100")), (4, ("“康”敬老院", "80"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_csv_is_read_in_any_usual_encoding(encoding: str) -> None:
    assert rows(TABLE.encode(encoding)) == READ


def test_an_xlsx_is_read_with_the_line_numbers_excel_shows() -> None:
    assert rows(xlsx([["名称", "床位"], ["颐和养老院", 100], [], ["“康”敬老院", 80]])) == READ


def test_rows_above_the_table_keep_their_place() -> None:
    assert rows(xlsx([[], [], ["名称"]])) == [(3, ("名称",))]
    assert rows(xlsx([[None, "名称"]])) == [(1, ("", "名称"))]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (100, "100"),
        (99.5, "99.5"),
        (True, "是"),
        (150302194501010018, "1.50302E+17"),
        ("150302194501010018", "150302194501010018"),
        (" 前后空格 ", "前后空格"),
        (date(2017, 2, 9), "2017-02-09"),
        (datetime.fromisoformat("2017-02-09 08:30"), "2017-02-09 08:30"),
        (full_width("012"), full_width("012")),
    ],
)
def test_a_cell_becomes_the_text_a_person_reads(cell: object, text: str) -> None:
    assert rows(xlsx([["x", cell]])) == [(1, ("x", text))]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "文件是空的"),
        (b"  \n ", "文件是空的"),
        (b"\xef\xbb\xbf\n", "没有一行数据"),
        (b",,\n,,\n", "没有一行数据"),
        (xlsx([]), "没有一行数据"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 .xls"),
        (b"PK\x03\x04 not really a zip", "打不开"),
        (zipped({"a.txt": b"x"}), "打不开"),
        (b"\xff\xfe\xff\xff", "编码不认识"),
        (b"a\x00b", "不是 CSV"),
        ("名称\n养老\x07院".encode(), "第 2 行有不可见的控制字符"),
        ('名称\n"没有收尾'.encode(), "引号不成对"),
        (("x" * 2001).encode(), "超过 2000 字"),
        (b"," * 200, "没有一行数据|超过 200 列"),
    ],
    ids=range(14),
)
def test_a_bad_file_is_refused_with_advice(content: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        rows(content)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped({"xl/worksheets/sheet1.xml": b"0" * 60_000_000})
    assert len(bomb) < 100_000
    with pytest.raises(ValueError, match="解压后过大"):
        rows(bomb)


def test_a_directory_that_points_before_the_file_is_refused_in_words() -> None:
    broken = bytearray(xlsx([["名称"], ["颐和养老院"]]))
    end = broken.rfind(b"PK\x05\x06")
    broken[end + 16 : end + 20] = (2**24).to_bytes(4, "little")
    with pytest.raises(ValueError, match="打不开"):
        rows(bytes(broken))


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    honest = xlsx([["名称"]])
    size = zipfile.ZipFile(io.BytesIO(honest)).getinfo("xl/workbook.xml").file_size
    lying = honest.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(ValueError, match="打不开"):
        rows(lying)


def test_a_cell_far_away_is_refused() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.add_worksheet().write(1_000_000, 16_000, "x")
    book.close()
    with pytest.raises(ValueError, match="多余的空行空列"):
        rows(buffer.getvalue())


def test_too_large_a_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_BYTES", 10)
    with pytest.raises(ValueError, match="请拆分"):
        rows(b"12345678901")


@pytest.mark.parametrize(
    "written",
    [
        "2017-02-09",
        "2017-2-9",
        "2017.2.9",
        "2017/2/9",
        "2017年2月9日",
        "2017 年 2 月 9 日",
        "20170209",
        full_width("2017.2.9"),
        "2017-02-09 00:00:00",
    ],
)
def test_a_date_is_read_as_offices_write_it(written: str) -> None:
    assert parse_date(written) == date(2017, 2, 9)


@pytest.mark.parametrize("written", ["2017-02-30", "2017年13月1日", "20170229"])
def test_a_date_that_does_not_exist_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="不存在"):
        parse_date(written)


@pytest.mark.parametrize("written", ["", "明天", "42775", "2017.2", "9/2/2017", "170209"])
def test_a_date_nobody_can_be_sure_of_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="不认识"):
        parse_date(written)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("＝cmd", "'＝cmd"),
        (" =1", "' =1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("-5.2%", "-5.2%"),
        ("+3", "+3"),
        ("-2+3", "'-2+3"),
        ("养老院", "养老院"),
        ("", ""),
    ],
)
def test_a_cell_that_would_compute_is_quoted(value: str, written: str) -> None:
    assert safe_cell(value) == written


@given(st.text())
def test_no_written_cell_begins_a_formula(value: str) -> None:
    written = safe_cell(value)
    assert not written.lstrip(" ").startswith("=")
