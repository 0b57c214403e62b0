"""Sealing by the minute; anchoring, proof and expiry by night."""

import logging
from contextlib import suppress

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from yiyang.audit.anchoring import anchor_head
from yiyang.audit.expiry import expire_events
from yiyang.audit.sealing import SealerBusyError, seal_events
from yiyang.audit.verification import verify_audit

logger = logging.getLogger(__name__)


@shared_task(name="audit.seal")
def seal() -> None:
    # 上一分钟的还没封完，或正在查验：剩下的由那一个或下一分钟来封。
    with suppress(SealerBusyError):
        sealed = seal_events(at=timezone.now(), wait=False)
        logger.info("audit_sealed", extra={"event": sealed})


@shared_task(name="audit.anchor")
def anchor() -> None:
    batch = anchor_head(at=timezone.now(), path=settings.AUDIT_ANCHOR_FILE)
    logger.info("audit_anchored", extra={"batch": batch.pk if batch else None})


@shared_task(name="audit.verify")
def verify() -> None:
    verified = verify_audit(at=timezone.now(), path=settings.AUDIT_ANCHOR_FILE)
    logger.info("audit_verified", extra={"event": verified.events})


@shared_task(name="audit.expire")
def expire() -> None:
    due = expire_events(at=timezone.now(), path=settings.AUDIT_ANCHOR_FILE)
    logger.info("audit_expired", extra={"event": due.events if due else 0})
