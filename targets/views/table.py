"""The target table as a page and as files."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from targets.editions.marks import marks_on
from targets.explain.freshness import warnings_at
from targets.indicators.guarding import counts_people
from targets.regions import columns_of, visible_regions
from targets.results import TargetLine, target_lines, targets_of
from targets.tables.export import FIELDS, as_record, harmless
from targets.tables.footnotes import footnotes_of
from targets.tables.table import TargetTable, target_table
from targets.tables.xlsx import workbook_of
from targets.views.asked import Asked, asked_region, asked_run, offered_days
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.lib.books import XLSX_TYPE
from yiyang.lib.filenames import marked, saved_as

CURRENT, HISTORICAL = "current", "historical"
NOT_MEASURED = "还没有量度结果，没有可下载的目标表；请先运行 take_snapshot。"


@require_safe
@requires(Permission.VIEW_TARGETS)
def table(request: ActorRequest) -> HttpResponse:
    """现行目标 and 历史目标, the city and its districts, on a measured day."""
    context: dict[str, Any] = {"warnings": warnings_at(asked_at(request))}
    run = asked_run(request)
    if run is not None:
        asked = asked_region(request, run)
        context |= _table_context(request, asked)
    return render(request, "targets/target_table.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
@requires(Permission.EXPORT)
def table_xlsx(request: ActorRequest) -> HttpResponse:
    """The page's table as an Excel sheet, current and historical targets."""
    asked = _asked(request)
    content = workbook_of(_table(request, asked), footnotes_of(asked.run))
    return _file(asked, content, XLSX_TYPE, "xlsx")


@require_safe
@requires(Permission.VIEW_TARGETS)
@requires(Permission.EXPORT)
def table_csv(request: ActorRequest) -> HttpResponse:
    """The same lines as the command prints, one row a line."""
    asked = _asked(request)
    response = _file(asked, b"", "text/csv; charset=utf-8", "csv")
    # 没有字节序标记，Excel 会把中文当作另一种编码。
    response.write("\ufeff")
    writer = csv.DictWriter(response, FIELDS)
    writer.writeheader()
    writer.writerows(harmless(record) for record in _records(request, asked))
    return response


@require_safe
@requires(Permission.VIEW_TARGETS)
@requires(Permission.EXPORT)
def table_json(request: ActorRequest) -> HttpResponse:
    """The same lines as the command prints, one JSON object a line."""
    asked = _asked(request)
    lines = (json.dumps(record, ensure_ascii=False) for record in _records(request, asked))
    content = "".join(f"{line}\n" for line in lines).encode()
    return _file(asked, content, "application/x-ndjson; charset=utf-8", "jsonl")


def _table(request: ActorRequest, asked: Asked) -> TargetTable:
    return target_table(asked.run, actor=request.actor, region=asked.region)


def _table_context(request: ActorRequest, asked: Asked) -> dict[str, Any]:
    shown = _table(request, asked)
    tab = HISTORICAL if request.GET.get("tab") == HISTORICAL else CURRENT
    return {
        "asked": asked,
        "table": shown,
        "tab": tab,
        "sections": shown.historical if tab == HISTORICAL else shown.current,
        "days": offered_days(asked.run.as_of),
        "footnotes": footnotes_of(asked.run),
        "marks": marks_on(asked.run, request.actor),
        "may_export": request.actor.may(Permission.EXPORT),
    }


def _asked(request: ActorRequest) -> Asked:
    run = asked_run(request)
    if run is None:
        raise Http404(NOT_MEASURED)
    return asked_region(request, run)


def _records(request: ActorRequest, asked: Asked) -> Iterable[dict[str, Any]]:
    regions = visible_regions(asked.run, columns_of(asked.run, asked.region), request.actor)
    lines = target_lines(asked.run, regions, targets_of(), actor=request.actor)
    return [_told(as_record(line), line, request.actor) for line in lines]


def _told(record: dict[str, Any], line: TargetLine, actor: Actor) -> dict[str, Any]:
    """The record without the number of people left out, for who may not see people."""
    hides = counts_people(line.indicator) and not actor.may(Permission.VIEW_PERSONS)
    return record | {"excluded": None} if hides else record


def _file(asked: Asked, content: bytes, kind: str, suffix: str) -> HttpResponse:
    # 表头与字段给机器读，演示的标记写在文件名里。
    name = marked(f"targets-{asked.region.code}-{asked.run.as_of}.{suffix}")
    return saved_as(name, HttpResponse(content, content_type=kind))
