"""Seal the audit events that wait."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yiyang.audit.sealing import SealerBusyError, seal_events


class Command(BaseCommand):
    help = "把尚未封存的审计事件接上链（定时器每分钟也会做）"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sealed = seal_events(at=timezone.now(), wait=False)
        except SealerBusyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已封存 {sealed} 条审计事件。")
