"""Reports that are missing and findings of the last run, for the work list."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse

from institutions.models import Population, Region
from targets.quality.base import Check, Severity
from targets.quality.listing import check_lines, severity_totals
from targets.quality.report_checks import (
    BED_REPORT_STALE,
    OCCUPANCY_MISSING,
    POPULATION_OLD,
    STREET_RETURN_MISSING,
)
from targets.regions import own_regions
from targets.results import latest_run
from targets.snapshots import tree_of
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor, ByRegion
from yiyang.asked import Asked
from yiyang.work import WorkGroup, WorkItem, WorkPart, WorkSource

# 这些登记人人可看，待办却只列自己区划的。
SEEN_BY_ALL: tuple[type[Model], ...] = (Region, Population)
NAMES: dict[type[Model], tuple[str, ...]] = {
    Region: ("name",),
    Population: ("region__name", "group_in_words"),
}

# ── 缺报与过期的报表 ──────────────────────────────────────────────────────────


def missing_rows(check: Check, actor: Actor, day: date) -> QuerySet[Any]:
    """What the quality check finds today in the actor's own regions or institutions."""
    rows: Any = check.rows(day)
    if check.model not in SEEN_BY_ALL:
        rows = rows.visible_to(actor)
    else:
        condition = ByRegion(check.region).condition(actor)
        rows = rows.filter(condition) if not isinstance(condition, bool) else rows
        rows = rows.none() if condition is False else rows
    narrowed: QuerySet[Any] = rows
    return narrowed


def missing_items(check: Check, actor: Actor, day: date, limit: int) -> list[WorkItem]:
    """The institutions or places that owe the report."""
    names = NAMES.get(check.model, ("name",))
    key = check.page[1] if check.page else "pk"
    rows = missing_rows(check, actor, day).order_by("pk").values(key, *names)[:limit]
    return [
        WorkItem("，".join(str(row[name]) for name in names), _page(check, row[key]))
        for row in rows
    ]


def _page(check: Check, key: int) -> str:
    if check.page:
        return reverse(check.page[0], args=[key])
    return reverse("quality-detail", args=[check.id])


def _source(check: Check, order: int, permission: Permission, title: str) -> WorkSource:
    return WorkSource(
        id=check.id.replace("_", "-"),
        title=title,
        group=WorkGroup.REPORT,
        order=order,
        permission=permission,
        rows=partial(missing_rows, check),
        items=partial(missing_items, check),
        hint=f"{check.why}{check.remedy}",
        shown=0,
    )


MISSING_REPORTS = (
    _source(BED_REPORT_STALE, 20, Permission.VIEW_INSTITUTIONS, "没有报床位或床位已过期的养老机构"),
    _source(OCCUPANCY_MISSING, 30, Permission.VIEW_INSTITUTIONS, "缺上月末在住人数的养老机构"),
    _source(STREET_RETURN_MISSING, 40, Permission.EDIT_HEALTH, "缺上月签约月报的街道"),
    _source(POPULATION_OLD, 50, Permission.EDIT_HEALTH, "已经过旧的人口数"),
)

# ── 最近一次量度的发现 ────────────────────────────────────────────────────────


def findings_parts(actor: Actor, day: date, asked: Asked) -> list[WorkPart]:
    """What the newest run found in the actor's regions, the gravest first."""
    run = asked.once(latest_run)
    if run is None:
        return []
    regions = asked.once(own_regions, run, actor) or _granted(actor)
    lines = check_lines(run, asked.once(tree_of, run), regions, actor)
    totals = severity_totals(lines)
    return [WorkPart(str(one.label), totals[one]) for one in reversed(Severity)]


def quality_page(actor: Actor, day: date) -> str:
    return reverse("quality-list")


def keeps_registers(actor: Actor) -> bool:
    """Those with regions of their own, or the whole city; an institution's reporter has none."""
    return actor.whole_city or bool(actor.region_ids)


def _granted(actor: Actor) -> list[Region]:
    return list(Region.objects.filter(pk__in=actor.region_ids))


FINDINGS = WorkSource(
    id="findings",
    title="最近一次量度发现的数据问题",
    group=WorkGroup.QUALITY,
    order=10,
    permission=Permission.VIEW_INSTITUTIONS,
    suits=keeps_registers,
    more_url=quality_page,
    parts=findings_parts,
    hint="按检查项列条数；先办严重的。",
)
