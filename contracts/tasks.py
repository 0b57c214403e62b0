"""The nightly look at retention: go on with what was stopped, say what is due."""

import logging

from celery import shared_task
from django.utils import timezone

from contracts.destruction import resume_destruction
from contracts.retention import due

logger = logging.getLogger(__name__)


@shared_task(name="contracts.watch_retention")
def watch_retention() -> None:
    today = timezone.localdate()
    destroyed = resume_destruction(as_of=today)
    logger.info("retention_watched: %s destroyed, %s due", destroyed, len(due(today)))
