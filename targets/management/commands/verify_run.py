"""Recount a stored run from what it saw and by the definitions it used."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from institutions.models import Region
from targets.indicators.calculation import Figure
from targets.indicators.stored import DefinitionError
from targets.models import IndicatorRun
from targets.past.asof import Disagreement, disagreements

LABELS = {
    "numerator": "分子",
    "denominator": "分母",
    "excluded": "排除",
    "missing": "缺报",
    "expected": "应报",
}


class Command(BaseCommand):
    help = "按批次当时所见的台账与当时的口径重算一遍，列出与存下的结果不同之处。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int, help="量度批次号")

    def handle(self, *args: Any, **options: Any) -> None:
        run = IndicatorRun.objects.done().filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"没有已完成的批次 {options['run']}；批次号见目标表页脚。")
        try:
            found = disagreements(run)
        except DefinitionError as error:
            raise CommandError(str(error)) from error
        names = dict(Region.objects.values_list("pk", "name"))
        for one in found:
            self.stdout.write(_line(one, names))
        if found:
            raise CommandError(f"批次 {run.pk}（{run.as_of}）有 {len(found)} 个数与重算不符。")
        count = run.snapshots.count()
        self.stdout.write(f"批次 {run.pk}（{run.as_of}）的 {count} 个数，重算一致。")


def _line(found: Disagreement, names: dict[int, str]) -> str:
    place = f"{found.key[0]} · {found.key[1]} {names[found.region_id]}"
    stored, recounted = found.stored, found.recounted
    if stored is None or recounted is None:
        return f"{place}：{'没有存下' if stored is None else '重算没有这一项'}"
    return f"{place}：{'；'.join(_parts(stored, recounted))}"


def _parts(stored: Figure, recounted: Figure) -> list[str]:
    pairs = [(name, getattr(stored, name), getattr(recounted, name)) for name in LABELS]
    return [
        f"{LABELS[name]}存 {_number(old)}、重算 {_number(new)}"
        for name, old, new in pairs
        if old != new
    ]


def _number(value: int | None) -> str:
    return "无数据" if value is None else str(value)
