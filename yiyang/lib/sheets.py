"""Spreadsheets read as text, cell by cell, and written so that no cell becomes a formula."""

import codecs
import csv
import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple
from xml.parsers.expat import ExpatError

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from yiyang.lib.xlsx.parts import BrokenWorkbookError
from yiyang.lib.xlsx.rows import Numbered, stream_rows

MAX_BYTES = 128 * 1024 * 1024
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
SMALL_BYTES = 10 * 1024 * 1024
MAX_RATIO = 100
MAX_ROWS = 1_048_576  # Excel 一张表的行数
MAX_COLUMNS = 200
MAX_CELLS = 20 * MAX_ROWS
BLOCK_BYTES = 1024 * 1024
MAX_CELL_CHARACTERS = 2_000
# calamine 快三倍，但整张表留在内存里；解压后比这大的 .xlsx 逐行读。
STREAMED_BYTES = 16 * 1024 * 1024

UNREADABLE = "打不开这个 .xlsx，请用 Excel 或 WPS 重新另存后再导入。"
UNREADABLE_OLD = "打不开这个旧版 .xls（可能设了密码），请另存为不加密的 .xlsx 或 CSV 后再导入。"
ZIP_MAGIC = b"PK\x03\x04"
OLD_EXCEL_MAGIC = b"\xd0\xcf\x11\xe0"
# 读压缩包时坏文件引出的种种错误。
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)
FORMULA_STARTS = tuple("=+-@\t\r＝＋－\N{FULLWIDTH COMMERCIAL AT}")
PLAIN_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?%?$")
# 控制字符、倒转书写方向的、不是字符的：看不见，却能让一个名字看着像另一个。
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)
# 超过 15 位有效数字的数值单元格已经丢了末几位。
EXACT_DIGITS = 10**15


class Row(NamedTuple):
    """One line of a sheet with the line number a clerk sees in Excel."""

    number: int
    cells: tuple[str, ...]


