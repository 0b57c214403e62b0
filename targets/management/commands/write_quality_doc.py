"""Write docs/quality.md from the checks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from targets.quality.document import as_markdown

PATH = settings.BASE_DIR / "docs" / "quality.md"


class Command(BaseCommand):
    help = "按数据质量检查目录重写 docs/quality.md。"

    def handle(self, *args: Any, **options: Any) -> None:
        PATH.write_text(as_markdown(), encoding="utf-8")
        self.stdout.write(f"已写 {PATH.relative_to(settings.BASE_DIR)}。")
