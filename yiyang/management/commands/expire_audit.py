"""Remove the audit events that have been kept long enough."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yiyang.audit.anchors import AnchorError
from yiyang.audit.expiry import due_for_expiry, expire_events


class Command(BaseCommand):
    help = "整批清除保存期满的审计（定时器每夜也会做）；--dry-run 只说会清除多少"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只说会清除多少，不清除")

    def handle(self, *args: Any, **options: Any) -> None:
        find = due_for_expiry if options["dry_run"] else expire_events
        try:
            due = find(at=timezone.now(), path=settings.AUDIT_ANCHOR_FILE)
        except AnchorError as error:
            raise CommandError(str(error)) from error
        if due is None:
            self.stdout.write(f"没有存满 {settings.AUDIT_KEEP_DAYS} 天的整批审计。")
            return
        verb = "将清除" if options["dry_run"] else "已清除"
        self.stdout.write(f"{verb} {due.events} 条审计，到链上第 {due.position} 位为止。")
