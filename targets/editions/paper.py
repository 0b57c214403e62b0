"""An edition in the archive: what it printed on the day it was published, as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from targets.charts.chart import Chart
from targets.charts.content import content_of
from targets.charts.figures import region_chart
from targets.editions.corrections import Correction, Said, corrections
from targets.explain.figures import breakdown
from targets.models import Edition, Paper, PaperKind
from targets.papers.archiving import Content, archive
from targets.papers.reader import paper_reader
from targets.tables.footnotes import footnotes_of
from targets.tables.table import Entry, Row, Section, TargetTable, target_table
from yiyang.access.scope import Actor

CORRECTIONS_PRINTED = 300


def archive_edition(*, by: Actor, edition: Edition, at: datetime) -> Paper:
    """Keep what the edition says, as a reader without persons sees it."""
    return archive(
        by=by,
        kind=PaperKind.EDITION,
        key=paper_key(edition),
        region=edition.run.region,
        title=f"{edition.title}（第{edition.number}版）",
        first_day=edition.first_day,
        last_day=edition.last_day,
        content=edition_content(edition),
        at=at,
        run=edition.run,
    )


def paper_of(edition: Edition) -> Paper | None:
    """The edition in the archive; None before it was published."""
    return Paper.objects.defer("content").filter(key=paper_key(edition)).first()


def paper_key(edition: Edition) -> str:
    return f"edition/{edition.uid}"


def edition_content(edition: Edition) -> Content:
    """Everything the archive prints; no register is asked again."""
    reader = paper_reader(edition.last_day)
    table = target_table(edition.run, actor=reader, region=edition.run.region, is_frozen=True)
    found = []
    if edition.supersedes is not None:
        found = corrections(edition.supersedes, edition.run, reader)
    return {
        "number": edition.number,
        "run": edition.run_id,
        "as_of": f"{edition.run.as_of}",
        "catalogue": edition.run.catalogue_digest,
        "fingerprint": edition.fingerprint,
        "note": edition.note,
        "supersedes": edition.supersedes.number if edition.supersedes else None,
        "corrections": [_correction(one) for one in found[:CORRECTIONS_PRINTED]],
        "correction_count": len(found),
        "sections": [_section(section) for section in table.current],
        "charts": [content_of(chart) for chart in _charts(edition, table, reader)],
        "footnotes": list(footnotes_of(edition.run)),
    }


def _charts(edition: Edition, table: TargetTable, reader: Actor) -> Iterator[Chart]:
    """The districts against each judged share the policies in force ask of them."""
    run, below = edition.run, table.regions[1:]
    for section in table.current:
        for row in section.rows:
            if row.is_judged and row.indicator.is_ratio and below and not section.is_unsigned:
                parts = breakdown(run, below, row.indicator, row.target, reader)
                chart = region_chart(run, run.region, row.indicator, parts, row.target)
                # 同一指标有两个年份的目标，图题得分得开。
                yield replace(chart, title=f"{row.target.wording}：{run.region.name}以下各区划")


def _section(section: Section) -> dict[str, Any]:
    judged = [row for row in section.rows if row.is_judged]
    return {
        "policy": section.policy.number,
        "title": section.policy.title,
        "rows": [_row(row) for row in judged],
    }


def _row(row: Row) -> dict[str, Any]:
    target = row.target
    return {
        "target": target.wording,
        "clause": target.clause.reference,
        "indicator": row.indicator.code,
        "reading": row.indicator.reading_title,
        "threshold": row.threshold,
        "due_on": f"{target.due_on}" if target.due_on else "",
        "cells": [_cell(cell.region.name, next(iter(cell.entries), None)) for cell in row.cells],
    }


def _cell(region: str, entry: Entry | None) -> dict[str, Any]:
    """A region's figure of the edition's day; empty where the reader sees none."""
    if entry is None:
        return {"region": region, "value": "", "fraction": "", "word": "", "gap": "", "asides": []}
    shown = entry.shown
    return {
        "region": region,
        "value": shown.value,
        "fraction": shown.fraction,
        "word": "" if entry.is_bare else shown.tone.word,
        "colour": shown.tone.colour,
        "icon": shown.tone.icon,
        "gap": "" if entry.is_bare else shown.gap,
        "asides": list(shown.asides),
    }


def _correction(one: Correction) -> dict[str, Any]:
    return {
        "region": one.region.name,
        "indicator": one.indicator.title,
        "reading": one.indicator.reading_title,
        "before": _words(one.before),
        "after": _words(one.after),
    }


def _words(said: Said) -> str:
    return f"{said.value}（{said.fraction}）" if said.fraction else said.value
