"""A large workbook read row by row gives the very cells calamine reads from a small one."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from yiyang.lib import sheets
from yiyang.lib.sheets import UNREADABLE, Row, read_rows
from yiyang.lib.xlsx import parts, strings
from yiyang.lib.xlsx.formats import Kind, kind_of

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET, SHARED, STYLES, BOOK = (
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
)
FORMATS = ("General", "yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "[h]:mm", "0.00%", "h:mm:ss", "@", "0")


@contextmanager
def reader(*, streamed: bool) -> Iterator[None]:
    """Every workbook read by the one reader or by the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "STREAMED_BYTES", -1 if streamed else sheets.MAX_UNPACKED_BYTES)
        yield


def read(content: bytes, *, streamed: bool) -> list[Row] | str:
    with reader(streamed=streamed):
        try:
            return list(read_rows(content))
        except ValueError as error:
            return str(error)


def both(content: bytes) -> list[Row] | str:
    """What the streaming reader reads, which is what calamine reads."""
    streamed = read(content, streamed=True)
    assert streamed == read(content, streamed=False)
    return streamed


def written(lines: Sequence[Sequence[Any]], options: Mapping[str, Any] | None = None) -> bytes:
    """A workbook as a program writes it; a pair is a value and its number format."""
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True, **(options or {})}) as book:
        formats = {code: book.add_format({"num_format": code}) for code in FORMATS}
        sheet = book.add_worksheet()
        for row, line in enumerate(lines):
            for column, cell in enumerate(line):
                value, code = cell if isinstance(cell, tuple) else (cell, None)
                sheet.write(row, column, value, formats.get(code))
    return buffer.getvalue()


def made(
    rows: str, *, shared: str = "", styles: str = "", is_1904: bool = False, data: str = "sheetData"
) -> bytes:
    """A workbook whose sheet is written by hand."""
    given = {SHEET: f"<worksheet {SPACE}><{data}>{rows}</{data}></worksheet>"}
    if shared:
        given[SHARED] = f"<sst {SPACE}>{shared}</sst>"
    if styles:
        given[STYLES] = f"<styleSheet {SPACE}>{styles}</styleSheet>"
    plain, result = io.BytesIO(written([["甲"]], {"date_1904": is_1904})), io.BytesIO()
    with ZipFile(plain) as source, ZipFile(result, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, HEAD + given[name] if name in given else source.read(name))
    return result.getvalue()


def cell(value: str, written_as: str = "", style: str = "") -> str:
    attributes = f' t="{written_as}"' * bool(written_as) + f' s="{style}"' * bool(style)
    return f'<row r="1"><c r="A1"{attributes}><v>{value}</v></c><c r="B1"><v>1</v></c></row>'


def text(inside: str) -> str:
    return f'<row r="1"><c r="A1" t="inlineStr"><is>{inside}</is></c><c r="B1"><v>1</v></c></row>'


STYLED = (
    '<numFmts count="4"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/><numFmt numFmtId="14" formatCode="0.00"/>'
    '<numFmt numFmtId="166" formatCode="&quot;d&quot;0"/></numFmts><cellXfs count="9">'
    + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 164, 165, 14, 15, 22, 31, 46, 166))
    + "</cellXfs>"
)


@pytest.mark.parametrize("is_1904", [False, True])
@pytest.mark.parametrize(
    "value",
    [
        *("0", "0.5", "1", "59", "60", "61", "42775", "42775.3541666667", "42775.99999999"),
        *("-1", "-0.5", "2958465", "2958466", "3000000", "abc", ""),
    ],
)
def test_a_number_is_a_date_where_its_style_says_so(value: str, is_1904: bool) -> None:
    cells = "".join(f'<c s="{style}"><v>{value}</v></c>' for style in (*range(9), 99, "x"))
    both(made(f"<row>{cells}<c><v>1</v></c></row>", styles=STYLED, is_1904=is_1904))


@pytest.mark.parametrize("value", ["99999999999", "1e300", "inf", "nan"])
def test_a_number_beyond_all_dates_stays_a_number(value: str) -> None:
    """calamine gives such a file up."""
    content = made(cell(value, style="2"), styles=STYLED)
    plain = made(cell(value), styles=STYLED)
    assert read(content, streamed=True) == read(plain, streamed=True)
    assert read(content, streamed=False) in (UNREADABLE, [Row(1, ("0:00:00", "1"))])


