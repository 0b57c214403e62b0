"""Load the holidays that the library knows; what people entered or took back stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chinese_calendar import constants
from django.core.management.base import BaseCommand

from yiyang.changelog.context import SYSTEM
from yiyang.holidays.actions import load_days
from yiyang.holidays.models import Holiday, HolidayKind

SOURCE = "国务院办公厅年度放假通知（chinesecalendar 整理）"
LIBRARY = {
    HolidayKind.OFF: constants.holidays,
    HolidayKind.WORKED: constants.workdays,
}


class Command(BaseCommand):
    help = "载入历年法定节假日与调休；可重复运行，人工录入或作废的日子不动。"

    def handle(self, *args: Any, **options: Any) -> None:
        added = load_days(by=SYSTEM, days=library_days(), source=SOURCE)
        if added:
            self.stdout.write(f"节假日已载入：新增 {added} 天。")
        else:
            self.stdout.write("节假日没有变化。")


def library_days() -> Iterator[Holiday]:
    """Every day the library has, not saved."""
    titles = {one.value: one.chinese for one in constants.Holiday}
    for kind, days in LIBRARY.items():
        for day, name in days.items():
            yield Holiday(day=day, kind=kind, name=titles[name], source=SOURCE)
