"""The benchmark `linelist`: the csv of every sign-up beside a bare COPY of the same rows."""

from __future__ import annotations

from collections.abc import Iterator

from targets.bench.database import BenchDatabase
from targets.bench.snapshot import Line

ROWS = (77_000, 1_000_000)
CSV, BY_ROW = "linelist.csv", "linelist.row-by-row"
FLOOR = "COPY 同样的行、同样的次序，原样的列"
# 要求：一百万行至多是 COPY 的两倍；行数再多，内存不随之涨。
DEMANDED = 2.0
DEMANDED_FROM_ROWS = 1_000_000
FLAT_MB = 10.0


def measured(database: BenchDatabase, *, rows: int) -> Iterator[Line]:
    """The file as a browser gets it, and what it took when Python wrote it."""
    for found in database.run("linelist")["lines"]:
        yield Line(
            name=found["name"],
            rows=rows,
            seconds=found["seconds"],
            floor=FLOOR,
            floor_seconds=found["floor_seconds"],
            ratio=round(found["seconds"] / found["floor_seconds"], 2),
            peak_mb=found["peak_mb"],
        )


def misses(lines: list[Line]) -> list[str]:
    """What is slower or larger than demanded."""
    ours = [line for line in lines if line.name == CSV]
    missed = [
        f"{line.rows} 行的名单是下限的 {line.ratio} 倍，要求不超过 {DEMANDED} 倍。"
        for line in ours
        if line.rows >= DEMANDED_FROM_ROWS and line.ratio > DEMANDED
    ]
    least = min((line.peak_mb for line in ours), default=0.0)
    return missed + [
        f"{line.rows} 行的名单内存涨到 {line.peak_mb} MB，最小的一档是 {least} MB。"
        for line in ours
        if line.peak_mb > least + FLAT_MB
    ]
