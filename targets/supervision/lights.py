"""The one place that turns working days left into 提醒, 黄牌, 红牌 and 超期."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import TextChoices

from yiyang.lib.working_days import WorkCalendar, working_day_from, working_days_between


class Light(TextChoices):
    """How urgent something with a due day is, in a word that stands beside the colour."""

    UNDATED = "UNDATED", "未定期限"
    NORMAL = "NORMAL", "正常"
    REMIND = "REMIND", "提醒"
    YELLOW = "YELLOW", "黄牌"
    RED = "RED", "红牌"
    OVERDUE = "OVERDUE", "超期"
    PAUSED = "PAUSED", "暂停计时"
    ON_TIME = "ON_TIME", "按期办结"
    LATE = "LATE", "超期办结"


WARNING = frozenset({Light.REMIND, Light.YELLOW, Light.RED, Light.OVERDUE})


def light_of(remaining: int) -> Light:
    """By the working days left: 0 is the due day itself and still in time."""
    if remaining < 0:
        return Light.OVERDUE
    if remaining <= settings.LIGHT_RED_DAYS:
        return Light.RED
    if remaining <= settings.LIGHT_YELLOW_DAYS:
        return Light.YELLOW
    return Light.REMIND if remaining <= settings.LIGHT_REMIND_DAYS else Light.NORMAL


def days_left(calendar: WorkCalendar, due: date, day: date) -> int:
    """Working days from `day` to `due`; a due day that is off moves to the next working day.

    Past the due day the answer is negative at once, also on a weekend.
    """
    last = working_day_from(calendar, due)
    left = working_days_between(calendar, day, last)
    return min(left, -1) if day > last else left


def thresholds_text() -> str:
    """The lights as a footnote says them."""
    return (
        f"剩余工作日 {settings.LIGHT_REMIND_DAYS} 天以内提醒，"
        f"{settings.LIGHT_YELLOW_DAYS} 天以内黄牌，{settings.LIGHT_RED_DAYS} 天以内红牌，"
        f"期满未办结为超期；到期当天仍在期限内。"
    )
