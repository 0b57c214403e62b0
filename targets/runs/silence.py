"""Whether the last finished run is too old: said by the pages, /healthz, a mail and a command."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from targets.models import IndicatorRun


def last_finished() -> IndicatorRun | None:
    """The published run that was finished last, whatever day it measured."""
    runs = IndicatorRun.objects.published().filter(finished_at__isnull=False)
    return runs.order_by("-finished_at").first()


def is_silent(finished_at: datetime, at: datetime) -> bool:
    """Whether by `at` nothing was finished for longer than the setting; exactly that is in time."""
    return finished_at < at - timedelta(hours=settings.SNAPSHOT_MAX_AGE_HOURS)
