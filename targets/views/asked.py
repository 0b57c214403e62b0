"""What an address asks for: the run of a day and the region within it, or 404 saying why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404

from institutions.models import Region
from targets.indicators.calculation import Tree
from targets.models import IndicatorRun
from targets.regions import top_region, trail_to, visible_regions
from targets.results import latest_run
from targets.snapshots import tree_of
from yiyang.access.http import ActorRequest

RECENT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Asked:
    """A run, the region looked at and the way to it from the regions the actor may see."""

    run: IndicatorRun
    tree: Tree
    region: Region
    trail: tuple[Region, ...]


def asked_run(request: ActorRequest) -> IndicatorRun | None:
    """The newest published run of `?as_of=`, else of all; None before any night."""
    text = request.GET.get("as_of", "")
    if not text:
        return latest_run()
    run = latest_run(on=_day(text))
    if run is None:
        raise Http404(f"{text} 没有量度过；请从“统计日”里选择已量度的日子。")
    return run


def asked_region(request: ActorRequest, run: IndicatorRun) -> Asked:
    """The region of `?region=` and the way to it; 404 outside the run or the actor's scope."""
    tree = tree_of(run)
    code = request.GET.get("region", "")
    region = _region(code) if code else top_region(run, request.actor)
    trail = trail_to(tree, region)
    visible = visible_regions(run, trail, request.actor)
    if code and region not in visible:
        raise Http404(f"没有区划 {code}，或不在您的授权范围；请从目标表点选区划。")
    return Asked(run, tree, region, tuple(visible))


def offered_days(chosen: date) -> list[date]:
    """Measured days worth offering: the last week, each month's last one and the chosen one."""
    days = list(
        IndicatorRun.objects.published()
        .order_by("-as_of")
        .values_list("as_of", flat=True)
        .distinct()
    )
    last_of_month: dict[tuple[int, int], date] = {}
    for day in days:
        last_of_month.setdefault((day.year, day.month), day)
    oldest_recent = days[0] - timedelta(days=RECENT_DAYS) if days else chosen
    kept = {*last_of_month.values(), chosen, *(day for day in days if day > oldest_recent)}
    return sorted(kept, reverse=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404(f"“{text}”不是日期；统计日请写成 2017-12-31。") from error


def _region(code: str) -> Region:
    # 不是 12 位数字的不去问数据库：空字符之类会让它出错。
    known = Region.objects.filter(code=code) if code.isdigit() else Region.objects.none()
    region = known.first()
    if region is None:
        raise Http404(f"没有行政区划 {code}；请核对 12 位代码，或从目标表点选区划。")
    return region
