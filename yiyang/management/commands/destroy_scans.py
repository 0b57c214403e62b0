"""Say which scans are due for destruction; destroy them when told to."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from yiyang.attachments.retention import ScanGround, destroy_scans, due_scans


class Command(BaseCommand):
    help = (
        "保存期满的扫描件：默认只说要做什么，--apply 才销毁（定时器每夜也会做）。"
        "保存几年见 ATTACHMENT_YEARS_AFTER_END、ATTACHMENT_YEARS_AFTER_VOID。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="销毁；不加只说要做什么")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        today = timezone.localdate(at)
        if options["apply"]:
            self.stdout.write(f"已销毁 {destroy_scans(as_of=today, at=at)} 份扫描件。")
            return
        due = due_scans(today)
        self.stdout.write(f"截至 {today}，保存期满的扫描件 {len(due)} 份。")
        for ground, number in Counter(one.ground for one in due).items():
            self.stdout.write(f"  {ScanGround(ground).label}：{number} 份")
        self.stdout.write("将销毁：文件内容与它的密钥，此后谁也打不开，不可撤销。")
        self.stdout.write(
            "保留：文件名、种类、大小、指纹、上传与销毁的时间。确认后加 --apply 运行。"
        )
