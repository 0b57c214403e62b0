"""Write docs/indicators.md from the catalogue."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from targets.indicators.document import as_markdown

PATH = settings.BASE_DIR / "docs" / "indicators.md"


class Command(BaseCommand):
    help = "按指标目录重写 docs/indicators.md。"

    def handle(self, *args: Any, **options: Any) -> None:
        PATH.write_text(as_markdown(), encoding="utf-8")
        self.stdout.write(f"已写 {PATH.relative_to(settings.BASE_DIR)}。")
