"""The benchmark `import`: sheets of sign-ups beside a COPY of the very rows they become."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from targets.bench.database import BenchDatabase
from targets.bench.snapshot import Line

# 要求：至多是下限的四倍（csv）、六倍（xlsx）；行数再多，内存不随之涨。
DEMANDED = {"import.csv": 4.0, "import.xlsx": 6.0}
DEMANDED_FROM_ROWS = 77_000
FLAT_MB = 100
KNOWN_ROWS = 7_000  # 登记里先有这么多签约
FLOOR = "COPY 成品行与其日志行"


def measured(database: BenchDatabase, *, rows: int, kind: str) -> Iterator[Line]:
    """One sheet imported into a database of its own, then its rows copied into bare twins."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"signups.{kind}"
        database.run("sheet", rows=rows, path=str(path))
        ours = database.run("import", path=str(path))
        floor = database.run("import_floor", folder=folder)
    for name, taken in ((f"import.{kind}", ours["import"]), (f"check.{kind}", ours["check"])):
        yield Line(
            name=name,
            rows=rows,
            seconds=taken,
            floor=FLOOR,
            floor_seconds=floor["seconds"],
            ratio=round(taken / floor["seconds"], 2),
            peak_mb=ours["peak_mb"],
        )


def misses(lines: list[Line]) -> list[str]:
    """What is slower or larger than demanded, said in one sentence each."""
    missed = []
    for line in lines:
        limit = DEMANDED.get(line.name)
        if limit is None or line.rows < DEMANDED_FROM_ROWS:
            continue
        if line.ratio > limit:
            missed.append(
                f"{line.name}（{line.rows} 行）是下限的 {line.ratio} 倍，要求不超过 {limit} 倍。"
            )
        smaller = [one for one in lines if one.name == line.name and one.rows < line.rows]
        if smaller and line.peak_mb > min(one.peak_mb for one in smaller) + FLAT_MB:
            missed.append(f"{line.name}（{line.rows} 行）内存涨到 {line.peak_mb} MB。")
    return missed


def describe(facts: dict[str, Any]) -> dict[str, Any]:
    """The machine's facts that decide how fast rows are written."""
    left_out = {"parallel_tuple_cost", "max_parallel_workers_per_gather", "snapshot_lanes"}
    return {name: value for name, value in facts.items() if name not in left_out}
