"""Which editions a page that shows a day must name."""

from __future__ import annotations

from dataclasses import dataclass

from targets.models import Edition, IndicatorRun
from yiyang.access.scope import Actor


@dataclass(frozen=True, slots=True)
class Mark:
    """An edition of the day, and whether the page shows the very run it published."""

    edition: Edition
    is_same_run: bool


def marks_on(run: IndicatorRun, actor: Actor) -> list[Mark]:
    """The newest edition of each period that ends on the run's day."""
    found = (
        Edition.objects.published()
        .visible_to(actor)
        .filter(run__as_of=run.as_of, run__region=run.region_id, superseded_by=None)
    )
    return [Mark(one, one.run_id == run.pk) for one in found.newest_first()]
