"""Whether the nightly run is late or has failed, in words for the head of a page."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from targets.models import IndicatorRun, RunStatus


def warnings_at(at: datetime) -> list[str]:
    """What a reader must know about the runs behind every figure; empty when all is well."""
    last = IndicatorRun.objects.published().order_by("-finished_at").first()
    if last is None or last.finished_at is None:
        return ["还没有完成过任何量度；请系统管理员运行 take_snapshot，或等今夜 02:00 的任务。"]
    found = []
    if last.finished_at < at - timedelta(hours=settings.SNAPSHOT_MAX_AGE_HOURS):
        found.append(
            f"最近一次量度已超过 {settings.SNAPSHOT_MAX_AGE_HOURS} 小时，下列数字可能不是最新；"
            "请系统管理员检查夜间任务。"
        )
    failed = (
        IndicatorRun.objects.filter(
            status=RunStatus.FAILED, is_preview=False, started_at__gt=last.finished_at
        )
        .order_by("-started_at")
        .first()
    )
    if failed is not None:
        found.append(
            f"统计日 {failed.as_of} 的量度失败（批次 {failed.pk}），下列数字为上一次成功的量度。"
        )
    return found
