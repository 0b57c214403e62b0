"""载入区划：行政区划代码文件，可重复运行。"""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from institutions.ingest.regions import RegionFileRefused, load_regions
from yiyang.changelog.context import SYSTEM
from yiyang.lib.sheets import parse_date

WUHAI = Path(__file__).parents[2] / "data" / "wuhai.csv"
FIRST_DAY = "2015-01-01"


class Command(BaseCommand):
    """Load a region tree from a csv file."""

    help = "载入区划文件（code,name,level,parent；上级在同一文件里），可重复运行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=WUHAI, help="默认：乌海市")
        parser.add_argument(
            "--starts-on", default=FIRST_DAY, help=f"隶属关系的起始日期，默认 {FIRST_DAY}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the file or say what to correct in it."""
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError:
            raise CommandError(f"读不到文件 {path}，请核对路径与权限。") from None
        try:
            loaded = load_regions(
                by=SYSTEM,
                content=content,
                starts_on=_day(options["starts_on"]),
                batch=f"regions:{path.name}",
            )
        except RegionFileRefused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"新增区划 {loaded.added} 个，已有 {loaded.unchanged} 个未变。")


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError as error:
        raise CommandError(str(error)) from None
