"""What the system administrator is told on every page: a silence, and mail in trouble."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from targets.mailing.state import standing_at
from targets.runs.silence import is_silent, last_finished
from yiyang.notices import Notice


def mail_notices(at: datetime) -> list[Notice]:
    """Nothing while the nights are measured and every mail went out."""
    url, told = reverse("report-mail-list"), []
    last, found = last_finished(), standing_at(at)
    if last is not None and last.finished_at is not None and is_silent(last.finished_at, at):
        hours = settings.SNAPSHOT_MAX_AGE_HOURS
        told.append(Notice(f"已超过 {hours} 小时没有完成量度，请检查夜间任务。", url))
    if found.is_troubled:
        words = f"邮件：寄不出 {found.dead} 封，不知是否寄出 {found.in_doubt} 封，请处理。"
        told.append(Notice(words, url))
    if found.overdue:
        told.append(Notice(f"邮件：{found.overdue} 封到时间已一小时还没有寄出。", url))
    return told
