"""The nightly task of the API: forget answers kept long enough."""

import logging

from celery import shared_task
from django.utils import timezone

from yiyang.api.idempotency import clear_answers

logger = logging.getLogger(__name__)


@shared_task(name="api.clear_answers")
def clear_kept_answers() -> None:
    logger.info("api_answers_cleared: %s", clear_answers(at=timezone.now()))
