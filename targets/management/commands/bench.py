"""Measure speed against the least the database could do."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from targets.bench import api, imports, linelist, machine, pages, report, snapshot, workbook
from targets.bench.database import BenchDatabase, BenchError, bench_database, root_of

WHAT = (
    "snapshot：全部指标；import：导入签约台账（csv 与 xlsx）；pages：各台账名单；api：接口；"
    "workbook：统计表工作簿，行数是区划数；linelist：签约名单的 csv"
)
MISSES = {
    "snapshot": snapshot.misses,
    "import": imports.misses,
    "pages": pages.misses,
    "api": api.misses,
    "workbook": workbook.misses,
    "linelist": linelist.misses,
}
# 不写 --rows 时的档。
USUAL_ROWS = {"workbook": workbook.REGIONS, "linelist": linelist.ROWS}

Measured = Callable[..., Iterator[snapshot.Line]]


class Command(BaseCommand):
    help = "在自建的数据库里生成登记，量度速度，与数据库的下限相比；不碰演示数据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("bench", choices=list(MISSES), help=WHAT)
        parser.add_argument("--rows", type=int, nargs="+", help="签约数（区划数），可给几档")
        parser.add_argument("--regions", default="chongqing", help="区划：chongqing 或 wuhai")
        parser.add_argument("--json", action="store_true", help="一项一行 JSON")
        parser.add_argument("--keep", action="store_true", help="留下数据库，下次同样行数直接用")
        parser.add_argument("--write", action="store_true", help="写入 docs/performance.md")

    def handle(self, *args: Any, **options: Any) -> None:
        options["rows"] = options["rows"] or USUAL_ROWS.get(options["bench"])
        if not options["rows"] or min(options["rows"]) < 1:
            raise CommandError("--rows 须是正整数，如 77000。")
        try:
            root_of(options["regions"])
            measure: dict[str, Callable[[dict[str, Any]], None]] = {
                "snapshot": self._measure,
                "import": self._measure_imports,
                "pages": partial(self._measure_answers, pages.measured),
                "api": partial(self._measure_answers, api.measured),
                "linelist": partial(self._measure_answers, linelist.measured),
                "workbook": self._measure_workbooks,
            }
            measure[options["bench"]](options)
        except BenchError as error:
            raise CommandError(str(error)) from error

    def _measure(self, options: dict[str, Any]) -> None:
        lines: list[snapshot.Line] = []
        facts: dict[str, Any] = {}
        for rows in sorted(options["rows"]):
            self._say(options, f"生成 {rows} 个签约的登记（{options['regions']}）…")
            with bench_database(
                rows=rows, regions=options["regions"], keep=options["keep"]
            ) as database:
                facts = machine.described(database)
                measured = snapshot.measured(database, rows=rows, regions=options["regions"])
                lines += [self._shown(options, line) for line in measured]
        lines += [self._shown(options, line) for line in snapshot.growth(lines)]
        self._conclude(options, facts, lines)

    def _measure_imports(self, options: dict[str, Any]) -> None:
        lines: list[snapshot.Line] = []
        facts: dict[str, Any] = {}
        for rows in sorted(options["rows"]):
            for kind in ("csv", "xlsx"):
                self._say(options, f"导入 {rows} 行 {kind}（{options['regions']}）…")
                with bench_database(
                    rows=imports.KNOWN_ROWS, regions=options["regions"], keep=False
                ) as database:
                    facts = imports.describe(machine.described(database))
                    measured = imports.measured(database, rows=rows, kind=kind)
                    lines += [self._shown(options, line) for line in measured]
        self._conclude(options, facts, lines)

    def _measure_answers(self, measured: Measured, options: dict[str, Any]) -> None:
        lines: list[snapshot.Line] = []
        facts: dict[str, Any] = {}
        for rows in sorted(options["rows"]):
            self._say(options, f"生成 {rows} 个签约的登记（{options['regions']}）…")
            with bench_database(
                rows=rows, regions=options["regions"], keep=options["keep"]
            ) as database:
                facts = imports.describe(machine.described(database))
                found = measured(database, rows=rows)
                lines += [self._shown(options, line) for line in found]
        self._conclude(options, facts, lines)

    def _measure_workbooks(self, options: dict[str, Any]) -> None:
        nowhere = BenchDatabase(os.environ["DATABASE_URL"], root_of(options["regions"]))
        lines: list[snapshot.Line] = []
        for rows in sorted(options["rows"]):
            found = workbook.measured(nowhere, rows=rows)
            lines += [self._shown(options, line) for line in found]
        self._conclude(options, workbook.machine(), lines)

    def _shown(self, options: dict[str, Any], line: snapshot.Line) -> snapshot.Line:
        if options["json"]:
            self.stdout.write(json.dumps(line.as_dict(), ensure_ascii=False))
        else:
            self._say(options, f"{line.name} {line.seconds} 秒，下限 {line.floor_seconds} 秒")
        return line

    def _conclude(
        self, options: dict[str, Any], facts: dict[str, Any], lines: list[snapshot.Line]
    ) -> None:
        shown = [line.as_dict() for line in lines]
        self._say(options, f"机器与设置：{report.machine(facts)}")
        if not options["json"]:
            self.stdout.write("\n".join(report.table(shown)))
        for missed in MISSES[options["bench"]](lines):
            self._say(options, f"未达到要求：{missed}")
        if options["write"]:
            self._say(options, f"已写入 {report.write(options['bench'], facts, shown)}")

    def _say(self, options: dict[str, Any], message: str) -> None:
        """Tell a person; beside JSON lines, on stderr."""
        (self.stderr if options["json"] else self.stdout).write(message)
