"""The rows of a workbook's first sheet, one after another as they come out of the zip."""

import datetime
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import product
from string import ascii_uppercase
from typing import Protocol
from zipfile import ZipFile

from yiyang.lib.xlsx.formats import Kind, Moment, moment, read_styles
from yiyang.lib.xlsx.parts import MAX_DEPTH, Attributes, BrokenWorkbookError, feed, local
from yiyang.lib.xlsx.strings import BLANK, SharedStrings, unescaped
from yiyang.lib.xlsx.workbook import first_sheet

Value = str | bool | Moment
Numbered = tuple[int, list[Value]]

CELL, ROW, SHEET, PHONETIC = "c", "row", "sheetData", "rPh"
KNOWN = frozenset((CELL, ROW, SHEET, PHONETIC, "v", "t", "is", "f"))
WITHIN_A_CELL, AFTER_ALL = "", "/"
REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
# 一列的字母是第几列；算一次，比每格都算快得多。更靠右的三个字母的列反正要拒收，不再细分。
COLUMNS = {
    "".join(letters): number
    for number, letters in enumerate(
        (*product(ascii_uppercase), *product(ascii_uppercase, repeat=2))
    )
}
TRUTH: dict[str, bool | str] = {"1": True, "true": True, "0": False, "false": False, "": ""}
ISO = (
    (re.compile(r"\d{4}-\d\d-\d\d"), datetime.date.fromisoformat),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?"), datetime.datetime.fromisoformat),
    (re.compile(r"\d\d:\d\d:\d\d(\.\d+)?"), datetime.time.fromisoformat),
)


class Strings(Protocol):
    """The shared strings by their numbers."""

    def __getitem__(self, number: int, /) -> str: ...


def stream_rows(archive: ZipFile) -> Iterator[Numbered]:
    """Yield each row that has cells: its number, its values up to the last one written.

    BrokenWorkbookError, ExpatError and the errors of zipfile mean that it is no workbook.
    """
    member, is_1904 = first_sheet(archive)
    styles = read_styles(archive)
    with closing(SharedStrings(archive)) as strings, archive.open(member) as sheet:
        rows = Rows(Cells(strings, styles, is_1904=is_1904))
        for _ in feed(sheet, rows):
            yield from rows.complete
            rows.complete.clear()
        if not rows.is_done:
            raise BrokenWorkbookError


class Cells:
    """Turns the text of a cell's <v> into its value, by its type and style."""

    def __init__(self, strings: Strings, styles: Sequence[Kind | None], *, is_1904: bool) -> None:
        self._strings, self._is_1904 = strings, is_1904
        self._kinds = {str(style): kind for style, kind in enumerate(styles) if kind}

    def value(self, text: str, written_as: str | None, style: str | None) -> Value:
        if written_as == "s":
            return self._shared(text)
        if written_as is None or written_as == "n":
            return self._number(text, written_as, style)
        if written_as == "str":
            return unescaped(text)
        if written_as == "b" and text in TRUTH:
            return TRUTH[text]
        if written_as == "d":
            return _iso(text)
        if written_as == "e":
            return ""
        raise BrokenWorkbookError

    def _shared(self, text: str) -> str:
        try:
            return self._strings[int(text)] if text else ""
        except ValueError:
            raise BrokenWorkbookError from None

    def _number(self, text: str, written_as: str | None, style: str | None) -> Value:
        try:
            value = float(text)
        except ValueError:
            if text and written_as:
                raise BrokenWorkbookError from None
            return text
        if "_" in text:  # Python 认 1_000 是数，表格不认
            return text
        kind = self._kinds.get(style) if style else None
        return value if kind is None else moment(value, kind, is_1904=self._is_1904)


def _iso(text: str) -> Value:
    for form, read in ISO:
        if form.fullmatch(text):
            try:
                return read(text)
            except ValueError:
                return text
    return text


