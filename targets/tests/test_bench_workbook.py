"""The benchmark of workbooks names what is slow or large; no test asserts a time."""

from __future__ import annotations

import pytest

from targets.bench import workbook
from targets.bench.snapshot import Line
from targets.bench.workbook_work import timed


def line(rows: int, ratio: float, peak_mb: float, name: str = workbook.OURS) -> Line:
    return Line(name, rows, ratio, workbook.FLOOR, 1.0, ratio, peak_mb)


@pytest.mark.parametrize(
    ("measured", "missed"),
    [
        ([line(1000, 8.0, 150), line(3000, 1.5, 155)], 0),
        ([line(1000, 8.01, 150)], 1),
        ([line(1000, 1, 150), line(3000, 1, 155.1)], 1),
        ([line(3000, 9, 300, workbook.THEIRS)], 0),
    ],
)
def test_a_slow_or_growing_workbook_is_named(measured: list[Line], missed: int) -> None:
    assert len(workbook.misses(measured)) == missed


def test_every_way_is_timed_on_the_same_cells() -> None:
    found = timed(3, lambda: 1.0)

    assert found["bytes"] > 3 * 48 * len("<c><v></v></c>")
    assert min(found["seconds"], found["floor_seconds"], found["xlsxwriter"]) > 0
