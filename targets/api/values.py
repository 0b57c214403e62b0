"""The documents of figures: each with its words and every target it is held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from targets.indicators.catalogue import BY_KEY
from targets.indicators.guarding import counts_people
from targets.models import IndicatorSnapshot
from targets.presenters import value_text
from targets.results import TargetLine, figure_of, target_lines, targets_of
from targets.tables.export import as_record
from yiyang.access.scope import Actor
from yiyang.api.resources import Document

JUDGED = (
    *("target", "policy", "clause", "due_year", "threshold", "threshold_upper"),
    *("comparator", "verdict", "reason", "pace", "historical"),
)
Judgements = dict[tuple[int, str, str], list[dict[str, Any]]]


def documents_of(snapshots: Sequence[IndicatorSnapshot], actor: Actor, day: date) -> list[Document]:
    """One document for each figure, in a fixed number of queries for those of one run."""
    judgements = _judgements(snapshots, actor)
    return [_document(one, judgements) for one in snapshots]


def _judgements(snapshots: Sequence[IndicatorSnapshot], actor: Actor) -> Judgements:
    """What the targets say of the regions of these figures, by region and reading."""
    found: Judgements = defaultdict(list)
    runs = {one.run_id: one.run for one in snapshots}
    for run_id, run in runs.items():
        regions = {one.region_id: one.region for one in snapshots if one.run_id == run_id}
        for line in target_lines(run, list(regions.values()), targets_of(), actor=actor):
            key = (line.region.pk, *line.indicator.key)
            found[key].append(_judged(line))
    return found


def _judged(line: TargetLine) -> dict[str, Any]:
    record = as_record(line)
    needed = line.needed if line.is_judged else None
    return {**{name: record[name] for name in JUDGED}, "needed": needed}


def _document(snapshot: IndicatorSnapshot, judgements: Judgements) -> Document:
    key = (snapshot.indicator, snapshot.reading)
    indicator = BY_KEY.get(key)
    # 数人的指标不给排除数：排除的总是少数几个人（rules.md 26）。
    is_told = indicator is not None and not counts_people(indicator)
    return {
        "id": snapshot.pk,
        "run": snapshot.run_id,
        "as_of": snapshot.run.as_of,
        "region": snapshot.region.code,
        "indicator": snapshot.indicator,
        "reading": snapshot.reading,
        "title": indicator.title if indicator else "",
        "reading_title": indicator.reading_title if indicator else "",
        "definition": snapshot.definition.digest,
        "numerator": snapshot.numerator,
        "denominator": snapshot.denominator,
        "excluded": snapshot.excluded if is_told else None,
        "missing": snapshot.missing,
        "expected": snapshot.expected,
        "value": value_text(figure_of(snapshot), indicator) if indicator else "",
        "judgements": judgements.get((snapshot.region_id, *key), []),
    }
