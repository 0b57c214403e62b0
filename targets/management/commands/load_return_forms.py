"""Load the forms of quarterly returns that are shipped with the portal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from targets.returns.loading import load_shipped_forms
from yiyang.changelog.context import SYSTEM


class Command(BaseCommand):
    help = "装载随门户附带的季度监测表式；可重复运行，已有的版本不动。"

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_shipped_forms(by=SYSTEM, on=timezone.localdate())
        if loaded:
            self.stdout.write(f"季度监测表式已装载：{loaded} 份。")
        else:
            self.stdout.write("季度监测表式都已在，没有改动。")
