"""The sheet given back as it came, with a column of results and one of reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from institutions.imports.files import open_file
from institutions.imports.pages import all_pages
from institutions.imports.registry import Register
from institutions.imports.shown import WORDS
from institutions.imports.table import Head, data_lines
from institutions.ingest.registers import Fault
from institutions.models import ImportBatch, RowKind
from yiyang.lib.demo import demo_mark
from yiyang.lib.sheets import read_rows
from yiyang.lib.workbooks import Layout, Marked, streamed

LEFT_OUT = "没有导入"


def result_workbook(batch: ImportBatch, register: Register) -> Iterator[bytes]:
    """The workbook in blocks; FileGoneError once the file was dropped."""
    kinds, faults = _outcomes(batch)
    mark = demo_mark("（{}）")
    width = len(batch.header)
    layout = Layout(
        title="导入结果",
        mark=f"{register.title}导入结果{mark}",
        note=f"{batch.file_name}，批次 {batch.pk}，{batch.get_state_display()}；{_sums(batch)}",
        headings=[*batch.header, "结果", "原因"],
    )
    places = {name: place for place, name in enumerate(batch.columns) if name}
    return streamed(layout, _rows(batch, kinds, faults, places, width))


def _sums(batch: ImportBatch) -> str:
    return "，".join(f"{WORDS[kind]} {batch.counts.get(kind.value, 0)} 行" for kind in RowKind)


def _outcomes(batch: ImportBatch) -> tuple[dict[int, RowKind], dict[int, tuple[Fault, ...]]]:
    kinds: dict[int, RowKind] = {}
    faults: dict[int, tuple[Fault, ...]] = {}
    for checked in all_pages(batch):
        kinds[checked.line.number] = checked.kind
        if checked.faults:
            faults[checked.line.number] = checked.faults
    return kinds, faults


def _rows(
    batch: ImportBatch,
    kinds: dict[int, RowKind],
    faults: dict[int, tuple[Fault, ...]],
    places: dict[str, int],
    width: int,
) -> Iterator[Sequence[str]]:
    head = Head(batch.header_row, batch.header_rows, tuple(batch.header))
    for line in data_lines(read_rows(open_file(batch)), head, lambda _: None):
        cells = [*line.cells[:width], *[""] * (width - len(line.cells))]
        wrong = faults.get(line.number, ())
        for fault in wrong:
            if fault.cell in places:
                place = places[fault.cell]
                cells[place] = Marked(cells[place])
        word = WORDS[kinds[line.number]] if line.number in kinds else LEFT_OUT
        reasons = "".join(str(fault) for fault in wrong)
        yield [*cells, Marked(word) if wrong else word, Marked(reasons) if wrong else reasons]
