"""The benchmark `snapshot`: every indicator for every region, and one district or street alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from targets.bench.database import BenchDatabase, part_of

AS_OF = date(2026, 6, 30)
# 要求（docs/performance.md）：全量不超过下限的 2.5 倍；行数十倍，时间不超过十二倍。
DEMANDED_RATIO = 2.5
DEMANDED_GROWTH = 12.0
DEMANDED_FROM_ROWS = 700_000


@dataclass(frozen=True)
class Line:
    """One measure beside its floor."""

    name: str
    rows: int
    seconds: float
    floor: str
    floor_seconds: float
    ratio: float
    peak_mb: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def measured(database: BenchDatabase, *, rows: int, regions: str) -> Iterator[Line]:
    """Ours and the floor, one after the other, for the whole tree and for two of its parts."""
    places = {
        "full": database.root,
        "district": part_of(regions, "district"),
        "street": part_of(regions, "street"),
    }
    for name, region in places.items():
        line = _line(database, f"snapshot.{name}", rows, region)
        yield line
        if name == "full":
            yield _analyst_line(database, rows, line.floor_seconds)


def _line(database: BenchDatabase, name: str, rows: int, region: str) -> Line:
    is_whole = region == database.root
    floor = database.run(
        "floor", as_of=str(AS_OF), region=region, scope="whole" if is_whole else "part"
    )
    ours = database.run("snapshot", as_of=str(AS_OF), region=region)
    return Line(
        name=name,
        rows=rows,
        seconds=ours["seconds"],
        floor="bare counts" if is_whole else "bare counts of its rows",
        floor_seconds=floor["seconds"],
        ratio=_ratio(ours["seconds"], floor["seconds"]),
        peak_mb=ours["peak_mb"],
    )


def _analyst_line(database: BenchDatabase, rows: int, floor_seconds: float) -> Line:
    """DuckDB over an export of the persons' registers: only their figures, only for today's map."""
    theirs = database.run("analyst", as_of=str(AS_OF))
    parts = "导出 {export_seconds}、装入 {load_seconds}、计数 {count_seconds} 秒".format(**theirs)
    return Line(
        name="snapshot.duckdb",
        rows=rows,
        seconds=theirs["seconds"],
        floor=f"bare counts（DuckDB {parts}）",
        floor_seconds=floor_seconds,
        ratio=_ratio(theirs["seconds"], floor_seconds),
        peak_mb=theirs["peak_mb"],
    )


def growth(lines: list[Line]) -> Iterator[Line]:
    """How much longer the full measure takes from one size to the next; the floor is the rows."""
    full = sorted((line for line in lines if line.name == "snapshot.full"), key=lambda x: x.rows)
    for smaller, larger in pairwise(full):
        yield Line(
            name="snapshot.growth",
            rows=larger.rows,
            seconds=larger.seconds,
            floor=f"snapshot.full at {smaller.rows} rows",
            floor_seconds=smaller.seconds,
            ratio=_ratio(larger.seconds, smaller.seconds),
            peak_mb=larger.peak_mb,
        )


def misses(lines: list[Line]) -> list[str]:
    """What is slower than demanded, said in one sentence each."""
    missed = []
    for line in lines:
        if line.name == "snapshot.full" and line.rows >= DEMANDED_FROM_ROWS:
            limit, what = DEMANDED_RATIO, "下限"
        elif line.name == "snapshot.growth" and line.rows > DEMANDED_FROM_ROWS:
            limit, what = DEMANDED_GROWTH, "上一档"
        else:
            continue
        if line.ratio > limit:
            missed.append(
                f"{line.name}（{line.rows} 行）是{what}的 {line.ratio} 倍，要求不超过 {limit} 倍。"
            )
    return missed


def _ratio(ours: float, floor: float) -> float:
    return round(ours / floor, 2) if floor else 0.0
