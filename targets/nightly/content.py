"""What the report on a run says of one region, as plain data: made once, kept, printed anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from institutions.models import Region
from targets.models import IndicatorRun, PaperKind
from targets.nightly.charts import told_charts
from targets.nightly.districts import told_districts
from targets.nightly.findings import told_findings
from targets.nightly.gaps import told_gaps
from targets.nightly.lapses import told_lapses
from targets.nightly.lines import Compared, compared_lines, told, told_of
from targets.nightly.spans import TITLES, Span, first_day, runs_before, spans_of
from targets.nightly.turned import told_lost, told_met
from targets.nightly.wording import text_of
from targets.papers.naming import name_key, names_of
from targets.papers.reader import paper_reader
from targets.regions import children_of
from targets.snapshots import tree_of
from targets.tables.footnotes import footnotes_of
from yiyang.lib.demo import demo_mark

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
        "newly_lost": told_lost(own, spans[0]),
        "newly_met": told_met(own, spans[0]),
        "has_changes": any(_has_changed(one, spans[0]) for one in own),
        "sentences": _sentences(own, spans),
        "gaps": told_gaps(own, tree, reader),
        **told_lapses(own, tree, reader),
        "findings": told_findings(run, tree, region, reader),
        "districts": told_districts(others, below, spans[0]),
        "districts_lost": told_lost(others, spans[0]),
        "districts_met": told_met(others, spans[0]),
        "charts": told_charts(own, others),
        "footnotes": list(footnotes_of(run)),
        "mark": demo_mark(),
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


def _has_changed(one: Compared, span: Span) -> bool:
    change = one.change(span)
    return change is not None and bool(change.difference)


def _sentences(lines: Sequence[Compared], spans: Sequence[Span]) -> list[str]:
    """What moved since the day compared first, in the office's words, each figure once."""
    figures = {one.line.indicator.key: one for one in reversed(lines)}
    names = names_of(one.line for one in figures.values())
    return [
        f"{names[name_key(one.line)]}{change.clause()}"
        for one in reversed(figures.values())
        if (change := one.change(spans[0])) is not None and change.verb
    ]
