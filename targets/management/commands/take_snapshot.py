"""Measure every indicator for a day, or for a history of days up to it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from targets.nightly.spans import Span, matching_day
from targets.snapshots import SnapshotError, check_day, find_region, take_snapshot
from yiyang.lib.sheets import parse_date

QUARTER_ENDS = ((3, 31), (6, 30), (9, 30), (12, 31))
DECEMBER = 12
RECENT_DAYS = 2 * 365


class Command(BaseCommand):
    help = "量度一天的全部指标并存为快照；--history-from 补齐各年末与近两年的季度末。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", help="统计日，如 2017-12-31；默认昨天")
        parser.add_argument("--region", help="只预览一个区划（12 位代码），不发布")
        parser.add_argument("--reason", default="", help="重算已完成的一天须写原因")
        parser.add_argument(
            "--history-from", help="从这一天起，各年末、近两年的季度末与各同日也量度，供比较"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._take(options)
        except (SnapshotError, ValueError) as error:
            raise CommandError(str(error)) from error

    def _take(self, options: dict[str, Any]) -> None:
        today = timezone.localdate()
        last = parse_date(options["as_of"]) if options["as_of"] else today - timedelta(days=1)
        check_day(last, today=today)
        region = find_region(options["region"]) if options["region"] else None
        for day in _days(options["history_from"], last):
            run = take_snapshot(as_of=day, region=region, reason=options["reason"])
            self.stdout.write(f"{day} 已量度，批次 {run.pk}，所见日志序号 {run.seen_number}。")


def _days(first: str | None, last: date) -> Iterator[date]:
    """Year ends from `first` on, quarter ends of the two years before `last`, and `last`."""
    if first:
        start = parse_date(first)
        recent = last - timedelta(days=RECENT_DAYS)
        for year in range(start.year, last.year + 1):
            for month, day in QUARTER_ENDS:
                end = date(year, month, day)
                if start <= end < last and (month == DECEMBER or end >= recent):
                    yield end
        # 与昨天对得上的上年、上季、上月同日和前一天：日报要拿它们比。
        yield from (matching_day(last, span) for span in (Span.YEAR, Span.QUARTER, Span.MONTH))
        yield last - timedelta(days=1)
    yield last
