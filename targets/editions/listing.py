"""The list of editions: each with whether a later run of its day says otherwise."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from targets.editions.rights import may_propose
from targets.models import Edition, IndicatorRun
from targets.models.editions import EditionQuerySet
from yiyang.access.scope import Actor

SHOWN = 200
OFFERED_RUNS = 40


def listed(actor: Actor) -> EditionQuerySet:
    """The newest editions the actor may see; `is_corrected` where its day was measured again."""
    later = IndicatorRun.objects.published().filter(
        as_of=OuterRef("run__as_of"), region=OuterRef("run__region"), pk__gt=OuterRef("run")
    )
    rows = Edition.objects.visible_to(actor).select_related(
        "run", "superseded_by", "proposed_by", "decided_by"
    )
    return rows.annotate(is_corrected=Exists(later)).newest_first()[:SHOWN]


def offered_runs(actor: Actor, asked: int | None = None) -> list[IndicatorRun]:
    """The newest run of each day that may be proposed, latest day first, and the one asked for."""
    if not may_propose(actor):
        return []
    newest: dict[object, IndicatorRun] = {}
    for run in IndicatorRun.objects.published().newest_first()[: 2 * OFFERED_RUNS]:
        newest.setdefault(run.as_of, run)
    offered = list(newest.values())[:OFFERED_RUNS]
    if asked is None or any(run.pk == asked for run in offered):
        return offered
    return [*IndicatorRun.objects.published().filter(pk=asked), *offered]
