"""A table of many regions written as a workbook in one process, and its sheet only deflated."""

from __future__ import annotations

import io
import random
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from zipfile import ZipFile

from xlsxwriter import Workbook

from targets.tabulations.grid import COUNT, SHARE, TEXT, Grid, GridRow, column, row
from targets.tabulations.sheet import blocks_of

REPEATS = 5
INDICATORS = 15
MOST = 100_000
SEED = 1


def timed(regions: int, peak_mb: Callable[[], float]) -> dict[str, Any]:
    """Ours with the memory it took, the floor of the same sheet, and xlsxwriter beside them."""
    seconds = _best(lambda: _written(regions))
    peak = peak_mb()
    sheet = _sheet_of(b"".join(blocks_of(_frame(), _rows(regions), "")))
    theirs = _best(lambda: _by_xlsxwriter(regions))
    other_sheet = _sheet_of(_by_xlsxwriter(regions))
    return {
        "seconds": seconds,
        "floor_seconds": _best(lambda: _deflated(sheet)),
        "peak": peak,
        "xlsxwriter": theirs,
        "xlsxwriter_floor": _best(lambda: _deflated(other_sheet)),
        "bytes": len(sheet),
    }


def _written(regions: int) -> int:
    """Write it out as an answer does: block by block, nothing kept."""
    return sum(len(block) for block in blocks_of(_frame(), _rows(regions), ""))


def _frame() -> Grid:
    columns = [column("序号", TEXT, 6), column("区划代码", TEXT, 15), column("地区", TEXT, 16)]
    for number in range(1, INDICATORS + 1):
        group = f"指标{number}"
        columns += [column("分子", COUNT, 10, group), column("分母", COUNT, 10, group)]
        columns.append(column("占比", SHARE, 10, group))
    return {
        "code": "bench",
        "title": "测速表",
        "as_of": "2026-06-30",
        "region": "测速省",
        "filing": [],
        "unit": "家、%",
        "demo_mark": "",
        "columns": columns,
        "rows": [],
        "notes": [],
        "signatures": [],
        "run": 1,
    }


def _rows(regions: int) -> Iterator[GridRow]:
    drawn = random.Random(SEED)  # noqa: S311 - 只是测速用的数
    for number in range(1, regions + 1):
        cells: list[Any] = [str(number), f"{500000000000 + number}", f"测速街道{number}"]
        for _ in range(INDICATORS):
            bottom = drawn.randint(1, MOST)
            top = drawn.randint(0, bottom)
            cells += [top, bottom, [top, bottom]]
        yield row(cells)


def _by_xlsxwriter(regions: int) -> bytes:
    """The same cells as a program would write them with xlsxwriter in its own long-list mode."""
    file = io.BytesIO()
    with Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        whole, share = (book.add_format({"num_format": one}) for one in ("#,##0", "0.00%"))
        for number, one in enumerate(_rows(regions)):
            for place, cell in enumerate(one["cells"]):
                if isinstance(cell, str):
                    sheet.write_string(number, place, cell)
                elif isinstance(cell, list):
                    sheet.write_number(number, place, cell[0] / cell[1], share)
                else:
                    sheet.write_number(number, place, cell or 0, whole)
    return file.getvalue()


def _sheet_of(book: bytes) -> bytes:
    with ZipFile(io.BytesIO(book)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def _deflated(sheet: bytes) -> int:
    return len(zlib.compress(sheet, 6))


def _best(work: Callable[[], Any]) -> float:
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return round(min(seconds), 5)
