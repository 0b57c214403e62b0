"""The benchmark of imports brings in what it says and compares it with the same rows copied.

No test asserts a time: seconds belong to the machine.
"""

from __future__ import annotations

import os

import pytest

from targets.bench import imports
from targets.bench.database import BenchDatabase, bench_database, facts_about
from targets.bench.snapshot import Line


def test_a_sheet_becomes_rows_the_floor_copies_them_and_the_database_is_dropped() -> None:
    with bench_database(rows=10, regions="wuhai", keep=False) as database:
        lines = list(imports.measured(database, rows=30, kind="csv"))
        assert [line.name for line in lines] == ["import.csv", "check.csv"]
        ((entered, copied),) = facts_about(
            database,
            "SELECT (SELECT count(*) FROM contracts_familydoctorsignup WHERE id > 10),"
            " (SELECT count(*) FROM bench_contracts_familydoctorsignup)",
        )
    assert (entered, copied) == (30, 30)
    server, name = BenchDatabase(os.environ["OWNER_DATABASE_URL"], ""), database.url.rsplit("/")[-1]
    assert facts_about(server, f"SELECT FROM pg_database WHERE datname = '{name}'") == []


def line(name: str, rows: int, ratio: float, peak_mb: float = 150.0) -> Line:
    return Line(name, rows, ratio, imports.FLOOR, 1.0, ratio, peak_mb)


@pytest.mark.parametrize(
    ("measured", "missed"),
    [
        ([line("import.csv", 77_000, 4.0)], 0),
        ([line("import.csv", 77_000, 4.01)], 1),
        ([line("import.xlsx", 77_000, 6.0)], 0),
        ([line("import.xlsx", 77_000, 6.01)], 1),
        ([line("import.csv", 1_000, 90)], 0),
        ([line("check.csv", 77_000, 90)], 0),
        ([line("import.csv", 77_000, 1), line("import.csv", 1_000_000, 1, 250)], 0),
        ([line("import.csv", 77_000, 1), line("import.csv", 1_000_000, 1, 251)], 1),
    ],
)
def test_a_miss_is_named_where_something_is_demanded(measured: list[Line], missed: int) -> None:
    assert len(imports.misses(measured)) == missed
