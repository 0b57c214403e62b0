"""Making out and sending notices, every minute."""

import logging

from celery import shared_task
from django.utils import timezone

from yiyang.api.webhooks.outbox import deliver_due, make_out

logger = logging.getLogger(__name__)


@shared_task(name="api.send_notices")
def send_notices() -> None:
    made = make_out(timezone.localdate(), timezone.now())
    logger.info("notices_sent: %s made, %s tried", made, deliver_due(timezone.now))
