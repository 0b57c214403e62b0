"""The benchmark fills registers that hold together, and its lines and page say what was measured.

No test asserts a time: seconds belong to the machine.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from targets.bench import report, snapshot
from targets.bench.database import (
    BenchDatabase,
    BenchError,
    bench_database,
    facts_about,
    part_of,
    root_of,
)
from targets.bench.floor import GROUPED, statements
from targets.bench.snapshot import Line

ROWS = 1000
PERSONS = 800


@pytest.fixture(scope="module")
def filled() -> Any:
    with bench_database(rows=ROWS, regions="wuhai", keep=False) as database:
        yield database


def count(database: BenchDatabase, query: str) -> Any:
    return facts_about(database, f"SELECT count(*) FROM {query}")[0][0]


def test_the_registers_are_in_proportion_to_the_sign_ups(filled: BenchDatabase) -> None:
    assert count(filled, "contracts_familydoctorsignup") == ROWS
    assert count(filled, "contracts_person") == PERSONS
    assert count(filled, "contracts_personresidence WHERE ends_on IS NULL") == PERSONS
    assert count(filled, "contracts_personresidence WHERE ends_on IS NOT NULL") == PERSONS // 10


def test_every_table_the_floor_counts_has_rows(filled: BenchDatabase) -> None:
    counted = {table: count(filled, table) for table in GROUPED}

    assert [table for table, rows in counted.items() if not rows] == []


def test_constraints_and_triggers_are_back_after_the_fill(filled: BenchDatabase) -> None:
    kinds = Counter(kind for (kind,) in facts_about(filled, "SELECT contype FROM pg_constraint"))
    disabled = count(filled, "pg_trigger WHERE tgenabled = 'D'")

    assert disabled == 0
    assert kinds["f"] > 20
    assert kinds["x"] > 10


def test_nobody_is_signed_up_twice_on_one_day(filled: BenchDatabase) -> None:
    twice = """(
        SELECT 1 FROM contracts_familydoctorsignup one JOIN contracts_familydoctorsignup other
        ON other.person_id = one.person_id AND other.id > one.id
        WHERE daterange(one.starts_on, one.expires_on, '[]')
           && daterange(other.starts_on, other.expires_on, '[]')
    ) found"""

    assert count(filled, twice) == 0


def test_a_measure_in_its_own_process_stores_a_finished_run(filled: BenchDatabase) -> None:
    before = count(filled, "targets_indicatorrun WHERE status = 'DONE'")

    result = filled.run("snapshot", as_of=str(snapshot.AS_OF), region=filled.root)

    done = count(filled, "targets_indicatorrun WHERE status = 'DONE'") - before
    assert done == len(result["runs"])
    assert result["peak_mb"] > 0


def test_the_floor_runs_over_everything_and_over_one_district(filled: BenchDatabase) -> None:
    for scope, region in (("whole", filled.root), ("part", part_of("wuhai", "district"))):
        assert filled.run("floor", as_of=str(snapshot.AS_OF), region=region, scope=scope)["runs"]


def test_the_analysts_way_is_timed_part_by_part(filled: BenchDatabase) -> None:
    theirs = filled.run("analyst", as_of=str(snapshot.AS_OF))

    parts = theirs["export_seconds"] + theirs["load_seconds"] + theirs["count_seconds"]
    assert theirs["seconds"] == pytest.approx(parts, abs=0.001)


@pytest.mark.parametrize(
    ("is_whole", "queries"), [(True, len(GROUPED) + 7), (False, 6 + 7)], ids=["all", "part"]
)
def test_the_floor_counts_each_fact_table_and_each_join_once(
    *, is_whole: bool, queries: int
) -> None:
    assert len(list(statements(is_whole=is_whole))) == queries


def line(name: str, rows: int, seconds: float, floor: float) -> Line:
    return Line(name, rows, seconds, "bare counts", floor, round(seconds / floor, 2), 100.0)


def test_growth_compares_each_size_with_the_one_before() -> None:
    small, large = line("snapshot.full", 700_000, 2, 1), line("snapshot.full", 7_000_000, 26, 10)

    (grown,) = snapshot.growth([large, small])

    assert (grown.rows, grown.seconds, grown.floor_seconds, grown.ratio) == (7_000_000, 26, 2, 13)


@pytest.mark.parametrize(
    ("measured", "is_missed"),
    [
        (line("snapshot.full", 700_000, 2.5, 1), False),
        (line("snapshot.full", 700_000, 2.51, 1), True),
        (line("snapshot.full", 77_000, 9, 1), False),
        (line("snapshot.growth", 7_000_000, 12, 1), False),
        (line("snapshot.growth", 7_000_000, 12.01, 1), True),
        (line("snapshot.growth", 700_000, 90, 1), False),
        (line("snapshot.street", 7_000_000, 90, 1), False),
    ],
)
def test_a_miss_is_named_only_where_something_is_demanded(
    measured: Line, *, is_missed: bool
) -> None:
    assert bool(snapshot.misses([measured])) is is_missed


def test_the_page_is_made_from_the_results_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "DOCS", tmp_path)
    monkeypatch.setattr(report, "RESULTS", tmp_path / "performance")

    report.write("snapshot", {"cores": 2}, [line("snapshot.full", 77_000, 3, 2).as_dict()])

    page = (tmp_path / "performance.md").read_text(encoding="utf-8")
    assert "cores=2" in page
    assert "| snapshot.full | 77,000 | 3.000 | 2.000 | 1.50 | 100 | bare counts |" in page


def test_the_committed_page_is_made_from_the_committed_results() -> None:
    page = (report.DOCS / "performance.md").read_text(encoding="utf-8")
    assert page == report.composed()


@pytest.mark.parametrize(
    ("regions", "root"), [("wuhai", "150300000000"), ("chongqing", "500000000000")]
)
def test_the_measured_region_is_the_top_of_what_is_shipped(regions: str, root: str) -> None:
    assert root_of(regions) == root


def test_an_unknown_region_file_is_refused() -> None:
    with pytest.raises(BenchError, match="chongqing、wuhai"):
        root_of("atlantis")


@pytest.mark.parametrize("rows", ["0", "-5"])
def test_rows_must_be_positive(rows: str) -> None:
    with pytest.raises(CommandError, match="正整数"):
        call_command("bench", "snapshot", f"--rows={rows}")


def test_a_line_is_one_json_object_with_the_agreed_names() -> None:
    shown = json.loads(json.dumps(line("snapshot.full", 1, 1, 1).as_dict()))

    assert list(shown) == [
        *("name", "rows", "seconds", "floor", "floor_seconds", "ratio", "peak_mb"),
    ]
