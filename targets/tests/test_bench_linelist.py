"""The benchmark of line lists names what is slow or large; no test asserts a time."""

from __future__ import annotations

import pytest

from targets.bench import linelist
from targets.bench.snapshot import Line


def line(rows: int, ratio: float, peak_mb: float, name: str = linelist.CSV) -> Line:
    return Line(name, rows, ratio, linelist.FLOOR, 1.0, ratio, peak_mb)


@pytest.mark.parametrize(
    ("measured", "missed"),
    [
        ([line(77_000, 3.0, 160), line(1_000_000, 2.0, 170)], 0),
        ([line(1_000_000, 2.01, 160)], 1),
        ([line(77_000, 1, 160), line(1_000_000, 1, 170.1)], 1),
        ([line(1_000_000, 40, 900, linelist.BY_ROW)], 0),
    ],
)
def test_a_slow_or_growing_list_is_named(measured: list[Line], missed: int) -> None:
    assert len(linelist.misses(measured)) == missed
