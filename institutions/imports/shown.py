"""What the pages of an import show: lines with their old values, personal cells masked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from institutions.imports.files import FileGoneError, open_file
from institutions.imports.lines import Checked
from institutions.imports.pages import PAGE_LINES, read_page
from institutions.imports.registry import Register
from institutions.imports.table import Head, data_lines
from institutions.ingest.registers import Cell
from institutions.models import ImportBatch, RowKind
from yiyang.lib.sheets import read_rows

SAMPLES = 3
WORDS = {
    RowKind.ERROR: "有误",
    RowKind.CHANGED: "变更",
    RowKind.NEW: "新增",
    RowKind.UNCHANGED: "未变",
}


@dataclass(frozen=True, slots=True)
class ShownCell:
    text: str
    old: str = ""
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class ShownLine:
    number: int
    cells: tuple[ShownCell, ...]
    faults: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A kind of line with its number, as a tab of the preview."""

    kind: RowKind
    title: str
    number: int
    is_here: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """One page of lines of one kind."""

    tabs: tuple[Tab, ...]
    headings: tuple[str, ...]
    lines: tuple[ShownLine, ...]
    kind: RowKind
    page: int
    pages: int

    @property
    def previous(self) -> int:
        return self.page - 1

    @property
    def next(self) -> int:
        return self.page + 1

    @property
    def has_faults(self) -> bool:
        return self.kind is RowKind.ERROR

    @property
    def has_notes(self) -> bool:
        return any(line.note for line in self.lines)


def preview_of(batch: ImportBatch, register: Register, kind: str, page: int) -> Preview | None:
    """The asked page; mistakes first when no kind is asked for. None once the file is gone."""
    counts = {one: int(batch.counts.get(one.value, 0)) for one in RowKind}
    first = next((one for one in RowKind if counts[one]), RowKind.NEW)
    wanted = RowKind(kind) if kind in RowKind.values else first
    try:
        lines = read_page(batch, wanted, page)
    except FileGoneError:
        return None
    places = matched(batch, register)
    return Preview(
        tabs=tuple(Tab(one, WORDS[one], counts[one], one is wanted) for one in RowKind),
        headings=tuple(cell.heading for _, cell in places),
        lines=tuple(_line(one, places) for one in lines),
        kind=wanted,
        page=page,
        pages=-(-counts[wanted] // PAGE_LINES),
    )


def matched(batch: ImportBatch, register: Register) -> list[tuple[int, Cell]]:
    """The matched columns, each with its place and its cell."""
    cells = {cell.name: cell for cell in register.sheet.cells}
    return [(place, cells[name]) for place, name in enumerate(batch.columns) if name in cells]


def _line(checked: Checked, places: Sequence[tuple[int, Cell]]) -> ShownLine:
    wrong = {fault.cell for fault in checked.faults}
    return ShownLine(
        number=checked.line.number,
        cells=tuple(
            ShownCell(
                masked(cell, _text(checked.line.cells, place)),
                checked.old.get(cell.name, ""),
                cell.name in wrong,
            )
            for place, cell in places
        ),
        faults=tuple(str(fault) for fault in checked.faults),
        note=checked.note,
    )


def _text(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def masked(cell: Cell, text: str) -> str:
    return cell.mask(text) if cell.mask and text else text


def samples(
    batch: ImportBatch, register: Register, suggested: Iterable[str]
) -> list[tuple[str, ...]]:
    """The first cells of each column; in a register of persons only what can be masked."""
    head = Head(batch.header_row, batch.header_rows, tuple(batch.header))
    lines = list(islice(data_lines(read_rows(open_file(batch)), head, lambda _: None), SAMPLES))
    cells = {cell.name: cell for cell in register.sheet.cells}
    shown = []
    for place, name in enumerate(suggested):
        texts = [_text(line.cells, place) for line in lines]
        if name:
            texts = [masked(cells[name], text) for text in texts]
        elif register.is_personal:
            texts = []
        shown.append(tuple(text for text in texts if text))
    return shown
