"""Finished runs stored inside a test's own transaction, with the log numbered up to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.utils import timezone

from institutions.models import Region
from targets.indicators.base import Indicator
from targets.indicators.measure import Area, count, tree_on
from targets.indicators.slots import figure_rows
from targets.models import IndicatorRun, RunStatus
from targets.runs.storing import store_figures
from yiyang.changelog.sequencer import SEQUENCER_KEY, number_visible_changes


def number_now() -> int:
    """Number what this transaction sees; take_snapshot would need it committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [SEQUENCER_KEY])
        number = number_visible_changes()
        cursor.execute("SELECT pg_advisory_unlock(%s)", [SEQUENCER_KEY])
    return number


def run_on(
    day: date, city: Region, indicators: Sequence[Indicator], *, is_honest: bool = True
) -> IndicatorRun:
    """A published run that measured `indicators` for every region below `city`.

    One that is not honest claims to have seen nothing at all.
    """
    at = timezone.now()
    run = IndicatorRun.objects.create(as_of=day, region=city, started_at=at, heartbeat_at=at)
    tree = tree_on(day, city.pk)
    counts = count(indicators, day=day, area=Area(tree.top_down))
    store_figures(run, indicators, figure_rows(indicators, counts, tree), tree)
    run.status, run.finished_at, run.seen_number = RunStatus.DONE, at, number_now()
    if not is_honest:
        run.seen_number = 0
    run.save()
    return run
