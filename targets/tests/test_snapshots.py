"""A run leaves all of its figures or none, whatever happens to the process that takes it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError, ProgrammingError, connection
from django.utils import timezone

from contracts.tests.factories import make_agreement
from institutions.models import Region
from institutions.tests.factories import make_elderly, make_filing, make_health, make_licence
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import measure, tree_on
from targets.models import IndicatorRun, IndicatorSnapshot, RegionFigures, RunStatus
from targets.results import latest_run, run_of
from targets.snapshots import SnapshotError, measure_night, nights_due, take_snapshot
from targets.tests.factories import DAY, City, make_city
from yiyang.celery import app
from yiyang.changelog.models import ChangeEntry
from yiyang.changelog.sequencer import number_changes

PATIENCE_SECONDS = 60
NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture
def committed(transactional_db: None) -> City:
    """A committed city with one licensed hospital in the east."""
    city = make_city()
    make_licence(make_health(city.east_community))
    return city


def eventually(condition: Callable[[], bool], what: str) -> None:
    waited_until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < waited_until, f"等不到：{what}"
        time.sleep(0.05)


def statuses() -> list[str]:
    return list(IndicatorRun.objects.order_by("id").values_list("status", flat=True))


def stored(run: IndicatorRun) -> dict[tuple[int, str, str], tuple[int | None, ...]]:
    rows = IndicatorSnapshot.objects.filter(run=run).values_list(
        *("region_id", "indicator", "reading"),
        *("numerator", "denominator", "excluded", "missing", "expected"),
    )
    return {row[:3]: row[3:] for row in rows}


def figures(day: date, city: Region) -> dict[tuple[int, str, str], tuple[int | None, ...]]:
    measured = measure(CATALOGUE, day=day, tree=tree_on(day, city.pk))
    return {
        (region, *key): (f.numerator, f.denominator, f.excluded, f.missing, f.expected)
        for key, by_region in measured.items()
        for region, f in by_region.items()
    }


Takers = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def take_in_process(process_environment: dict[str, str]) -> Iterator[Takers]:
    """Start `take_snapshot` for DAY as a process of its own; all of them end with the test."""
    command = [sys.executable, "manage.py", "take_snapshot", "--as-of", DAY.isoformat()]
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        process = subprocess.Popen(command, env=process_environment, cwd=settings.BASE_DIR, **pipes)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


class Barrier:
    """Keeps every run waiting half-way, at the populations, until it is lifted."""

    def __init__(self, owner: Any) -> None:
        self.cursor = owner.cursor()
        self.cursor.execute("BEGIN")
        self.cursor.execute("LOCK TABLE institutions_population IN ACCESS EXCLUSIVE MODE")

    def lift(self) -> None:
        self.cursor.execute("ROLLBACK")


@pytest.fixture
def barrier(committed: City, owner_connection: Any) -> Iterator[Barrier]:
    barrier = Barrier(owner_connection)
    yield barrier
    barrier.lift()


def half_way() -> bool:
    """Some process waits for the barrier."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE NOT granted AND relation = 'institutions_population'::regclass"
        )
        return bool(cursor.fetchone()[0])


def test_a_finished_run_holds_every_reading_of_every_region(committed: City) -> None:
    run = take_snapshot(as_of=DAY)
    assert (run.status, run.is_preview, run.error) == (RunStatus.DONE, False, "")
    assert len(stored(run)) == len(CATALOGUE) * len(committed.regions)
    assert stored(run) == figures(DAY, committed.city)


def test_started_is_committed_before_the_work_and_done_comes_with_the_results(
    barrier: Barrier, take_in_process: Takers
) -> None:
    process = take_in_process()
    eventually(half_way, "量度到一半")
    assert statuses() == [RunStatus.STARTED]
    assert not IndicatorSnapshot.objects.exists()
    barrier.lift()
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, output.decode()
    assert statuses() == [RunStatus.DONE]
    assert IndicatorSnapshot.objects.exists()


def test_a_run_killed_half_way_leaves_evidence_and_is_retaken(
    barrier: Barrier, take_in_process: Takers, committed: City
) -> None:
    process = take_in_process()
    eventually(half_way, "量度到一半")
    process.kill()
    process.wait()
    (crashed,) = IndicatorRun.objects.all()
    assert crashed.status == RunStatus.STARTED
    barrier.lift()
    eventually(lambda: not half_way(), "被杀进程的会话结束")
    run = _take_when_let_go()
    assert (run.pk, run.status) == (crashed.pk, RunStatus.DONE)
    assert stored(run) == figures(DAY, committed.city)


