"""Rename, move, merge, split or retire a region from a day on."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from institutions.models import Region
from institutions.reform import (
    Part,
    assign,
    facts_with_region,
    merge_regions,
    move_region,
    rename_region,
    retire_region,
    split_region,
    unassigned,
)
from yiyang.changelog.context import SYSTEM
from yiyang.lib.identifiers import region_code
from yiyang.lib.sheets import parse_date


class Command(BaseCommand):
    help = "区划调整：更名、改隶、并入、析出、撤销，自生效日起；此前各日仍按原图。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, title="调整方式")
        for kind, title, arguments in (
            ("rename", "更名", ("region", "name")),
            ("move", "改隶到另一上级", ("region", "parent")),
            ("merge", "并入另一区划", ("region", "into")),
            ("split", "析出一个新区划", ("region", "code", "name")),
            ("assign", "把一条记录归入析出的新区划", ("region", "register", "record")),
            ("retire", "撤销已归入完毕的原区划", ("region",)),
        ):
            sub = kinds.add_parser(kind, help=title)
            for argument in arguments:
                sub.add_argument(argument)
            sub.add_argument("--on", required=True, help="生效日期，如 2026-07-01")
            sub.add_argument("--basis", required=True, help="依据文件")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(_reform(options))
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        except (ValueError, IntegrityError) as error:
            raise CommandError(str(error).split("\n", 1)[0]) from error


def _reform(options: dict[str, Any]) -> str:
    region = _region(options["region"])
    common = {"by": SYSTEM, "on": parse_date(options["on"]), "basis": options["basis"]}
    match options["kind"]:
        case "rename":
            rename_region(region=region, name=options["name"], **common)
            return f"自 {common['on']} 起更名为 {options['name']}。"
        case "move":
            parent = _region(options["parent"])
            move_region(region=region, parent=parent, **common)
            return f"{region.name} 自 {common['on']} 起隶属 {parent.name}。"
        case "merge":
            into = _region(options["into"])
            moved = merge_regions(sources=[region], into=into, **common)
            return f"{region.name} 自 {common['on']} 起并入 {into.name}，{moved} 条记录随之转入。"
        case "split":
            part = Part(region_code(options["code"]), options["name"])
            split_region(source=region, parts=[part], **common)
            left = sum(unassigned(model, common["on"]).count() for model in facts_with_region())
            return f"已析出 {part.name}；{region.name} 有 {left} 条记录待归入。"
        case "assign":
            fact = _fact(options["register"], options["record"])
            assign(by=SYSTEM, fact=fact, region=region, basis=options["basis"])
            return f"记录 {fact.pk} 已归入 {region.name}。"
        case _:
            retire_region(region=region, **common)
            return f"{region.name} 自 {common['on']} 起撤销。"


def _fact(register: str, record: str) -> Any:
    """The record that is still to be assigned, named by its register and number."""
    registers = {model._meta.model_name: model for model in facts_with_region()}
    if register not in registers:
        raise ValueError(f"没有登记“{register}”，请用：{'、'.join(registers)}。")
    fact = registers[register].objects.kept().filter(pk=record if record.isdigit() else 0).first()
    if fact is None:
        raise ValueError(f"{register} 没有编号为 {record} 的记录，请从数据质量页核对。")
    return fact


def _region(text: str) -> Region:
    region = Region.objects.filter(code=region_code(text)).first()
    if region is None:
        raise ValueError(f"没有行政区划 {text}，请核对 12 位代码。")
    return region