class Rows:
    """Hears a sheet: rows hold cells, a cell holds a value <v> or rich text <is>."""

    def __init__(self, cells: Cells) -> None:
        self.is_done = False
        self.complete: list[Numbered] = []
        self._cells = cells
        # 只按 sheetData → row → c 逐层往里认；别的元素只数深浅。
        self._awaited = SHEET
        self._depth, self._guides = 0, 0
        self._row, self._row_text, self._column = 0, "", 0
        self._values: list[Value] = []
        self._attributes: Attributes = {}
        self._value: Value = ""
        self._keeps_blanks = False
        self._runs: list[str] = []
        self._pieces: list[str] = []
        self.text = self._pieces.append

    def heard(self) -> int:
        return sum(map(len, self._pieces)) + sum(map(len, self._runs)) + len(self._runs)

    def start(self, name: str, attributes: Attributes) -> None:
        self._pieces.clear()
        if name not in KNOWN:
            name = local(name)
        if name == self._awaited and (not self._depth or name == SHEET):
            self._enter(name, attributes)
            return
        self._depth += 1
        if name == "t":
            self._keeps_blanks = attributes.get("xml:space") == "preserve"
        elif name == PHONETIC:
            self._guides += 1
        if self._depth > MAX_DEPTH:
            raise BrokenWorkbookError

    def _enter(self, name: str, attributes: Attributes) -> None:
        if name == CELL:
            self._awaited = WITHIN_A_CELL
            self._attributes, self._value, self._guides = attributes, "", 0
        elif name == ROW:
            self._awaited = CELL
            self._begin_row(attributes.get("r"))
        else:
            self._awaited = ROW
            self._depth = 0

    def end(self, name: str) -> None:
        if self._depth:
            self._depth -= 1
            if self._awaited == WITHIN_A_CELL:
                self._end_within(name if name in KNOWN else local(name))
        elif self._awaited == WITHIN_A_CELL:
            self._awaited = CELL
            self._end_cell()
        elif self._awaited == CELL:
            self._awaited = ROW
            if self._values:
                self.complete.append((self._row, self._values))
        else:
            self._awaited, self.is_done = AFTER_ALL, True

    def _end_within(self, name: str) -> None:
        if name == "v" and not self._depth:
            written_as = self._attributes.get("t")
            if written_as != "inlineStr":
                text, style = "".join(self._pieces), self._attributes.get("s")
                self._value = self._cells.value(text, written_as, style)
        elif name == "t" and not self._guides:
            text = "".join(self._pieces)
            self._runs.append(text if self._keeps_blanks else text.strip(BLANK))
        elif name == PHONETIC:
            self._guides -= 1

    def _begin_row(self, number: str | None) -> None:
        """A row without a number follows the one before; one that goes back is refused."""
        try:
            row = self._row + 1 if number is None else int(number)
        except ValueError:
            raise BrokenWorkbookError from None
        if row <= self._row:
            raise BrokenWorkbookError
        self._row, self._row_text, self._column = row, str(row), 0
        self._values = []

    def _end_cell(self) -> None:
        """Put the value in its column; cells that only have a colour are let be."""
        reference = self._attributes.get("r")
        if reference is not None:
            column = COLUMNS.get(reference.removesuffix(self._row_text))
            self._column = self._far_column(reference) if column is None else column
        value = self._value
        if self._runs:
            value = unescaped("".join(self._runs)) if value == "" else value
            self._runs.clear()
        if value != "":
            lacking = self._column - len(self._values)
            if lacking < 0:
                self._values[self._column] = value
            else:
                self._values.extend([""] * lacking)
                self._values.append(value)
        self._column += 1

    def _far_column(self, reference: str) -> int:
        match = REFERENCE.fullmatch(reference.upper())
        if match is None or int(match[2]) != self._row:
            raise BrokenWorkbookError
        return COLUMNS.get(match[1], len(COLUMNS))
