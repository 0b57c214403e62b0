"""The benchmark `workbook`: a table of many regions beside deflating the very sheet it holds."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from typing import Any

from targets.bench.database import BenchDatabase
from targets.bench.snapshot import Line

REGIONS = (1_000, 3_000)
FLOOR = "压缩同一张表的 XML"
# 要求：至多是压缩同一张表的八倍；区划再多，内存不随之涨。
DEMANDED = 8.0
FLAT_MB = 5.0
OURS, THEIRS = "workbook.table", "workbook.xlsxwriter"


def measured(database: BenchDatabase, *, rows: int) -> Iterator[Line]:
    """Ours, and the same cells written by xlsxwriter, each with its own sheet as floor."""
    found = database.run("workbook", regions=rows)
    size = f"{FLOOR}（{found['bytes'] / 1e6:.1f} MB）"
    yield _line(OURS, rows, found["seconds"], found["floor_seconds"], found["peak"], size)
    theirs = (found["xlsxwriter"], found["xlsxwriter_floor"])
    yield _line(THEIRS, rows, *theirs, found["peak_mb"], FLOOR)


def _line(
    name: str, rows: int, seconds: float, floor_seconds: float, peak_mb: float, floor: str
) -> Line:
    return Line(
        name=name,
        rows=rows,
        seconds=seconds,
        floor=floor,
        floor_seconds=floor_seconds,
        ratio=round(seconds / floor_seconds, 2),
        peak_mb=peak_mb,
    )


def misses(lines: list[Line]) -> list[str]:
    """What is slower or larger than demanded."""
    ours = [line for line in lines if line.name == OURS]
    missed = [
        f"{line.rows} 个区划的工作簿是下限的 {line.ratio} 倍，要求不超过 {DEMANDED} 倍。"
        for line in ours
        if line.ratio > DEMANDED
    ]
    least = min((line.peak_mb for line in ours), default=0.0)
    return missed + [
        f"{line.rows} 个区划的工作簿内存涨到 {line.peak_mb} MB，最小的一档是 {least} MB。"
        for line in ours
        if line.peak_mb > least + FLAT_MB
    ]


def machine() -> dict[str, Any]:
    """What it ran on; no database takes part."""
    return {"cores": len(os.sched_getaffinity(0)), "python": platform.python_version()}
