"""Send the reports that are due, or say what would be sent; 0 in order, 1 trouble, 2 silence."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from targets.mailing.outbox import send_due
from targets.mailing.queueing import make_out, report_mails, silence_mails
from targets.mailing.state import standing_at
from targets.mailing.transport import is_set
from targets.models import ReportMail
from targets.runs.silence import is_silent, last_finished

TROUBLED, STALE = 1, 2


class Command(BaseCommand):
    help = (
        "寄到时间的报告；--dry-run 只说会寄什么。"
        "退出码 0 正常，1 有寄不出或不知是否寄出的，2 量度已超时没有完成。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只说会寄什么，什么也不写、不寄")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_set():
            self.stderr.write("没有配置发信（MAIL_HOST 或 MAIL_DIR），寄不出任何邮件。")
        if options["dry_run"]:
            self._tell_what_would_be()
        else:
            made = make_out(timezone.now())
            self.stdout.write(f"新写入 {made} 封，寄了 {send_due(timezone.now)} 封。")
        self._tell_standing()

    def _tell_what_would_be(self) -> None:
        at = timezone.now()
        reports, warnings = len(report_mails(at)), len(silence_mails(at))
        due = ReportMail.objects.due(at).count()
        self.stdout.write(
            f"会写入报告 {reports} 封、没有量度的提醒 {warnings} 封；已到时间待寄 {due} 封。"
        )

    def _tell_standing(self) -> None:
        at = timezone.now()
        found, last = standing_at(at), last_finished()
        self.stdout.write(
            f"待寄 {found.waiting} 封（超时 {found.overdue}），寄不出 {found.dead} 封，"
            f"不知是否寄出 {found.in_doubt} 封。"
        )
        if last is not None and last.finished_at is not None and is_silent(last.finished_at, at):
            raise CommandError("量度已超时没有完成，见 check_run。", returncode=STALE)
        if found.is_troubled:
            raise CommandError("有邮件要处理：请系统管理员打开“邮件”页。", returncode=TROUBLED)
