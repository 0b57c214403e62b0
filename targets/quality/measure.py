"""Counting the checks: one query each, stored per region as rows of the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from django.db.models import Count, F, QuerySet

from targets.indicators.calculation import Tree
from targets.models import IndicatorRun, QualityFinding
from targets.quality.base import Check
from targets.quality.catalogue import CHECKS
from targets.runs.storing import copy_rows
from yiyang.access.scope import Actor

Findings = Mapping[tuple[str, int], int]


def finding_jobs(run: IndicatorRun, tree: Tree) -> list[Callable[[], Findings]]:
    """For every check on the registers what it takes to count it, in the run's own view.

    A preview makes no checks: it must cost no more than its own region's rows, and feeds no page.
    """
    if run.is_preview:
        return []
    return [partial(count_check, check, run, tree) for check in CHECKS if not check.run]


def store_findings(run: IndicatorRun, tree: Tree, found: Iterable[Findings]) -> None:
    """Store `found` and what the checks on the run's own figures find among its stored figures.

    Each check leaves a row for the run's own region even at zero: “checked, nothing found”.
    """
    if run.is_preview:
        return
    on_figures = [count_check(check, run, tree) for check in CHECKS if check.run]
    copy_rows(
        QualityFinding,
        ("run_id", "check_id", "region_id", "found"),
        (
            (run.pk, check, region, number)
            for one in (*found, *on_figures)
            for (check, region), number in one.items()
        ),
    )


def rows_within(check: Check, run: IndicatorRun, tree: Tree, region: int) -> QuerySet[Any]:
    """The very rows counted for `region` and everything below it, as the registers are now."""
    rows = _rows(check, run)
    if region == run.region_id:
        # 区划树上找不到的行算在全市头上，列表里也要看得到。
        return rows
    # 区划直接列出：写成 unnest 子查询时规划器估不准，逐条重查死亡与迁出，一个街道要数分钟。
    return rows.filter(**{f"{check.region}__in": sorted(tree.below(region))})


def stored_findings(
    run: IndicatorRun, tree: Tree, regions: Iterable[int], actor: Actor
) -> dict[str, dict[int, int]]:
    """What the run stored for each check it made, rolled up to each of `regions`."""
    checked = QualityFinding.objects.filter(run=run).values_list("check_id", flat=True).distinct()
    visible = QualityFinding.objects.filter(run=run, found__gt=0).visible_to(actor)
    own = list(visible.values_list("check_id", "region_id", "found"))
    wanted = {region: set(tree.below(region)) for region in regions}
    totals = {check: dict.fromkeys(wanted, 0) for check in checked}
    for check, place, found in own:
        for region, below in wanted.items():
            totals[check][region] += found if place in below else 0
    return totals


def _rows(check: Check, run: IndicatorRun) -> QuerySet[Any]:
    rows = check.rows(run.as_of)
    return rows.filter(**{check.run: run}) if check.run else rows


def count_check(check: Check, run: IndicatorRun, tree: Tree) -> Findings:
    """What one check finds, by the region it finds it in."""
    in_tree = set(tree.top_down)
    counted: Counter[tuple[str, int]] = Counter({(check.id, run.region_id): 0})
    grouped = _rows(check, run).order_by().values(found_region=F(check.region))
    for region, found in grouped.annotate(found=Count("pk")).values_list("found_region", "found"):
        counted[check.id, region if region in in_tree else run.region_id] += found
    return counted
