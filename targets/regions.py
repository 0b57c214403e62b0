"""Which regions a target table shows as its columns."""

from __future__ import annotations

from institutions.models import Region
from targets.models import IndicatorRun
from targets.snapshots import tree_of


def columns_of(run: IndicatorRun, region: Region | None = None) -> list[Region]:
    """`region` (default: the whole run) and its children on the day of the run, in code order."""
    top = region or run.region
    children = tree_of(run).children_of(top.pk)
    return [top, *Region.objects.filter(pk__in=children).order_by("code")]