def read_rows(content: bytes | BinaryIO) -> Iterator[Row]:
    """Yield the non-empty rows of a csv, xlsx or xls file, told apart by content, never by name.

    Raises ValueError with a message for the clerk; nothing is yielded from an empty file.
    """
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    start = file.read(BLOCK_BYTES)
    file.seek(0)
    if not start.strip():
        raise ValueError("文件是空的，请选择有内容的文件。")
    if size > MAX_BYTES:
        raise ValueError(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请拆分后分别导入。")
    if start.startswith(ZIP_MAGIC):
        return _checked(_xlsx_rows(file))
    if start.startswith(OLD_EXCEL_MAGIC):
        return _checked(_sheet_rows(file, UNREADABLE_OLD))
    return _checked(_csv_rows(file))


def _checked(rows: Iterator[Row]) -> Iterator[Row]:
    """Refuse what is too large at once and an empty file at the end."""
    found = 0
    for row in rows:
        if row.number > MAX_ROWS:
            raise ValueError(f"超过 {MAX_ROWS} 行，请拆分后分别导入。")
        if len(row.cells) > MAX_COLUMNS:
            raise ValueError(f"第 {row.number} 行超过 {MAX_COLUMNS} 列，请使用下载的模板。")
        if any(row.cells):
            found += 1
            yield row if row.cells[-1] else Row(row.number, _trimmed(row.cells))
    if not found:
        raise ValueError("文件里没有一行数据，请选择有内容的文件。")


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    """The cells up to the last filled one; how many empty ones follow hangs on the program."""
    filled = len(cells)
    while not cells[filled - 1]:
        filled -= 1
    return cells[:filled]


def _csv_rows(file: BinaryIO) -> Iterator[Row]:
    encoding = _encoding_of(file)
    text = io.TextIOWrapper(file, encoding, newline="")
    reader = csv.reader(_without_nul(text), strict=True)
    try:
        for cells in reader:
            yield Row(reader.line_num, tuple(_clean(cell, reader.line_num) for cell in cells))
    except csv.Error:
        raise ValueError(f"第 {reader.line_num} 行引号不成对，请用模板重新另存。") from None
    finally:
        # 文件是调用者的：包装器回收时不许顺手关掉它。
        text.detach()


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if "\x00" in line:
            raise ValueError("文件不是 CSV 也不是 .xlsx，请另存为其中一种后再导入。")
        yield line


def _encoding_of(file: BinaryIO) -> str:
    """UTF-8 with or without BOM, else GB 18030, which Excel writes here by default."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        file.seek(0)
        try:
            while block := file.read(BLOCK_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        finally:
            file.seek(0)
        return encoding
    raise ValueError("文件编码不认识，请另存为“CSV UTF-8”或 .xlsx 后再导入。")


def _xlsx_rows(file: BinaryIO) -> Iterator[Row]:
    if _unpacked_size(file) <= STREAMED_BYTES:
        yield from _sheet_rows(file, UNREADABLE)
        return
    for number, values in _streamed(file):
        yield Row(number, tuple(_clean(_as_text(value), number) for value in values))


def _streamed(file: BinaryIO) -> Iterator[Numbered]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield from stream_rows(archive)
    except (BrokenWorkbookError, ExpatError, *BROKEN_ZIP):
        raise ValueError(UNREADABLE) from None


def _sheet_rows(file: BinaryIO, unreadable: str) -> Iterator[Row]:
    """The rows of the first sheet of a workbook, old or new."""
    file.seek(0)
    try:
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
    except (CalamineError, IndexError):
        raise ValueError(unreadable) from None
    if sheet.end is None:
        return
    # calamine 只分配到用到的最后一格；一个写在最右下角的格子也会撑大整张表。
    height, width = sheet.end[0] + 1, sheet.end[1] + 1
    if height > MAX_ROWS or width > MAX_COLUMNS or height * width > MAX_CELLS:
        raise ValueError(f"表格超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列，请删除多余的空行空列。")
    left = ("",) * (sheet.start or (0, 0))[1]  # iter_rows 补上面的空行，不补左边的空列
    for number, cells in enumerate(_values(sheet, unreadable), start=1):
        yield Row(number, (*left, *(_clean(_as_text(cell), number) for cell in cells)))


def _values(sheet: CalamineSheet, unreadable: str) -> Iterator[list[Any]]:
    try:
        yield from sheet.iter_rows()
    except OverflowError:  # 设成时长格式的天文数字
        raise ValueError(unreadable) from None


def _unpacked_size(file: BinaryIO) -> int:
    """How large a zip is unpacked; one far larger than it weighs is refused unopened."""
    size = file.seek(0, io.SEEK_END)
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            too_big = unpacked > min(MAX_UNPACKED_BYTES, SMALL_BYTES + MAX_RATIO * size)
            # 目录里写的大小可以造假；testzip 按它读并核对校验和，读到多出的内容即报错。
            is_broken = not too_big and archive.testzip() is not None
    # 目录里的位置是负的、名称不是 UTF-8，引出的是 ValueError。
    except (*BROKEN_ZIP, ValueError):
        raise ValueError(UNREADABLE) from None
    if is_broken:
        raise ValueError(UNREADABLE)
    if too_big:
        raise ValueError("文件解压后过大，疑似异常文件，已拒绝；请另存为 CSV 后再导入。")
    return unpacked


def _as_text(cell: Any) -> str:
    """Write a typed cell as a person would read it; numbers too long to be exact as 1.5E+17."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        if abs(cell) >= EXACT_DIGITS:
            return f"{cell:.5E}"
        return str(int(cell)) if cell % 1 == 0 else repr(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "minutes")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _clean(cell: str, number: int) -> str:
    if len(cell) > MAX_CELL_CHARACTERS:
        raise ValueError(f"第 {number} 行有一格超过 {MAX_CELL_CHARACTERS} 字，请删减。")
    # 控制字符都不可显示；先问这一句，绝大多数格子不必再逐字找。
    if not cell.isprintable() and CONTROL.search(cell):
        raise ValueError(f"第 {number} 行有不可见的控制字符，请重新录入该行。")
    return cell.strip()


def half_width_digits(text: str) -> str:
    """Turn full-width digits, dots and dashes to half-width, leaving other text alone."""
    return text.translate(FULL_WIDTH)


# 全角字符与半角字符的编码相差 0xFEE0。
FULL_WIDTH = {ord(character) + 0xFEE0: character for character in "0123456789.-/%"}
DATE_FORMS = (
    re.compile(r"^(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?: 00:00(?::00)?)?$"),
    re.compile(r"^(\d{4})年(\d{1,2})月(\d{1,2})日?$"),
    re.compile(r"^(\d{4})(\d{2})(\d{2})$"),
)


def parse_date(text: str) -> datetime.date:
    """Read a date as offices write it: 2017-02-09, 2017.2.9, 2017/2/9, 2017年2月9日, 20170209."""
    plain = half_width_digits(text).strip()
    tight = plain if ":" in plain else "".join(plain.split())
    for form in DATE_FORMS:
        if match := form.match(tight):
            year, month, day = (int(part) for part in match.groups())
            return _real_date(year, month, day, text)
    raise ValueError(f"日期“{text[:20]}”不认识，请写成 2017-02-09 或 2017年2月9日。")


def _real_date(year: int, month: int, day: int, text: str) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise ValueError(f"日期“{text[:20]}”不存在，请核对年月日。") from None


def safe_cell(value: str) -> str:
    """Return text that Excel and WPS will show, not compute, when it stands in a csv cell."""
    text = CONTROL.sub("", value)
    if text.lstrip(" ").startswith(FORMULA_STARTS) and not PLAIN_NUMBER.match(text):
        return f"'{text}"
    return text
