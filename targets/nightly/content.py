"""What the report on a run says of one region, as plain data: made once, kept, printed anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from institutions.models import Region
from targets.models import IndicatorRun, PaperKind
from targets.nightly.charts import told_charts
from targets.nightly.districts import told_districts
from targets.nightly.findings import told_findings
from targets.nightly.gaps import told_gaps
from targets.nightly.lapses import told_lapses
from targets.nightly.lines import (
    Compared,
    compared_lines,
    named,
    told,
    told_of,
)
from targets.nightly.spans import TITLES, Span, first_day, runs_before, spans_of
from targets.nightly.wording import text_of
from targets.papers.reader import paper_reader
from targets.presenters import present
from targets.regions import children_of
from targets.snapshots import tree_of
from targets.tables.footnotes import footnotes_of

SCHEMA = 1


def content_of(kind: PaperKind, run: IndicatorRun, region: Region) -> dict[str, Any]:
    """The report of the kind on `run` for `region` and the regions right below it."""
    reader, spans = paper_reader(run.as_of), spans_of(kind)
    tree, earlier = tree_of(run), runs_before(run, spans)
    below = children_of(tree, region)
    lines = compared_lines(run, earlier, [region, *below], spans, reader)
    own = [one for one in lines if one.line.region == region]
    others = [one for one in lines if one.line.region != region]
    content = {
        "schema": SCHEMA,
        "kind": kind.value,
        "region": {"code": region.code, "name": region.name},
        "run": run.pk,
        "as_of": run.as_of.isoformat(),
        "first_day": first_day(kind, run.as_of).isoformat(),
        "catalogue": run.catalogue_digest,
        "spans": [_told_span(span, earlier.get(span)) for span in spans],
        "lines": [told(one, spans) for one in own],
        "counts": _counts(own),
        "withheld": told_of(run, region) - len(own),
        **_turned(own, spans[0]),
        "sentences": _sentences(own, spans),
        "gaps": told_gaps(own, tree, reader),
        "lapses": told_lapses(own, tree, reader),
        "findings": told_findings(run, tree, region, reader),
        "districts": told_districts(others, below, spans[0]),
        "charts": told_charts(own, others),
        "footnotes": list(footnotes_of(run)),
        "mark": settings.DEMO_MARK if settings.DEMO else "",
    }
    return {**content, "text": text_of(content)}


def _told_span(span: Span, run: IndicatorRun | None) -> dict[str, Any]:
    return {
        "span": span.value,
        "title": TITLES[span],
        "day": run.as_of.isoformat() if run else "",
        "run": run.pk if run else None,
    }


def _counts(lines: Sequence[Compared]) -> dict[str, int]:
    judged = [one.line for one in lines if one.line.is_judged]
    met = sum(line.judgement.is_met for line in judged)
    behind = sum(line.judgement.is_behind for line in judged)
    return {
        "all": len(judged),
        "met": met,
        "behind": behind,
        "other": len(judged) - met - behind,
    }


def _turned(lines: Sequence[Compared], span: Span) -> dict[str, Any]:
    """What was met and no longer is, and the other way round, since the day compared first."""
    lost, gained, has_changes = [], [], False
    for one in lines:
        before = one.before.get(span)
        change = one.change(span)
        has_changes |= change is not None and bool(change.difference)
        if before is None or not one.line.is_judged:
            continue
        if one.line.judgement.is_behind and not before.judgement.is_behind:
            lost.append(_told_turn(one, span))
        if one.line.judgement.is_met and before.judgement.is_behind:
            gained.append(_told_turn(one, span))
    return {"newly_lost": lost, "newly_met": gained, "has_changes": has_changes}


def _told_turn(one: Compared, span: Span) -> dict[str, Any]:
    before, after = present(one.before[span]), present(one.line)
    return {
        "target": one.line.target.code,
        "indicator": one.line.indicator.code,
        "title": one.line.indicator.title,
        "named": named(one.line),
        "before": f"{before.value}（{before.word}）",
        "after": f"{after.value}（{after.word}）",
    }


def _sentences(lines: Sequence[Compared], spans: Sequence[Span]) -> list[str]:
    """What moved since the day compared first, in the office's words."""
    return [
        f"{one.line.indicator.title}{change.clause()}"
        for one in lines
        if (change := one.change(spans[0])) is not None and change.verb
    ]