def _take_when_let_go() -> IndicatorRun:
    """The server notices a killed client only when it next speaks to it."""
    waited_until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return take_snapshot(as_of=DAY)
        except SnapshotError:
            assert time.monotonic() < waited_until
            time.sleep(0.05)


def test_while_one_process_measures_another_is_told_to_wait(
    barrier: Barrier, take_in_process: Takers
) -> None:
    first = take_in_process()
    eventually(half_way, "量度到一半")
    second = take_in_process()
    output, _ = second.communicate(timeout=PATIENCE_SECONDS)
    assert second.returncode != 0
    assert "测试市 2017-12-31 正在量度，请等它结束后再试。" in output.decode()
    assert statuses() == [RunStatus.STARTED]
    barrier.lift()
    first.communicate(timeout=PATIENCE_SECONDS)
    assert statuses() == [RunStatus.DONE]


def test_a_write_committed_during_the_run_is_not_half_seen(
    barrier: Barrier, take_in_process: Takers, committed: City
) -> None:
    before = number_changes()
    process = take_in_process()
    eventually(half_way, "量度到一半")
    centre, home = make_health(committed.west), make_elderly(committed.west)
    make_licence(centre)
    make_filing(home)
    make_agreement(centre, home)
    barrier.lift()
    process.communicate(timeout=PATIENCE_SECONDS)
    run = IndicatorRun.objects.get()
    counted = stored(run)
    assert counted[committed.city.pk, "EL20", "any_form"][:2] == (0, 0)
    assert counted[committed.city.pk, "PAIR", "total"][0] == 0
    assert run.seen_number == before
    corrected = take_snapshot(as_of=DAY, reason="补录协议")
    assert stored(corrected)[committed.city.pk, "EL20", "any_form"][:2] == (1, 1)
    assert stored(corrected)[committed.city.pk, "PAIR", "total"][0] == 1


def test_the_run_saw_exactly_the_log_up_to_its_number(committed: City) -> None:
    run = take_snapshot(as_of=DAY)
    assert run.seen_number == ChangeEntry.objects.count() == number_changes()
    make_health(committed.west)
    assert number_changes() > run.seen_number
    run.refresh_from_db()
    assert run.seen_number < ChangeEntry.objects.count()


def test_a_day_already_measured_is_returned_as_it_is(committed: City) -> None:
    first = take_snapshot(as_of=DAY)
    make_licence(make_health(committed.west))
    assert take_snapshot(as_of=DAY) == first
    assert statuses() == [RunStatus.DONE]


def test_a_correction_is_a_new_run_with_its_reason_and_the_old_figures_stay(
    committed: City,
) -> None:
    first = take_snapshot(as_of=DAY)
    old = stored(first)
    make_licence(make_health(committed.west))
    second = take_snapshot(as_of=DAY, reason="补录一家医院")
    assert (second.pk != first.pk, second.reason) == (True, "补录一家医院")
    assert statuses() == [RunStatus.DONE, RunStatus.DONE]
    assert stored(first) == old
    key = (committed.city.pk, "GC17", "standard")
    assert (old[key][1], stored(second)[key][1]) == (1, 2)
    assert latest_run() == latest_run(on=DAY) == second


def test_a_started_row_left_behind_is_taken_over(committed: City) -> None:
    left = IndicatorRun.objects.create(
        as_of=DAY, region=committed.city, started_at=timezone.now(), heartbeat_at=timezone.now()
    )
    assert take_snapshot(as_of=DAY).pk == left.pk
    assert statuses() == [RunStatus.DONE]


@pytest.mark.parametrize("lanes", [1, 2])
def test_a_run_that_fails_says_so_and_leaves_no_figure(
    barrier: Barrier,
    committed: City,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    lanes: int,
) -> None:
    settings.SNAPSHOT_LANES = lanes
    options = connection.settings_dict["OPTIONS"]
    monkeypatch.setitem(options, "options", f"{options['options']} -c lock_timeout=200")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    with pytest.raises(OperationalError):
        take_snapshot(as_of=DAY)
    (failed,) = IndicatorRun.objects.all()
    assert (failed.status, failed.error) == (RunStatus.FAILED, "OperationalError")
    assert not IndicatorSnapshot.objects.exists()
    barrier.lift()
    run = take_snapshot(as_of=DAY)
    assert (run.status, run.pk != failed.pk) == (RunStatus.DONE, True)


