"""Compute the fingerprint of every published edition again and say which do not fit."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from targets.editions.checking import check
from targets.models import Edition


class Command(BaseCommand):
    help = "逐份核对已发布的定版：照存着的数重算指纹，列出不符的部分；有不符的以非零退出。"

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        editions = Edition.objects.published().select_related("run__region").order_by("pk")
        for edition in editions:
            found = check(edition)
            word = "相符" if found.is_identical else "不符"
            self.stdout.write(f"{edition.title}（第{edition.number}版）：{word}")
            for part in found.differences:
                self.stdout.write(f"  {part.title}：{part.text}")
            broken += not found.is_identical
        if broken:
            raise CommandError(f"{broken} 份定版与存着的数不符，见上。")