@pytest.mark.parametrize(
    ("value", "written_as", "expected"),
    [
        ("12", "", "12"),
        ("150302194501010018", "n", "1.50302E+17"),
        ("1_000", "", "1_000"),
        ("0.1", "n", "0.1"),
        ("007", "str", "007"),
        ("a_x000A_b&amp;c_x00zz_", "str", "a\nb&c_x00zz_"),
        ("1", "b", "是"),
        ("false", "b", "否"),
        ("#N/A", "e", ""),
        ("2017-02-09", "d", "2017-02-09"),
        ("2017-02-09T08:30:00", "d", "2017-02-09 08:30"),
        ("2017-02-30", "d", "2017-02-30"),
        ("08:30:00", "d", "08:30:00"),
        ("早上", "d", "早上"),
        ("0", "s", "甲"),
        ("", "s", ""),
    ],
)
def test_a_cell_is_read_by_its_type(value: str, written_as: str, expected: str) -> None:
    assert both(made(cell(value, written_as))) == [Row(1, (expected, "1"))]


@pytest.mark.parametrize(
    ("value", "written_as"),
    [("abc", "n"), ("1", "zz"), ("2", "b"), ("7", "s")],
)
def test_a_cell_no_program_writes_is_refused(value: str, written_as: str) -> None:
    assert "打不开" in both(made(cell(value, written_as)))


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<t> 甲 乙 </t>", "甲 乙"),
        ("<r><t>甲 </t></r><r><t> 乙</t></r>", "甲乙"),
        ('<r><t xml:space="preserve">甲 </t></r><r><t>乙</t></r>', "甲 乙"),
        ("<r><rPr><b/><sz val='11'/></rPr><t>王</t></r><r><t>秀英</t></r>", "王秀英"),
        ("<t>王</t><rPh sb='0' eb='1'><t>wáng</t></rPh><phoneticPr fontId='1'/>", "王"),
        ("<t><![CDATA[甲&乙]]></t>", "甲&乙"),
        ("<t>甲\r\n乙</t>", "甲\n乙"),
        ("<t>甲_x0041_乙</t>", "甲A乙"),
        ("<t/>", ""),
        ("", ""),
    ],
)
def test_rich_text_is_joined_and_its_phonetic_guide_left_out(inside: str, expected: str) -> None:
    assert both(made(text(inside))) == [Row(1, (expected, "1"))]
    shared = made(cell("1", "s"), shared=f"<si><t>别的</t></si><si>{inside}</si>")
    assert both(shared) == [Row(1, (expected, "1"))]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            (
                '<row r="2"><c r="B2"><v>1</v></c><c><v>2</v></c><c r="F2"><v>3</v></c></row>'
                '<row r="5"><c r="A5"><v>4</v></c></row>'
            ),
            [(2, ("", "1", "2", "", "", "3")), (5, ("4",))],
        ),
        ("<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/>", [(1, ("1", "", "3"))]),
        ("<row/><row><c><v>1</v></c></row>", [(2, ("1",))]),
        ('<row r="1"/><row r="3"><c r="A3"><v>1</v></c></row>', [(3, ("1",))]),
        ('<row r="1"><c r="b1"><v>1</v></c></row>', [(1, ("", "1"))]),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row>', [(1, ("1",))]),
        ('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>', [(1, ("2", "1"))]),
        (
            (
                '<x:row xmlns:x="q" r="1"><x:c r="A1"><x:v>1</x:v></x:c>'
                '<x:c r="B1" t="inlineStr"><x:is><x:t>甲</x:t></x:is></x:c></x:row>'
            ),
            [(1, ("1", "甲"))],
        ),
        (
            (
                '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1+1</f><v>2</v></c></row>'
                '</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells><sheetData>'
            ),
            [(1, ("1", "2"))],
        ),
    ],
    ids=range(9),
)
def test_cells_stand_in_their_columns(rows: str, expected: list[tuple[int, Any]]) -> None:
    assert both(made(rows)) == [Row(*row) for row in expected]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="5"><c r="A5"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="A3"><v>1</v></c></row>',
        '<row r="x"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="$A$1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c>',
        "<row>" + "<x>" * 200 + "</x>" * 200 + "</row>",
    ],
    ids=range(7),
)
def test_a_sheet_out_of_order_is_refused(rows: str) -> None:
    assert "打不开" in read(made(rows), streamed=True)


def test_what_belongs_in_no_row_changes_nothing() -> None:
    rows = '<rPh/><row r="1"><rPh/><c r="A1"><is><t>甲</t></is><ext><v>9</v></ext></c></row>'
    assert read(made(rows), streamed=True) == [Row(1, ("甲",))]


