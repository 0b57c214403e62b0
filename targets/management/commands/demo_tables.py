"""File two of the demo's statistical tables and archive one, the way its clerk would, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from targets.models import TabulationFiling
from targets.results import latest_run
from targets.tabulations.actions import archive_table, enter_filing
from targets.tabulations.catalogue import BY_CODE
from targets.tabulations.filling import grid_of
from targets.tabulations.grid import content_of
from yiyang.access.demo import demo_actor
from yiyang.access.roles import Role

ISSUER = "乌海市卫生健康委员会"
# （表, 表号, 文号, 从几天前起, 到几天后止）：一张在有效期内，一张刚过期。
FILINGS = (
    ("institutions", "演示卫老统1表", "演示统制〔2025〕1号", 400, 330),
    ("beds", "演示卫老统2表", "演示统制〔2025〕2号", 400, -35),
)


class Command(BaseCommand):
    help = "演示环境：录入两张统计表的备案，归档一张；已有的不再重复。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("这不是演示环境（DEMO 未开），不录入演示的统计表备案。")
        if not TabulationFiling.objects.exists():
            with transaction.atomic():
                self._file_and_archive()
        self.stdout.write(f"演示统计表备案 {TabulationFiling.objects.count()} 条。")

    def _file_and_archive(self) -> None:
        today = timezone.localdate()
        by = demo_actor(Role.CITY_HEALTH_CLERK, today)
        for code, number, approval, ago, ahead in FILINGS:
            enter_filing(
                by=by,
                table=BY_CODE[code],
                number=number,
                issuer=ISSUER,
                approval=approval,
                starts_on=today - timedelta(days=ago),
                ends_on=today + timedelta(days=ahead),
            )
        run, table = latest_run(), BY_CODE["institutions"]
        if run is not None:
            grid = grid_of(table, run, run.region, with_streets=False, actor=by)
            content, at = content_of(grid), timezone.now()
            archive_table(by=by, table=table, run=run, region=run.region, content=content, at=at)
