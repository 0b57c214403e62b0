"""Spreadsheets read as text, cell by cell, and written so that no cell becomes a formula."""

import csv
import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED_BYTES = 300 * 1024 * 1024
SMALL_BYTES = 10 * 1024 * 1024
MAX_RATIO = 100
MAX_ROWS = 500_000
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 2_000

UNREADABLE = "打不开这个 .xlsx，请用 Excel 或 WPS 重新另存后再导入。"
ZIP_MAGIC = b"PK\x03\x04"
OLD_EXCEL_MAGIC = b"\xd0\xcf\x11\xe0"
FORMULA_STARTS = tuple("=+-@\t\r＝＋－\N{FULLWIDTH COMMERCIAL AT}")
PLAIN_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?%?$")
# 控制字符、倒转书写方向的、不是字符的：看不见，却能让一个名字看着像另一个。
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)
# 超过 15 位有效数字的数值单元格已经丢了末几位。
EXACT_DIGITS = 10**15


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet with the line number a clerk sees in Excel."""

    number: int
    cells: tuple[str, ...]


def read_rows(content: bytes) -> Iterator[Row]:
    """Yield the non-empty rows of a csv or xlsx file, told apart by content, never by name.

    Raises ValueError with a message for the clerk; nothing is yielded from an empty file.
    """
    if not content.strip():
        raise ValueError("文件是空的，请选择有内容的文件。")
    if len(content) > MAX_BYTES:
        raise ValueError(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请拆分后分别导入。")
    if content.startswith(OLD_EXCEL_MAGIC):
        raise ValueError("这是旧版 .xls 或加密的文件，请另存为不加密的 .xlsx 或 CSV 后再导入。")
    rows = _xlsx_rows(content) if content.startswith(ZIP_MAGIC) else _csv_rows(content)
    return _checked(rows)


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
            yield row
    if not found:
        raise ValueError("文件里没有一行数据，请选择有内容的文件。")


def _csv_rows(content: bytes) -> Iterator[Row]:
    text = _decoded(content)
    if "\x00" in text:
        raise ValueError("文件不是 CSV 也不是 .xlsx，请另存为其中一种后再导入。")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield Row(reader.line_num, tuple(_clean(cell, reader.line_num) for cell in cells))
    except csv.Error:
        raise ValueError(f"第 {reader.line_num} 行引号不成对，请用模板重新另存。") from None


def _decoded(content: bytes) -> str:
    """Decode UTF-8 with or without BOM, else GB 18030, which Excel writes here by default."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("文件编码不认识，请另存为“CSV UTF-8”或 .xlsx 后再导入。")


def _xlsx_rows(content: bytes) -> Iterator[Row]:
    _refuse_bomb(content)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    except (CalamineError, IndexError):
        raise ValueError(UNREADABLE) from None
    if sheet.end is None:
        return
    # calamine 只分配到用到的最后一格；一个写在最右下角的格子也会撑大整张表。
    if sheet.end[0] >= MAX_ROWS or sheet.end[1] >= MAX_COLUMNS:
        raise ValueError(f"表格超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列，请删除多余的空行空列。")
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        yield Row(number, tuple(_clean(_as_text(cell), number) for cell in cells))


def _refuse_bomb(content: bytes) -> None:
    """Refuse a zip that unpacks to far more than it weighs, before anything unpacks it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            too_big = unpacked > min(MAX_UNPACKED_BYTES, SMALL_BYTES + MAX_RATIO * len(content))
            # 目录里写的大小可以造假；testzip 按它读并核对校验和，读到多出的内容即报错。
            is_broken = not too_big and archive.testzip() is not None
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError):
        raise ValueError(UNREADABLE) from None
    if is_broken:
        raise ValueError(UNREADABLE)
    if too_big:
        raise ValueError("文件解压后过大，疑似异常文件，已拒绝；请另存为 CSV 后再导入。")


def _as_text(cell: Any) -> str:
    """Write a typed cell as a person would read it; numbers too long to be exact as 1.5E+17."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        if abs(cell) >= EXACT_DIGITS:
            return f"{cell:.5E}"
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "minutes")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _clean(cell: str, number: int) -> str:
    if len(cell) > MAX_CELL_CHARACTERS:
        raise ValueError(f"第 {number} 行有一格超过 {MAX_CELL_CHARACTERS} 字，请删减。")
    if CONTROL.search(cell):
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