def test_a_cell_far_to_the_right_is_refused() -> None:
    rows = '<row r="1"><c r="ALL1"><v>1</v></c></row>'
    assert "超过 200 列" in read(made(rows), streamed=True)
    assert "超过 1048576 行" in read(made('<row r="1048577"><c><v>1</v></c></row>'), streamed=True)


def test_a_part_that_is_no_sheet_is_refused() -> None:
    assert "打不开" in read(made(cell("1"), data="chart"), streamed=True)


@pytest.mark.parametrize("inside", ["<t>" + "甲" * 200_000, "<r><t/></r>" * 30_000])
@pytest.mark.parametrize("place", ["sheet", "shared"])
def test_text_without_end_is_refused_before_it_fills_memory(
    inside: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MAX_TOKEN_BYTES", 20_000)
    shared = made(cell("0", "s"), shared=f"<si>{inside}</si>")
    assert "打不开" in read(made(text(inside)) if place == "sheet" else shared, streamed=True)


def test_a_tag_without_end_is_refused_before_it_fills_memory() -> None:
    rows = f'<row r="1" spans="{"1" * 2_000_000}"><c><v>1</v></c></row>'
    assert "打不开" in read(made(rows), streamed=True)


def test_strings_are_sealed_while_they_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strings, "IN_MEMORY", 1)
    names = [f"王秀英{number}" for number in range(200)]
    archive = ZipFile(io.BytesIO(written([[name] for name in names])))
    with archive, closing(strings.SharedStrings(archive)) as shared:
        assert [shared[number] for number in range(200)] == names
        assert shared[3] == names[3]
        shared._file.seek(0)
        assert "王秀英".encode() not in shared._file.read()
        with pytest.raises(parts.BrokenWorkbookError):
            shared[200]


def test_no_more_strings_are_read_than_asked_for() -> None:
    lines = [[f"王秀英{number}"] for number in range(5_000)]
    archive = ZipFile(io.BytesIO(written(lines)))
    with archive, closing(strings.SharedStrings(archive)) as shared:
        assert shared[0] == "王秀英0"
        assert shared._known < 100


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", None),
        ("G/通用格式", None),
        ("yyyy/m/d", Kind.MOMENT),
        ("h:mm AM/PM", Kind.MOMENT),
        ("[$-804]yyyy年m月d日;@", Kind.MOMENT),
        ("[DBNum1][$-804]m月d日", Kind.MOMENT),
        ("[h]:mm:ss", Kind.SPAN),
        ("[Red][ss].00", Kind.SPAN),
        ("[Red]0.00", None),
        ('0"days"', None),
        ("0\\d", None),
        ("0_d", None),
        ("0*d", None),
        ("#,##0;yyyy", None),
        ("", None),
    ],
)
def test_a_number_format_tells_dates_from_numbers(code: str, kind: Kind | None) -> None:
    assert kind_of(code) is kind


WRITTEN = st.text("甲乙·ABab019 _x=&<>\"'\t\n\N{GRINNING FACE}", max_size=8)
VALUES = st.one_of(
    st.none(),
    WRITTEN,
    st.integers(-(10**18), 10**18),
    st.floats(-1e9, 1e9),
    st.booleans(),
    st.tuples(st.dates(date(1905, 1, 1), date(9999, 12, 31)), st.just("yyyy-mm-dd")),
    st.tuples(st.datetimes(datetime.fromisoformat("1905-01-01")), st.sampled_from(FORMATS)),
    st.tuples(st.times(), st.just("h:mm:ss")),
    st.tuples(st.timedeltas(timedelta(0), timedelta(days=40)), st.just("[h]:mm")),
    st.tuples(st.floats(0, 3_000_000), st.sampled_from(FORMATS)),
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=st.lists(st.lists(VALUES, max_size=5), max_size=5),
    is_1904=st.booleans(),
    is_inline=st.booleans(),
)
def test_whatever_a_program_writes_is_read_alike(
    lines: list[list[Any]], is_1904: bool, is_inline: bool
) -> None:
    options = {
        "date_1904": is_1904,
        "constant_memory": is_inline,
        "in_memory": not is_inline,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    both(written(lines, options))


def test_a_time_of_day_is_read_alike() -> None:
    assert both(written([[(time(8, 30), "h:mm:ss")]])) == [Row(1, ("08:30:00",))]