def test_a_finished_run_is_never_rewritten(committed: City) -> None:
    run = take_snapshot(as_of=DAY)
    with pytest.raises(DatabaseError, match="已完成的批次不能改动；要更正，请写明原因重新量度。"):
        IndicatorRun.objects.filter(pk=run.pk).update(reason="改一改")
    run.refresh_from_db()
    assert run.reason == ""


@pytest.mark.parametrize("change", [
    lambda rows: rows.update(numerators=[99]),
    lambda rows: rows._raw_delete(rows.db),
])  # fmt: skip
def test_the_application_may_not_change_a_result(committed: City, change: Any) -> None:
    rows = RegionFigures.objects.filter(run=take_snapshot(as_of=DAY))
    before = list(rows.values_list("pk", "numerators"))
    with pytest.raises(ProgrammingError, match="permission denied"):
        change(rows)
    assert list(rows.values_list("pk", "numerators")) == before


def test_the_application_may_not_delete_a_run(committed: City) -> None:
    run = take_snapshot(as_of=DAY)
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM targets_indicatorrun WHERE id = %s", [run.pk])


def test_a_run_of_one_region_is_a_preview_that_feeds_no_page(committed: City) -> None:
    preview = take_snapshot(as_of=DAY, region=committed.east)
    assert preview.is_preview
    regions = {region for region, *_ in stored(preview)}
    assert regions == {committed.east.pk, committed.east_street.pk, committed.east_community.pk}
    assert latest_run() is None
    assert nights_due(today=NEXT_DAY) == [DAY]
    assert run_of(DAY, committed.east) == preview
    assert run_of(DAY, committed.west) is None
    published = take_snapshot(as_of=DAY)
    assert latest_run() == run_of(DAY, committed.east) == published


def test_an_unloaded_tree_is_told_in_words(transactional_db: None) -> None:
    with pytest.raises(SnapshotError, match="没有行政区划 150300000000"):
        take_snapshot(as_of=DAY)


# 已完成的统计日（偏移，0 为昨天） → 应补的夜
@pytest.mark.parametrize(("done", "preview", "failed", "due"), [
    ([], [], [], [0]),
    ([0], [], [], []),
    ([-1], [], [], [0]),
    ([-3], [], [], [-2, -1, 0]),
    ([-9, -3], [], [], [-2, -1, 0]),
    ([-2], [0], [], [-1, 0]),
    ([-2], [], [-1], [-1, 0]),
])  # fmt: skip
def test_missed_nights_are_caught_up(
    committed: City, done: list[int], preview: list[int], failed: list[int], due: list[int]
) -> None:
    now = timezone.now()
    for days, status, is_preview in (
        (done, RunStatus.DONE, False),
        (preview, RunStatus.DONE, True),
        (failed, RunStatus.FAILED, False),
    ):
        for offset in days:
            IndicatorRun.objects.create(
                as_of=DAY + timedelta(days=offset),
                region=committed.east if is_preview else committed.city,
                status=status,
                is_preview=is_preview,
                started_at=now,
                heartbeat_at=now,
                finished_at=now,
                seen_number=0,
            )
    assert nights_due(today=NEXT_DAY) == [DAY + timedelta(days=offset) for offset in due]


@pytest.mark.celery
def test_the_nightly_task_on_a_worker_measures_what_a_call_measures(
    committed: City, celery_worker_process: Any
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    take_snapshot(as_of=yesterday - timedelta(days=2))
    celery_worker_process("--queues=coordinator", "--pool=solo")
    app.send_task("targets.take_snapshot")
    eventually(lambda: len(IndicatorRun.objects.published()) == 3, "补上两夜")
    for run in IndicatorRun.objects.published().order_by("as_of")[1:]:
        assert stored(run) == figures(run.as_of, committed.city)
    assert latest_run(on=yesterday) is not None


def test_a_day_measured_by_hand_hides_no_missed_night(committed: City) -> None:
    measure_night(DAY - timedelta(days=3))
    take_snapshot(as_of=DAY)
    assert nights_due(today=NEXT_DAY) == [DAY - timedelta(days=n) for n in (2, 1, 0)]
    for night in nights_due(today=NEXT_DAY):
        measure_night(night)
    assert nights_due(today=NEXT_DAY) == []
