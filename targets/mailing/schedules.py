"""Which reports are made, of which runs, and from what hour on they are sent."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from targets.models import IndicatorRun, PaperKind, ReportFrequency

KINDS = {
    ReportFrequency.DAILY: PaperKind.NIGHTLY,
    ReportFrequency.WEEKLY: PaperKind.WEEKLY,
    ReportFrequency.MONTHLY: PaperKind.MONTHLY,
    ReportFrequency.QUARTERLY: PaperKind.QUARTERLY,
    ReportFrequency.YEARLY: PaperKind.YEARLY,
}


def scheduled_kinds() -> list[PaperKind]:
    """The kinds of report the settings ask for."""
    return [kind for kind in KINDS.values() if kind.value in settings.REPORT_SCHEDULES]


def scheduled_frequencies() -> list[ReportFrequency]:
    """The frequencies a subscription may ask for: those whose report is made at all."""
    return [one for one, kind in KINDS.items() if kind.value in settings.REPORT_SCHEDULES]


def due_at(kind: str, made_at: datetime) -> datetime:
    """When a report made at that instant is sent: at its hour of that day, or at once if later."""
    hour = time(settings.REPORT_SCHEDULES.get(kind, 0))
    zone = timezone.get_current_timezone()
    return max(made_at, datetime.combine(local_day(made_at), hour, tzinfo=zone))


def local_day(at: datetime) -> date:
    """The day here at that instant."""
    return at.astimezone(timezone.get_current_timezone()).date()


def runs_to_report(today: date) -> list[IndicatorRun]:
    """The newest finished run of each recent day, oldest day first; history is not reported."""
    since = today - timedelta(days=settings.REPORT_CATCH_UP_DAYS)
    runs = IndicatorRun.objects.published().filter(as_of__gte=since).select_related("region")
    newest = {run.as_of: run for run in runs.order_by("as_of", "id")}
    return list(newest.values())
