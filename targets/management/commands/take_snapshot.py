"""Measure every indicator for a day, or for each quarter's end up to it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from targets.snapshots import SnapshotError, check_day, find_region, take_snapshot
from yiyang.lib.sheets import parse_date


class Command(BaseCommand):
    help = "量度一天的全部指标并存为快照；--quarterly-from 补齐各季度末。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", help="统计日，如 2017-12-31；默认昨天")
        parser.add_argument("--region", help="只预览一个区划（12 位代码），不发布")
        parser.add_argument("--reason", default="", help="重算已完成的一天须写原因")
        parser.add_argument("--quarterly-from", help="从这一天起，把每个季度末也量度一遍")

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
        for day in _days(options["quarterly_from"], last):
            run = take_snapshot(as_of=day, region=region, reason=options["reason"])
            self.stdout.write(f"{day} 已量度，批次 {run.pk}，所见日志序号 {run.seen_number}。")


def _days(first: str | None, last: date) -> Iterator[date]:
    """The ends of quarters from `first` on, then `last` itself."""
    if first:
        start = parse_date(first)
        for year in range(start.year, last.year + 1):
            for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)):
                if start <= date(year, month, day) < last:
                    yield date(year, month, day)
    yield last
