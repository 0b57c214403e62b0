"""The nightly destruction of scans whose retention is over."""

import logging

from celery import shared_task
from django.utils import timezone

from yiyang.attachments.retention import destroy_scans

logger = logging.getLogger(__name__)


@shared_task(name="attachments.destroy_scans")
def destroy_due_scans() -> None:
    at = timezone.now()
    logger.info("scans_destroyed: %s", destroy_scans(as_of=timezone.localdate(at), at=at))
