"""Prove that nobody has altered the audit."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yiyang.audit.anchors import AnchorError
from yiyang.audit.verification import BrokenChainError, verify_audit


class Command(BaseCommand):
    help = "逐条查验审计链与锚点；查出改动、删除、重排、插入或截尾时退出码不为 0"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verified = verify_audit(at=timezone.now(), path=settings.AUDIT_ANCHOR_FILE)
        except (BrokenChainError, AnchorError) as error:
            raise CommandError(f"审计不完整：{error}") from error
        anchored = (
            f"最近锚点 {timezone.localtime(verified.anchored_at):%Y-%m-%d %H:%M}"
            if verified.anchored_at
            else "还没有锚点，请运行 anchor_audit"
        )
        self.stdout.write(
            f"审计完整：{verified.batches} 批 {verified.events} 条，"
            f"另有 {verified.waiting} 条待封存；{anchored}。"
        )
