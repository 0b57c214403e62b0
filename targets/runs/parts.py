"""Counting a run in shards: each reads the same frozen view and commits its part.

A shard is a set of regions. Its part is keyed by run, shard and view, so a part sent twice stands
once, and a part of a view that died with its coordinator is never mixed in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from targets.indicators.calculation import Row, Tree
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import Area, Counts, count, tree_on
from targets.indicators.slots import slots_of
from targets.models import IndicatorRun, RunPart, RunStatus
from targets.runs.frozen import reading

SHARD_LOCK_CLASS = 715_003
SHARDS_PER_RUN = 1_000
WATCH_SECONDS = 0.2


def shard_regions(tree: Tree, shards: int) -> list[list[int]]:
    """The regions of `tree` dealt to `shards`, whole children of the root, largest first."""
    dealt: list[list[int]] = [[] for _ in range(shards)]
    dealt[0].append(tree.root)
    branches = sorted((tree.below(child) for child in tree.children_of(tree.root)), key=len)
    for branch in reversed(branches):
        min(dealt, key=len).extend(branch)
    return dealt


def count_part(*, run_id: int, shard: int, snapshot: str) -> None:
    """Count one shard of a run and commit its part; nothing when the run has moved on."""
    run = IndicatorRun.objects.filter(
        pk=run_id, status=RunStatus.STARTED, exported_snapshot=snapshot
    ).first()
    if run is None or _has_part(run, shard):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", (SHARD_LOCK_CLASS, _key(run, shard)))
    try:
        _count_and_commit(run, shard)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_unlock(%s, %s)", (SHARD_LOCK_CLASS, _key(run, shard))
            )


def gather(run: IndicatorRun, send: Callable[[int, int, str], None]) -> Counts:
    """Send every shard of the run, watch for the parts, re-send what was lost, put them together.

    A shard is lost when its part is missing, nobody is counting it, and it was sent a while ago.
    """
    sent: dict[int, float] = {}
    while missing := _missing(run):
        counting = _being_counted(run)
        for shard in missing:
            waited = time.monotonic() - sent.get(shard, float("-inf"))
            if shard not in counting and waited > settings.SHARD_RESEND_SECONDS:
                send(run.pk, shard, run.exported_snapshot)
                sent[shard] = time.monotonic()
        IndicatorRun.objects.filter(pk=run.pk).update(heartbeat_at=Now())
        time.sleep(WATCH_SECONDS)
    return from_json(list(_parts(run).values_list("cells", flat=True)))


def to_json(counts: Counts) -> list[dict[int, Row]]:
    """What was counted, subject by subject in catalogue order, by region."""
    return list(counts.values())


def from_json(parts: Sequence[list[dict[str, list[int | None]]]]) -> Counts:
    """What several parts counted together; regions never overlap between shards."""
    return {
        subject: {int(region): tuple(row) for part in parts for region, row in part[index].items()}
        for index, subject in enumerate(slots_of(CATALOGUE))
    }


def _count_and_commit(run: IndicatorRun, shard: int) -> None:
    if _has_part(run, shard):
        return
    with reading(run.exported_snapshot):
        tree = tree_on(run.as_of, run.region_id)
        regions = shard_regions(tree, run.shards)[shard]
        counts = count(CATALOGUE, day=run.as_of, area=Area(regions, is_large=not run.is_preview))
    RunPart.objects.bulk_create(
        [RunPart(run=run, shard=shard, snapshot=run.exported_snapshot, cells=to_json(counts))],
        ignore_conflicts=True,
    )


def _parts(run: IndicatorRun) -> Any:
    return RunPart.objects.filter(run=run, snapshot=run.exported_snapshot)


def _has_part(run: IndicatorRun, shard: int) -> bool:
    return bool(_parts(run).filter(shard=shard).exists())


def _missing(run: IndicatorRun) -> list[int]:
    there = set(_parts(run).values_list("shard", flat=True))
    return [shard for shard in range(run.shards) if shard not in there]


def _key(run: IndicatorRun, shard: int) -> int:
    return (run.pk * SHARDS_PER_RUN + shard) % 2**31


def _being_counted(run: IndicatorRun) -> set[int]:
    """The shards some live process holds the lock of; a killed one lets go by itself."""
    keys = {_key(run, shard): shard for shard in range(run.shards)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted",
            (SHARD_LOCK_CLASS,),
        )
        return {keys[key] for (key,) in cursor.fetchall() if key in keys}
