"""Whether the nightly run is late or has failed, in words for the head of a page."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import OuterRef, Subquery

from targets.models import IndicatorRun, RunStatus
from targets.runs.silence import is_silent


def warnings_at(at: datetime) -> list[str]:
    """What a reader must know about the runs behind every figure; empty when all is well."""
    failures = IndicatorRun.objects.filter(
        status=RunStatus.FAILED, is_preview=False, started_at__gt=OuterRef("finished_at")
    ).order_by("-started_at")
    failed_pk, failed_as_of = (Subquery(failures.values(it)[:1]) for it in ("pk", "as_of"))
    published = IndicatorRun.objects.published().order_by("-finished_at")
    last = published.values("finished_at", failed_pk=failed_pk, failed_as_of=failed_as_of).first()
    if last is None or last["finished_at"] is None:
        return ["还没有完成过任何量度；请系统管理员运行 take_snapshot，或等今夜 02:00 的任务。"]
    found = []
    if is_silent(last["finished_at"], at):
        found.append(
            f"最近一次量度已超过 {settings.SNAPSHOT_MAX_AGE_HOURS} 小时，下列数字可能不是最新；"
            "请系统管理员检查夜间任务。"
        )
    if last["failed_pk"] is not None:
        found.append(
            f"统计日 {last['failed_as_of']} 的量度失败（批次 {last['failed_pk']}），"
            "下列数字为上一次成功的量度。"
        )
    return found
