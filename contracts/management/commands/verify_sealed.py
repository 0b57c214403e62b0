"""Open every sealed value where it stands and name the persons whose values do not open."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.models import Person
from contracts.sealed import flaws

FLAWS_SHOWN = 50


class Command(BaseCommand):
    help = (
        "核对加密的姓名、身份证号、电话：逐个打开，凡被改动、被挪到别的记录或栏目、"
        "检索值对不上的，只报记录编号（uid），不显示内容。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", type=int, help="只抽查这么多人，默认全查")
        parser.add_argument("--log", action="store_true", help="连同变更日志里的旧值一起核对")

    def handle(self, *args: Any, **options: Any) -> None:
        sample = options["sample"]
        if sample is not None and sample < 1:
            raise CommandError("--sample 须为正整数。")
        found = list(flaws(sample=sample, in_log=options["log"]))
        for flaw in found[:FLAWS_SHOWN]:
            self.stderr.write(str(flaw))
        persons = Person.objects.count() if sample is None else sample
        if found:
            raise CommandError(
                f"核对 {persons} 人，{len(found)} 处不符：请停止更正这些记录，"
                "报安全管理员，并从备份与变更日志比对。"
            )
        self.stdout.write(f"核对 {persons} 人，密文与检索值全部相符。")
