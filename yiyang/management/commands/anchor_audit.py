"""Write the head of the audit chain to the anchor file."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yiyang.audit.anchoring import anchor_head
from yiyang.audit.anchors import AnchorError


class Command(BaseCommand):
    help = "封存审计事件，并把链头追加到数据库之外的锚点文件（定时器每夜也会做）"

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.AUDIT_ANCHOR_FILE
        try:
            batch = anchor_head(at=timezone.now(), path=path)
        except AnchorError as error:
            raise CommandError(str(error)) from error
        if batch is None:
            self.stdout.write("还没有审计事件，无可锚定。")
        else:
            self.stdout.write(f"已锚定链上第 {batch.last_position} 位，写入 {path}。")
