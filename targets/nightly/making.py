"""The reports a finished run calls for: one for the city and one for each district."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from institutions.models import Region
from targets.models import IndicatorRun, Paper, PaperKind
from targets.nightly.content import content_of
from targets.nightly.spans import first_day, is_last_day
from targets.papers.archiving import archive
from targets.regions import columns_of
from yiyang.changelog.context import SYSTEM

REPORTS = (
    PaperKind.NIGHTLY,
    PaperKind.WEEKLY,
    PaperKind.MONTHLY,
    PaperKind.QUARTERLY,
    PaperKind.YEARLY,
)
TITLES = {
    PaperKind.NIGHTLY: "医养结合指标日报",
    PaperKind.WEEKLY: "医养结合指标周报",
    PaperKind.MONTHLY: "医养结合指标月报",
    PaperKind.QUARTERLY: "医养结合指标季度报告",
    PaperKind.YEARLY: "医养结合指标年度报告",
}


def reports_due(run: IndicatorRun, kinds: Iterable[PaperKind] = REPORTS) -> list[PaperKind]:
    """The kinds of report that are made of the run's day."""
    return [kind for kind in kinds if is_last_day(kind, run.as_of)]


def make_reports(
    run: IndicatorRun, *, at: datetime, kinds: Iterable[PaperKind] = REPORTS
) -> list[Paper]:
    """Make and keep every report of the run that is not kept yet; all of them, city first.

    A run of one region only is a preview and has none. Safe to run twice and to die half way.
    """
    if run.is_preview:
        return []
    made = []
    for kind in reports_due(run, kinds):
        # 先区后市：存档里后成的排在前面，翻开先见全市的。
        papers = [_made(kind, run, region, at) for region in reversed(columns_of(run))]
        made += papers[::-1]
    return made


def _made(kind: PaperKind, run: IndicatorRun, region: Region, at: datetime) -> Paper:
    key = f"{kind.value.lower()}/{run.pk}/{region.code}"
    kept = Paper.objects.filter(key=key).select_related("region", "run").first()
    if kept is not None:
        return kept
    return archive(
        by=SYSTEM,
        kind=kind,
        key=key,
        region=region,
        title=title_of(kind, run, region),
        first_day=first_day(kind, run.as_of),
        last_day=run.as_of,
        run=run,
        content=content_of(kind, run, region),
        at=at,
    )


def title_of(kind: PaperKind, run: IndicatorRun, region: Region) -> str:
    """For instance 乌海市医养结合指标日报（2026年11月23日）, 更正 where the day was told before."""
    day = run.as_of
    again = "，更正" if _is_correction(run) else ""
    period = {
        PaperKind.MONTHLY: f"{day.year}年{day.month}月",
        PaperKind.QUARTERLY: f"{day.year}年第{'一二三四'[(day.month - 1) // 3]}季度",
        PaperKind.YEARLY: f"{day.year}年",
    }.get(kind, f"{day.year}年{day.month}月{day.day}日")
    return f"{region.name}{TITLES[kind]}（{period}{again}）"


def _is_correction(run: IndicatorRun) -> bool:
    return IndicatorRun.objects.published().filter(as_of=run.as_of, pk__lt=run.pk).exists()
