"""A run counted in shards by real workers: the same integers, whoever is killed on the way."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from contracts.models import PersonResidence
from contracts.tests.factories import make_person, make_residence, make_signup, make_team
from institutions.tests.factories import make_health, make_population
from targets.indicators.calculation import Tree
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import measure, tree_on
from targets.models import IndicatorRun, IndicatorSnapshot, RunPart, RunStatus
from targets.runs.parts import SHARD_LOCK_CLASS, shard_regions
from targets.tests.factories import DAY, City, make_city

PATIENCE_SECONDS = 60
BLOCKED_TABLE = "institutions_population"


def test_every_region_is_dealt_to_exactly_one_shard() -> None:
    tree = Tree({2: 1, 3: 1, 4: 1, 5: 2, 6: 2, 7: 3}, root=1)
    for shards in (1, 2, 3, 5):
        dealt = shard_regions(tree, shards)
        assert len(dealt) == shards
        assert sorted(region for regions in dealt for region in regions) == [1, 2, 3, 4, 5, 6, 7]


def eventually(condition: Callable[[], bool], what: str) -> None:
    waited_until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < waited_until, f"等不到：{what}"
        time.sleep(0.1)


def counting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s",
            (SHARD_LOCK_CLASS,),
        )
        return bool(cursor.fetchone()[0])


def expected(city: City) -> dict[tuple[int, str, str], tuple[int | None, int | None]]:
    figures = measure(CATALOGUE, day=DAY, tree=tree_on(DAY, city.city.pk))
    return {
        (region, *key): (figure.numerator, figure.denominator)
        for key, by_region in figures.items()
        for region, figure in by_region.items()
    }


def stored(run: IndicatorRun) -> dict[tuple[int, str, str], tuple[int | None, int | None]]:
    rows = IndicatorSnapshot.objects.filter(run=run).values_list(
        "region_id", "indicator", "reading", "numerator", "denominator"
    )
    assert len(rows) == len({row[:3] for row in rows})
    return {row[:3]: row[3:] for row in rows}


@pytest.fixture
def scene(transactional_db: None) -> City:
    city = make_city()
    clinic = make_health(city.east_community)
    team = make_team(clinic, city.east_community)
    for community in (city.east_community, city.east_community, city.west_community):
        make_signup(make_person(community), team)
    make_population(city.city, "AGED_65", 10)
    return city


Coordinator = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def coordinate(process_environment: dict[str, str]) -> Coordinator:
    """Start `take_snapshot` as a process of its own, two shards, quick to re-send."""
    environment = {**process_environment, "SNAPSHOT_SHARDS": "2", "SHARD_RESEND_SECONDS": "1"}
    command = [sys.executable, "manage.py", "take_snapshot", "--as-of", DAY.isoformat()]

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    return start


@pytest.fixture
def blocked(owner_connection: Any) -> Any:
    """A lock that keeps every shard waiting half-way until it is rolled back."""
    with owner_connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"LOCK TABLE {BLOCKED_TABLE} IN ACCESS EXCLUSIVE MODE")
    return owner_connection


def let_go(blocked: Any) -> None:
    with blocked.cursor() as cursor:
        cursor.execute("ROLLBACK")


def finish(process: subprocess.Popen[bytes]) -> IndicatorRun:
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, output.decode(errors="replace")
    return IndicatorRun.objects.get(status=RunStatus.DONE)


SHARDS_ONLY = ("--queues=shards", "--pool=solo")


@pytest.mark.celery
def test_shards_give_the_same_integers_as_one_process(
    scene: City, celery_worker_process: Any, coordinate: Coordinator
) -> None:
    celery_worker_process(*SHARDS_ONLY)
    celery_worker_process(*SHARDS_ONLY)
    run = finish(coordinate())
    assert stored(run) == expected(scene)
    assert set(RunPart.objects.filter(run=run).values_list("shard", flat=True)) == {0, 1}


@pytest.mark.celery
def test_a_killed_shard_worker_loses_and_doubles_nothing(
    scene: City, celery_worker_process: Any, coordinate: Coordinator, blocked: Any
) -> None:
    victim = celery_worker_process(*SHARDS_ONLY)
    coordinator = coordinate()
    eventually(counting, "分片开始计数")
    victim.kill()
    victim.wait()
    celery_worker_process(*SHARDS_ONLY)
    let_go(blocked)
    run = finish(coordinator)
    assert stored(run) == expected(scene)
    assert RunPart.objects.filter(run=run).count() == 2


@pytest.mark.celery
def test_a_killed_coordinator_has_its_run_retaken_whole(
    scene: City, celery_worker_process: Any, coordinate: Coordinator, blocked: Any
) -> None:
    celery_worker_process(*SHARDS_ONLY)
    victim = coordinate()
    eventually(counting, "分片开始计数")
    victim.kill()
    victim.communicate()
    let_go(blocked)
    run = finish(coordinate())
    assert IndicatorRun.objects.count() == 1
    assert stored(run) == expected(scene)


@pytest.mark.celery
def test_a_person_who_moves_district_during_the_run_counts_once_where_they_were(
    scene: City, celery_worker_process: Any, coordinate: Coordinator, blocked: Any
) -> None:
    celery_worker_process(*SHARDS_ONLY)
    coordinator = coordinate()
    eventually(counting, "分片开始计数")
    moved = PersonResidence.objects.filter(region=scene.east_community).order_by("pk")[0]
    PersonResidence.objects.filter(pk=moved.pk).update(ends_on=DAY - timedelta(days=1))
    make_residence(moved.person, scene.west_community, starts_on=DAY)
    let_go(blocked)
    run = finish(coordinator)
    figures = stored(run)
    signed = {
        region.pk: figures[region.pk, "FD17", "aged_65_plus"][0]
        for region in (scene.city, scene.east, scene.west)
    }
    assert signed == {scene.city.pk: 3, scene.east.pk: 2, scene.west.pk: 1}
    assert expected(scene)[scene.west.pk, "FD17", "aged_65_plus"][0] == 2
