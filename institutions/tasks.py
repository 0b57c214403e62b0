"""The tasks of this app: imports, and the days on which seats change."""

import datetime
import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from institutions.imports.actions import drop_old_files
from institutions.imports.running import check_batch, run_batch
from institutions.turns import keep_turns
from institutions.uploads import running as uploads

logger = logging.getLogger(__name__)


@shared_task(name="institutions.check_import")
def check_import(batch_id: int) -> None:
    check_batch(batch_id, day=timezone.localdate(), at=timezone.now)
    logger.info("import_checked", extra={"batch": batch_id})


@shared_task(name="institutions.run_import")
def run_import(batch_id: int) -> None:
    run_batch(batch_id, day=timezone.localdate(), at=timezone.now)
    logger.info("import_run", extra={"batch": batch_id})


@shared_task(name="institutions.drop_import_files")
def drop_import_files() -> None:
    at = timezone.now()
    before = at - datetime.timedelta(days=settings.IMPORT_KEEP_DAYS)
    logger.info("import_files_dropped: %s", drop_old_files(before=before, at=at))


@shared_task(name="institutions.keep_turns")
def keep_scope_turns() -> None:
    day = timezone.localdate()
    keep_turns(day)
    logger.info("turns_kept: %s", day)


@shared_task(name="institutions.run_upload")
def run_upload(upload_id: int) -> None:
    uploads.run(upload_id, day=timezone.localdate(), at=timezone.now)
    logger.info("upload_run", extra={"upload": upload_id})


@shared_task(name="institutions.resume_uploads")
def resume_uploads() -> None:
    day = timezone.localdate()
    for upload_id in uploads.waiting():
        uploads.run(upload_id, day=day, at=timezone.now)
        logger.info("upload_resumed", extra={"upload": upload_id})
