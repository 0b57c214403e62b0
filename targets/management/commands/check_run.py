"""Say whether the nightly run is in time; for cron: 0 in time, 1 none yet, 2 too long ago."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from targets.runs.silence import is_silent, last_finished

NONE_YET, STALE = 1, 2


class Command(BaseCommand):
    help = "查夜间量度是否按时完成：按时退出码 0，从未量度 1，超过 SNAPSHOT_MAX_AGE_HOURS 为 2。"

    def handle(self, *args: Any, **options: Any) -> None:
        last, at = last_finished(), timezone.now()
        if last is None or last.finished_at is None:
            raise CommandError("还没有完成过任何量度。", returncode=NONE_YET)
        told = f"批次 {last.pk}，统计日 {last.as_of}，完成于 {_local(last.finished_at)}"
        if is_silent(last.finished_at, at):
            hours = settings.SNAPSHOT_MAX_AGE_HOURS
            raise CommandError(f"已超过 {hours} 小时没有完成量度：{told}。", returncode=STALE)
        self.stdout.write(f"按时：{told}。")


def _local(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
