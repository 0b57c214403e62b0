"""take_snapshot: the one bridge from the registers to the stored figures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from institutions.models import Region
from targets.indicators.calculation import Tree
from targets.indicators.catalogue import BY_KEY, CATALOGUE
from targets.indicators.measure import (
    Area,
    Counts,
    RecordSet,
    count_subject,
    records_behind,
    tree_on,
)
from targets.indicators.slots import figure_rows, slots_of
from targets.models import IndicatorRun, NightMark, RunStatus
from targets.quality.measure import Findings, finding_jobs, store_findings
from targets.runs.frozen import FrozenView, frozen_view, reading
from targets.runs.lanes import in_lanes
from targets.runs.parts import gather
from targets.runs.storing import store_figures

RUN_LOCK_CLASS = 715_002


class SnapshotError(Exception):
    """A run that cannot be taken; the message tells a clerk why and what to do."""


def portal_region() -> Region:
    """The measured city; SnapshotError when the region tree has not been loaded."""
    return find_region(settings.PORTAL_REGION)


def find_region(code: str) -> Region:
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise SnapshotError(f"没有行政区划 {code}：请核对 12 位代码，或先导入区划。")
    return region


def check_day(as_of: date, *, today: date) -> date:
    """`as_of` if it is over; today and later cannot be measured yet (rules.md 1)."""
    if as_of >= today:
        raise SnapshotError(
            f"{as_of} 还没有过完，不能量度；最晚可量度 {today - timedelta(days=1)}。"
        )
    return as_of


def take_snapshot(*, as_of: date, region: Region | None = None, reason: str = "") -> IndicatorRun:
    """Measure every indicator for `as_of` and store the figures; the finished run.

    A day already measured is returned as it is unless a `reason` asks for a correction, which is
    a new run. A run that crashed is retaken. SnapshotError while another process measures it.
    """
    scope = region or portal_region()
    with _only_runner(as_of, scope):
        done = _done_run(as_of, scope)
        if done is not None and not reason:
            return done
        run = _start(as_of, scope, reason)
        try:
            _measure_into(run)
        except BaseException as error:
            _fail(run, error)
            raise
    return IndicatorRun.objects.get(pk=run.pk)


def nights_due(*, today: date) -> list[date]:
    """The nights not yet measured, oldest first: after the mark, up to yesterday."""
    yesterday = today - timedelta(days=1)
    done = NightMark.objects.values_list("measured_through", flat=True).first() or _last_day()
    first = done + timedelta(days=1) if done else yesterday
    return [first + timedelta(days=n) for n in range((yesterday - first).days + 1)]


def measure_night(day: date) -> IndicatorRun:
    """Measure one night and move the mark, last of all."""
    run = take_snapshot(as_of=day)
    NightMark.objects.update_or_create(pk=1, defaults={"measured_through": day})
    return run


def _last_day() -> date | None:
    runs = IndicatorRun.objects.published().order_by("-as_of")
    return runs.values_list("as_of", flat=True).first()


def tree_of(run: IndicatorRun) -> Tree:
    """The region tree the run was measured on."""
    return tree_on(run.as_of, run.region_id)


def records_of(
    snapshot_key: tuple[str, str], *, day: date, region: int, tree: Tree
) -> tuple[list[RecordSet], list[RecordSet]]:
    """The records behind numerator and denominator of a figure, from the catalogue's querysets."""
    indicator = BY_KEY[snapshot_key]
    return (
        records_behind(indicator.numerator, day=day, region=region, tree=tree),
        records_behind(indicator.denominator, day=day, region=region, tree=tree),
    )


@contextmanager
def _only_runner(as_of: date, scope: Region) -> Iterator[None]:
    """Hold the day and region for this process; a dead process lets go by itself."""
    key = (RUN_LOCK_CLASS, _lock_key(as_of, scope))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        if not cursor.fetchone()[0]:
            raise SnapshotError(f"{scope.name} {as_of} 正在量度，请等它结束后再试。")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _lock_key(as_of: date, scope: Region) -> int:
    digest = hashlib.sha256(f"{as_of}/{scope.code}".encode()).digest()
    return int.from_bytes(digest[:4], "big", signed=True)


def _done_run(as_of: date, scope: Region) -> IndicatorRun | None:
    runs = IndicatorRun.objects.done().filter(as_of=as_of, region=scope)
    return runs.newest_first().first()


def _start(as_of: date, scope: Region, reason: str) -> IndicatorRun:
    """Commit a STARTED row before any work, taking over the one a crash left behind."""
    unfinished = IndicatorRun.objects.filter(as_of=as_of, region=scope, status=RunStatus.STARTED)
    with transaction.atomic():
        if unfinished.update(started_at=Now(), heartbeat_at=Now(), reason=reason):
            return unfinished.get()
        return IndicatorRun.objects.create(
            as_of=as_of,
            region=scope,
            is_preview=scope.code != settings.PORTAL_REGION,
            started_at=Now(),
            heartbeat_at=Now(),
            reason=reason,
        )


def _fail(run: IndicatorRun, error: BaseException) -> None:
    IndicatorRun.objects.filter(pk=run.pk, status=RunStatus.STARTED).update(
        status=RunStatus.FAILED, finished_at=Now(), error=type(error).__name__
    )


def _measure_into(run: IndicatorRun) -> None:
    """Count in one frozen view, then store figures and DONE in one transaction."""
    with frozen_view() as view:
        _note_view(run, view)
        with reading(view.snapshot):
            tree = tree_of(run)
        counts, found = _count(run, tree)
    figures = figure_rows(CATALOGUE, counts, tree)
    with transaction.atomic(durable=True):
        store_figures(run, CATALOGUE, figures, tree)
        store_findings(run, tree, found)
        IndicatorRun.objects.filter(pk=run.pk).update(
            status=RunStatus.DONE,
            finished_at=Now(),
            seen_number=view.seen_number,
            catalogue_digest=catalogue_digest(),
        )


def _note_view(run: IndicatorRun, view: FrozenView) -> None:
    """Tell the shards which view to read, and how many they are."""
    run.exported_snapshot = view.snapshot
    run.shards = max(1, settings.SNAPSHOT_SHARDS)
    run.save(update_fields=["exported_snapshot", "shards"])


def _count(run: IndicatorRun, tree: Tree) -> tuple[Counts, list[Findings]]:
    """Count in this process, or by shards when there are workers to send them to."""
    checks = finding_jobs(run, tree)
    if run.shards > 1 and settings.REDIS_URL:
        return gather(run, _send), in_lanes(run.exported_snapshot, checks)
    whole = not run.is_preview
    area = Area(tree.top_down, is_large=whole, is_whole=whole)
    # 逐人的登记最大，先开工。
    slots = sorted(slots_of(CATALOGUE).items(), key=lambda pair: not pair[0].is_personal)
    subjects = [partial(count_subject, *pair, run.as_of, area) for pair in slots]
    done: list[Any] = in_lanes(run.exported_snapshot, [*subjects, *checks])
    counts = dict(zip((subject for subject, _ in slots), done, strict=False))
    return counts, done[len(subjects) :]


def _send(run_id: int, shard: int, snapshot: str) -> None:
    current_app.send_task("targets.count_part", (run_id, shard, snapshot))


def catalogue_digest() -> str:
    """The fingerprint of every definition in force together."""
    digests = "".join(indicator.digest for indicator in CATALOGUE)
    return hashlib.sha256(digests.encode()).hexdigest()
