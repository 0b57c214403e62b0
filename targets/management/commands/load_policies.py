"""Load policies, clauses, tasks, bureaus and targets from their data files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils import timezone

from targets.indicators.catalogue import BY_KEY
from targets.ingest import SHIPPED, FilesRefused, Loaded, load_policies
from yiyang.changelog.context import SYSTEM


class Command(BaseCommand):
    help = "从数据文件装载政策、条款、任务、部门与目标；可重复运行，有错则一行不写。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths",
            nargs="*",
            type=Path,
            metavar="PATH",
            help="TOML 文件或文件夹；不写则装载随门户附带的全部文件",
        )
        parser.add_argument(
            "--overwrite", action="store_true", help="有人在页面上改过的行，也改回文件所写"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_policies(
                options["paths"] or [SHIPPED],
                by=SYSTEM,
                at=timezone.now(),
                known={key: indicator.unit.value for key, indicator in BY_KEY.items()},
                overwrite=options["overwrite"],
            )
        except FilesRefused as refused:
            raise CommandError(str(refused)) from refused
        except IntegrityError as error:
            reason = str(error).splitlines()[0]
            message = f"数据库没有接受这次装载，登记未变：{reason}。请核对文件，或稍后重试。"
            raise CommandError(message) from error
        self._tell(loaded)

    def _tell(self, loaded: Loaded) -> None:
        if loaded.added or loaded.changed:
            self.stdout.write(f"政策数据已装载：新增 {loaded.added} 行，改动 {loaded.changed} 行。")
        else:
            self.stdout.write("政策数据与文件一致，没有改动。")
        if loaded.edited:
            edited = "、".join(loaded.edited)
            self.stdout.write(f"有人改过、未照文件覆盖（要覆盖请加 --overwrite）：{edited}。")
        if loaded.extra:
            extra = "、".join(loaded.extra)
            self.stdout.write(f"登记里另有、文件里没有，保持原样：{extra}。")
