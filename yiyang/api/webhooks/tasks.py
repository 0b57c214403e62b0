"""Making out and sending notices, every minute; dropping the old ones, every night."""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from yiyang.api.webhooks.outbox import clear_done, deliver_due, make_out

logger = logging.getLogger(__name__)


@shared_task(name="api.send_notices")
def send_notices() -> None:
    made = make_out(timezone.localdate(), timezone.now())
    logger.info("notices_sent: %s made, %s tried", made, deliver_due(timezone.now))


@shared_task(name="api.clear_notices")
def clear_notices() -> None:
    before = timezone.now() - timedelta(days=settings.WEBHOOK_KEEP_DAYS)
    logger.info("notices_cleared: %s", clear_done(before))
