"""The nightly task."""

import logging

from celery import shared_task
from django.utils import timezone

from targets.snapshots import nights_due, take_snapshot

logger = logging.getLogger(__name__)


@shared_task(name="targets.take_snapshot")
def take_nightly_snapshot() -> None:
    for day in nights_due(today=timezone.localdate()):
        run = take_snapshot(as_of=day)
        logger.info("snapshot_done", extra={"run": run.pk, "as_of": day.isoformat()})
