"""Print the target table of a measured day."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from institutions.models import Region
from targets.presenters import present
from targets.regions import columns_of
from targets.results import TargetLine, latest_run, run_of, target_lines, targets_of
from targets.snapshots import SnapshotError, check_day, find_region, portal_region
from targets.tables.export import FIELDS, as_record, harmless
from yiyang.lib.sheets import parse_date


class Command(BaseCommand):
    help = "打印一天的目标表：全市与各区，或用 --region 指定一个区划。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", help="统计日，如 2017-12-31；默认最近一次量度")
        parser.add_argument("--region", help="12 位行政区划代码")
        parser.add_argument("--indicator", help="只看一个指标，如 GC17")
        # 不用 choices：argparse 的拒绝是英文。
        parser.add_argument("--format", default="table", help="table（默认）、csv 或 json")

    def handle(self, *args: Any, **options: Any) -> None:
        writers = {"table": self._table, "csv": self._csv, "json": self._json}
        write = writers.get(options["format"])
        if write is None:
            raise CommandError(f"没有“{options['format']}”格式；请用 {'、'.join(writers)} 之一。")
        try:
            lines = self._lines(options)
        except (SnapshotError, ValueError) as error:
            raise CommandError(str(error)) from error
        write(lines)

    def _lines(self, options: dict[str, Any]) -> list[TargetLine]:
        region = find_region(options["region"]) if options["region"] else portal_region()
        day = parse_date(options["as_of"]) if options["as_of"] else None
        run = run_of(day, region) if day else latest_run()
        if run is None:
            raise SnapshotError(_not_measured(day))
        regions: list[Region] = [region] if options["region"] else columns_of(run)
        targets = targets_of()
        if options["indicator"]:
            targets = targets.filter(indicator=options["indicator"])
            if not targets:
                raise SnapshotError(f"没有指标 {options['indicator']} 的目标，请核对代号。")
        lines = target_lines(run, regions, targets)
        if not lines:
            raise SnapshotError(f"{run.as_of} 的量度不含 {region.name}，或还没有导入政策目标。")
        return lines

    def _json(self, lines: Iterable[TargetLine]) -> None:
        for line in lines:
            self.stdout.write(json.dumps(as_record(line), ensure_ascii=False))

    def _csv(self, lines: Iterable[TargetLine]) -> None:
        writer = csv.DictWriter(self.stdout, FIELDS)
        writer.writeheader()
        writer.writerows(harmless(as_record(line)) for line in lines)

    def _table(self, lines: Iterable[TargetLine]) -> None:
        for line in lines:
            shown = present(line)
            self.stdout.write(
                "\t".join(
                    (
                        line.region.name,
                        line.target.code,
                        line.indicator.reading_title,
                        shown.fraction,
                        shown.value,
                        shown.threshold,
                        shown.word,
                        shown.gap,
                    )
                )
            )


def _not_measured(day: date | None) -> str:
    if day is None:
        return "还没有任何量度，请先运行 manage.py take_snapshot。"
    check_day(day, today=timezone.localdate())
    return f"{day} 还没有量度，请先运行 manage.py take_snapshot --as-of {day}。"
