"""The benchmark `api`: the API's answers beside the same JSON straight from the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from targets.bench.database import BenchDatabase
from targets.bench.snapshot import Line

INSTITUTIONS = 50_000
# 名单一页 100 条、整册 5 万家、深处一页、变更一页 1000 条：至多是各自下限的几倍。
DEMANDED = {"api.list": 3.5, "api.list.deep": 1.2, "api.sync": 5.0, "api.changes.deep": 1.2}


def measured(database: BenchDatabase, *, rows: int) -> Iterator[Line]:
    """Every way of reading, with and without authentication, throttle and audit."""
    database.run("more_institutions", number=INSTITUTIONS)
    for found in database.run("api")["lines"]:
        yield _line(found, rows)


def _line(found: dict[str, Any], rows: int) -> Line:
    return Line(
        name=found["name"],
        rows=rows,
        seconds=found["seconds"],
        floor=found["floor"],
        floor_seconds=found["floor_seconds"],
        ratio=round(found["seconds"] / found["floor_seconds"], 2),
        peak_mb=found["peak_mb"],
    )


def misses(lines: list[Line]) -> list[str]:
    """What is slower than was demanded; Datasette must not be ahead of the list."""
    missed = [
        f"{line.name} 是下限的 {line.ratio} 倍，要求不超过 {DEMANDED[line.name]} 倍。"
        for line in lines
        if line.name in DEMANDED and line.ratio > DEMANDED[line.name]
    ]
    by_name = {line.name: line for line in lines}
    ours, theirs = by_name.get("api.list"), by_name.get("api.list.datasette")
    if ours and theirs and ours.seconds > theirs.seconds:
        missed.append(f"api.list 用 {ours.seconds} 秒，Datasette {theirs.seconds} 秒。")
    return missed
