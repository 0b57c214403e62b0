"""Making the reports of a run, catching up on missed ones, and sending what is due."""

import logging

from celery import shared_task
from django.utils import timezone

from targets.mailing.outbox import send_due
from targets.mailing.queueing import make_out
from targets.mailing.schedules import runs_to_report, scheduled_kinds
from targets.models import IndicatorRun
from targets.nightly.making import make_reports

logger = logging.getLogger(__name__)


@shared_task(name="targets.make_reports")
def make_run_reports(run_id: int) -> None:
    run = IndicatorRun.objects.select_related("region").get(pk=run_id)
    made = make_reports(run, at=timezone.now(), kinds=scheduled_kinds())
    logger.info("reports_made", extra={"run": run_id, "reports": len(made)})


@shared_task(name="targets.catch_up_reports")
def catch_up_reports() -> None:
    for run in runs_to_report(timezone.localdate()):
        make_reports(run, at=timezone.now(), kinds=scheduled_kinds())


@shared_task(name="targets.send_reports")
def send_reports() -> None:
    made = make_out(timezone.now())
    logger.info("reports_sent: %s made, %s tried", made, send_due(timezone.now))
