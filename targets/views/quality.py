"""The pages of data quality: all checks with their counts, and the records of one."""

from __future__ import annotations

import csv
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from institutions.models import Region
from targets.explain.freshness import warnings_at
from targets.presenters import Tone
from targets.quality.base import Check, Severity
from targets.quality.catalogue import BY_ID
from targets.quality.listing import (
    TONES,
    CheckLine,
    check_lines,
    finding_lines,
    finding_page,
    severity_totals,
)
from targets.quality.measure import rows_within, stored_findings
from targets.regions import columns_of, visible_regions
from targets.views.asked import Asked, asked_region, asked_run, offered_days
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.lib.demo import demo_mark
from yiyang.lib.filenames import saved_as
from yiyang.lib.sheets import safe_cell

NOT_MEASURED = (
    "还没有量度结果，没有检查可看；夜间任务完成后再来，或请系统管理员运行 take_snapshot。"
)
MAXIMUM_DIGITS = 18


@require_safe
@requires(Permission.VIEW_TARGETS)
def quality_list(request: ActorRequest) -> HttpResponse:
    """Every check with what the run of a day found, region by region."""
    context: dict[str, Any] = {"warnings": warnings_at(asked_at(request))}
    run = asked_run(request)
    if run is not None:
        asked = asked_region(request, run)
        columns = visible_regions(run, columns_of(run, asked.region), request.actor)
        lines = check_lines(run, asked.tree, columns, request.actor)
        within = asked.region if asked.region in columns else None
        context |= {
            "asked": asked,
            "columns": columns,
            "lines": lines,
            "totals": _totals(lines, within),
            "days": offered_days(run.as_of),
        }
    return render(request, "targets/quality_list.html", context)


def _totals(lines: list[CheckLine], within: Region | None) -> list[tuple[Tone, int]]:
    """The findings of each severity as the work list counts them, the gravest first."""
    totals = severity_totals(lines, within)
    return [(TONES[severity], totals[severity]) for severity in reversed(Severity)]


@require_safe
@requires(Permission.VIEW_TARGETS)
def quality_detail(request: ActorRequest, check_id: str) -> HttpResponse:
    """One check: why it matters, what to do, and the records it found."""
    check, asked = _check(check_id), _asked(request)
    if check.is_personal and not request.actor.may(check.permission):
        raise PermissionDenied(FORBIDDEN)
    where = (asked.run, asked.tree)
    region = asked.region.pk
    stored = stored_findings(*where, [region], request.actor).get(check.id)
    # 授权区划不含这个区划的，只看自己的记录，不看条数。
    counts_all = bool(asked.trail)
    page = None
    if request.actor.may(check.permission):
        after = _after(request)
        page = finding_page(check, *where, region=region, actor=request.actor, after=after)
    context = {
        "asked": asked,
        "check": check,
        "tone": TONES[check.severity],
        "stored": None if stored is None else stored[region],
        "now": rows_within(check, *where, region).count() if counts_all else None,
        "page": page,
        "is_narrowed": not request.actor.whole_city,
        "counts_all": counts_all,
        "may_export": page is not None and request.actor.may(check.export_permission),
    }
    return render(request, "targets/quality_detail.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
def quality_csv(request: ActorRequest, check_id: str) -> HttpResponse:
    """The records of one check as a file; people by short uid only."""
    check, asked = _check(check_id), _asked(request)
    if not (request.actor.may(check.permission) and request.actor.may(check.export_permission)):
        raise PermissionDenied(FORBIDDEN)
    name = f"quality-{check.id}-{asked.region.code}-{asked.run.as_of}.csv"
    response = saved_as(name, HttpResponse(content_type="text/csv; charset=utf-8"))
    # 没有字节序标记，Excel 会把中文当作另一种编码。
    response.write("\ufeff")
    writer = csv.writer(response)
    region = asked.region.pk
    lines = finding_lines(check, asked.run, asked.tree, region=region, actor=request.actor)
    mark = demo_mark("（{}）")
    writer.writerow((f"{check.title}，截至 {asked.run.as_of}，量度批次 {asked.run.pk}{mark}",))
    writer.writerows(tuple(safe_cell(cell) for cell in line) for line in lines)
    return response


def _check(check_id: str) -> Check:
    if check_id not in BY_ID:
        raise Http404(f"没有检查项 {check_id}；请从“数据质量”里选择。")
    return BY_ID[check_id]


def _asked(request: ActorRequest) -> Asked:
    run = asked_run(request)
    if run is None:
        raise Http404(NOT_MEASURED)
    return asked_region(request, run)


def _after(request: ActorRequest) -> int:
    text = request.GET.get("after", "0")
    # 位数上限防止超出数据库整数范围。
    if not (text.isascii() and text.isdigit()) or len(text) > MAXIMUM_DIGITS:
        raise Http404(f"地址里的 after={text} 应当是数字；请从页面上的链接进入。")
    return int(text)
