"""Import one register sheet, csv or xlsx, whole or not at all."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.ingest import sheets as contract_sheets
from institutions.ingest import sheets as institution_sheets
from institutions.ingest.registers import IngestError, ingest
from yiyang.changelog.context import SYSTEM

SHEETS = {sheet.name: sheet for sheet in (*institution_sheets.SHEETS, *contract_sheets.SHEETS)}


class Command(BaseCommand):
    help = "导入一份台账（csv 或 xlsx）：全部导入或一行不导；同一份再导一次不产生变化。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sheet", help=f"台账种类：{'、'.join(SHEETS)}")
        parser.add_argument("path", nargs="?", help="文件路径")
        parser.add_argument(
            "--template", action="store_true", help="不导入，打印这份台账的表头（必填的带 *）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sheet = SHEETS.get(options["sheet"])
        if sheet is None:
            raise CommandError(f"没有台账“{options['sheet']}”，请用：{'、'.join(SHEETS)}。")
        if options["template"]:
            self.stdout.write(",".join(f"{c.heading}{'*' * c.is_required}" for c in sheet.cells))
            return
        path = Path(options["path"] or "")
        if not path.is_file():
            raise CommandError(f"找不到文件 {path}，请核对路径；表头见 --template。")
        try:
            tally = ingest(sheet, path.read_bytes(), by=SYSTEM, batch=path.name)
        except IngestError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{sheet.title}：{tally}。")
