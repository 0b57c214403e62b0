"""填报日历: who owes what by when, how late, and the words to chase them with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Exists, OuterRef, Q

from targets.models import QuarterlyReturn, ReturnLevel, ReturnPeriod, ReturnState
from targets.models.returns import BEING_FILLED, CHECKED
from yiyang.access.scope import Actor
from yiyang.lib.demo import demo_mark

S = ReturnState
TONES = {
    S.FILLING: "plain",
    S.RETURNED: "bad",
    S.SUBMITTED: "warn",
    S.REVIEWED: "good",
    S.LOCKED: "good",
    S.PUBLISHED: "good",
}


# 上一级已经报出：市的表，或本区的表。
SHUT = Exists(
    QuarterlyReturn.objects.filter(
        Q(level=ReturnLevel.CITY) | Q(level=ReturnLevel.DISTRICT, region=OuterRef("region")),
        period=OuterRef("period"),
    ).exclude(state__in=BEING_FILLED)
)


def awaited() -> Q:
    """Returns not handed in that still can be; the others are 缺报 and chased no more."""
    return Q(~SHUT, state__in=BEING_FILLED)


def overdue(day: date) -> Q:
    """Returns still awaited though their last day in time is over."""
    return awaited() & Q(due_on__lt=day)


def days_over(own: QuarterlyReturn, day: date) -> int:
    """Days since the last day in time, of one still awaited; 0 while there is time."""
    return max((day - own.due_on).days, 0) if own.is_open and not own.is_shut else 0


def standing(own: QuarterlyReturn, day: date) -> str:
    """How the return stands against its last day in time, in words."""
    if own.is_open and own.is_shut:
        return "缺报"
    if own.is_open:
        over = days_over(own, day)
        return f"逾期 {over} 天" if over else f"剩 {(own.due_on - day).days} 天"
    late = own.submitted_on is not None and own.submitted_on > own.due_on
    return "迟报" if late else "按期"


def standing_tone(own: QuarterlyReturn, day: date) -> str:
    if own.is_open:
        return "bad" if own.is_shut or days_over(own, day) else "plain"
    return "warn" if standing(own, day) == "迟报" else "good"


@dataclass(frozen=True, slots=True)
class Progress:
    """One district of a period: its own return and how far its institutions are."""

    own: QuarterlyReturn
    asked: int
    reviewed: int
    waiting: int
    overdue: int
    word: str
    tone: str

    @property
    def owing(self) -> int:
        return self.asked - self.reviewed - self.waiting


def progress(period: ReturnPeriod, actor: Actor) -> list[Progress]:
    """The city and each district in sight, with the institutions below each."""
    seen = QuarterlyReturn.objects.visible_to(actor).filter(period=period)
    returns = list(seen.annotate(shut=SHUT).select_related("region").order_by("region__code", "pk"))
    above = [one for one in returns if one.level != ReturnLevel.INSTITUTION]
    above.sort(key=lambda one: one.level != ReturnLevel.CITY)
    homes = [one for one in returns if one.level == ReturnLevel.INSTITUTION]
    return [_of(one, [home for home in homes if _below(one, home)], actor.day) for one in above]


def _below(own: QuarterlyReturn, home: QuarterlyReturn) -> bool:
    return own.level == ReturnLevel.CITY or own.region_id == home.region_id


def _of(own: QuarterlyReturn, homes: Sequence[QuarterlyReturn], day: date) -> Progress:
    return Progress(
        own=own,
        asked=len(homes),
        reviewed=sum(one.state in CHECKED for one in homes),
        waiting=sum(one.state == S.SUBMITTED for one in homes),
        overdue=sum(days_over(one, day) > 0 for one in homes),
        word=standing(own, day),
        tone=standing_tone(own, day),
    )


def owing(period: ReturnPeriod, actor: Actor) -> list[QuarterlyReturn]:
    """Whoever in sight is still to hand in, district by district, institutions first."""
    seen = QuarterlyReturn.objects.visible_to(actor).filter(awaited(), period=period)
    rows = seen.exclude(level=ReturnLevel.CITY).select_related("region")
    # 字母序恰好是机构在前、区在后的倒序。
    return list(rows.order_by("region__code", "-level", "unit_name", "pk"))


def chase_text(period: ReturnPeriod, rows: Iterable[QuarterlyReturn], day: date) -> str:
    """What to send to those who owe: whom, by when, how late; institutions by name only."""
    lines = [
        f"{name}：" + "；".join(_named(one, day) for one in group)
        for name, group in groupby(rows, key=lambda one: one.region.name)
    ]
    if not lines:
        return ""
    mark = demo_mark("（{}）")
    head = f"请下列单位尽快报送{period}{period.form.title}（截至{day}尚未报出）{mark}："
    return "\n".join([head, *(f"{line}。" for line in lines)])


def _named(own: QuarterlyReturn, day: date) -> str:
    over = days_over(own, day)
    return f"{own.unit_name}（期限 {own.due_on}{f'，逾期 {over} 天' if over else ''}）"
