"""The verbs of the register of holidays: enter a run of days, take a mistaken day back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError

from yiyang.access.decorators import FORBIDDEN
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import checked_create, void
from yiyang.holidays.models import Holiday, HolidayKind

LONGEST_RUN = 31


def enter_days(
    *, by: Actor, first: date, last: date, kind: HolidayKind, name: str, source: str
) -> int:
    """Enter every day from `first` to `last`, all or none; return how many."""
    refuse_unless_keeper(by)
    count = (last - first).days + 1
    if count < 1:
        raise ValidationError({"last": "最后一天不能早于第一天。"})
    if count > LONGEST_RUN:
        raise ValidationError({"last": f"一次最多录入 {LONGEST_RUN} 天，这里有 {count} 天。"})
    if kind == HolidayKind.WORKED and count > 1:
        raise ValidationError({"last": "调休上班请一天一天录入。"})
    with recorded(by=by, reason=f"录入节假日安排：{source}"):
        for number in range(count):
            day = first + timedelta(days=number)
            checked_create(Holiday, day=day, kind=kind, name=name, source=source)
    return count


def void_day(*, by: Actor, holiday: Holiday, reason: str) -> None:
    """Take a mistaken day back, with the reason."""
    refuse_unless_keeper(by)
    void(by=by, fact=holiday, reason=reason)


def load_days(*, by: Recorder, days: Iterable[Holiday], source: str) -> int:
    """Add the days nobody has entered or taken back yet; return how many were added."""
    with recorded(by=by, reason=f"载入节假日：{source}"):
        present = set(Holiday.objects.values_list("day", flat=True))
        new = [one for one in days if one.day not in present]
        Holiday.objects.bulk_create(new)
    return len(new)


def refuse_unless_keeper(by: Actor) -> None:
    """Only those who keep the policies keep the holidays."""
    if not by.may(Permission.MANAGE_POLICIES):
        raise PermissionDenied(FORBIDDEN)
