"""Make the reports of runs that have none yet, or of one day."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from targets.models import IndicatorRun
from targets.nightly.making import make_reports
from targets.results import latest_run
from yiyang.lib.sheets import parse_date


class Command(BaseCommand):
    help = "成稿：最近一次（或 --as-of 那天）量度的日报，逢周末、月末、季末、年末连同周报、月报等。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", help="统计日，如 2026-09-30；默认最近一次量度")

    def handle(self, *args: Any, **options: Any) -> None:
        for paper in make_reports(self._run(options["as_of"]), at=timezone.now()):
            self.stdout.write(f"{paper.title}，指纹 {paper.fingerprint[:12]}。")

    def _run(self, as_of: str | None) -> IndicatorRun:
        try:
            run = latest_run(on=parse_date(as_of)) if as_of else latest_run()
        except ValueError as error:
            raise CommandError(str(error)) from error
        if run is None:
            raise CommandError("这一天还没有完成的量度；请先运行 take_snapshot。")
        return run
