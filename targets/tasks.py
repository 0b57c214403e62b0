"""The nightly task, and the parts it is counted in."""

import logging

from celery import shared_task
from django.utils import timezone

from targets.mailing.tasks import make_run_reports
from targets.runs.parts import count_part
from targets.snapshots import measure_night, nights_due

logger = logging.getLogger(__name__)


@shared_task(name="targets.take_snapshot")
def take_nightly_snapshot() -> None:
    for day in nights_due(today=timezone.localdate()):
        run = measure_night(day)
        logger.info("snapshot_done", extra={"run": run.pk, "as_of": day.isoformat()})
        make_run_reports.delay(run.pk)


@shared_task(name="targets.count_part")
def count_run_part(run_id: int, shard: int, snapshot: str) -> None:
    count_part(run_id=run_id, shard=shard, snapshot=snapshot)
    logger.info("part_counted", extra={"run": run_id, "shard": shard})
