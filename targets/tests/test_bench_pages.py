"""The benchmark of pages names a list that is slow far down; no test asserts a time."""

from __future__ import annotations

import pytest

from targets.bench import pages
from targets.bench.snapshot import Line


def line(name: str, seconds: float, rows: int = 1_000_000) -> Line:
    return Line(f"pages.{name}", rows, seconds, pages.FLOOR, 1.0, seconds, 150.0)


@pytest.mark.parametrize(
    ("measured", "missed"),
    [
        ([line("beds", 0.1), line("beds.deep", 0.2)], 0),
        ([line("beds", 0.1), line("beds.deep", 0.201)], 1),
        ([line("beds", 0.1, 1000), line("beds.deep", 9, 1000)], 0),
        ([line("beds", 0.1), line("signups.deep", 9)], 0),
    ],
)
def test_a_list_slow_far_down_is_named(measured: list[Line], missed: int) -> None:
    assert len(pages.misses(measured)) == missed
