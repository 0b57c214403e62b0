"""载入演示城市：虚构的机构与居民，只在演示环境里运行。"""

from argparse import ArgumentParser
from datetime import date
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contracts.demo.loading import is_loaded, load
from contracts.demo.scene import EARLIEST_TODAY, Scene
from institutions.ingest.regions import read_regions
from institutions.management.commands.load_regions import WUHAI
from yiyang.lib.sheets import parse_date

SEED = 20170209


class Command(BaseCommand):
    """Load the demo city once."""

    help = "载入演示城市（乌海市的区划，虚构的机构与居民）；已有数据时跳过"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", help="演示数据截止的日期，默认今天")
        parser.add_argument("--seed", type=int, default=SEED, help="随机种子，同一种子数据相同")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything or nothing, telling each step."""
        if not settings.DEMO:
            raise CommandError("演示数据只能载入演示环境：请设 DEMO=1，且不要用正式数据库。")
        if is_loaded():
            self.stdout.write("已有演示数据，跳过")
            return
        scene = Scene(seed=options["seed"], today=_today(options["today"]))
        content = WUHAI.read_bytes()
        started = monotonic()

        def say(step: str) -> None:
            self.stdout.write(f"  {monotonic() - started:5.1f} 秒  {step} …")
            self.stdout.flush()

        load(scene, content, read_regions(content), say)
        self.stdout.write(f"演示城市已载入（截至 {scene.today}，{monotonic() - started:.0f} 秒）。")


def _today(text: str | None) -> date:
    clock = timezone.localdate()
    try:
        day = parse_date(text) if text else clock
    except ValueError as error:
        raise CommandError(str(error)) from None
    if not EARLIEST_TODAY <= day <= clock:
        raise CommandError(f"--today 须在 {EARLIEST_TODAY} 与今天之间，现为 {day}。")
    return day
