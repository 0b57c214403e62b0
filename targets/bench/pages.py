"""The benchmark `pages`: a list's page beside the bare SQL it runs, first page and far down."""

from __future__ import annotations

from collections.abc import Iterator

from targets.bench.database import BenchDatabase
from targets.bench.snapshot import Line

INSTITUTIONS = 20_000
FLOOR = "页面自己的查询，只取行"
# 深处的一页至多是第一页的两倍时间：翻到多深都从索引接着读。
DEMANDED_DEPTH = 2.0
DEMANDED_FROM_ROWS = 77_000


def measured(database: BenchDatabase, *, rows: int) -> Iterator[Line]:
    """Every list at its first page and at 99 % of its depth."""
    database.run("more_institutions", number=INSTITUTIONS)
    for found in database.run("pages")["lists"]:
        yield Line(
            name=f"pages.{found['name']}",
            rows=rows,
            seconds=found["seconds"],
            floor=f"{FLOOR}（{found['queries']} 条，共 {found['listed']:,} 行可列）",
            floor_seconds=found["floor_seconds"],
            ratio=round(found["seconds"] / found["floor_seconds"], 2),
            peak_mb=found["peak_mb"],
        )


def misses(lines: list[Line]) -> list[str]:
    """Which list takes much longer far down than at its beginning."""
    by_name = {line.name: line for line in lines if line.rows >= DEMANDED_FROM_ROWS}
    missed = []
    for name, deep in by_name.items():
        first = by_name.get(name.removesuffix(".deep"))
        if not name.endswith(".deep") or first is None:
            continue
        if deep.seconds > first.seconds * DEMANDED_DEPTH:
            missed.append(
                f"{name} 用 {deep.seconds} 秒，第一页 {first.seconds} 秒，"
                f"要求不超过 {DEMANDED_DEPTH} 倍。"
            )
    return missed
