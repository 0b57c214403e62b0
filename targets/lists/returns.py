"""The list of quarterly returns: who owes what, by when, and how late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse

from targets.models import QuarterlyReturn, ReturnLevel, ReturnPeriod, ReturnState
from targets.models.returns import BEING_FILLED, CHECKED
from targets.returns.calendar import SHUT, TONES, awaited, overdue, standing, standing_tone
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.filters import ListFilter, choice, offered, search
from yiyang.listing.register import Column, Entry, Register

Returns = QuerySet[QuarterlyReturn]
AWAITED, OWING, OVERDUE, WAITING, DONE = "AWAITED", "OWING", "OVERDUE", "WAITING", "DONE"
STANDINGS = (
    *((OVERDUE, "逾期未报"), (AWAITED, "待催报"), (OWING, "未报出")),
    *((WAITING, "待审核"), (DONE, "已审核")),
)


def returns_on(actor: Actor, day: date) -> Returns:
    return (
        QuarterlyReturn.objects.visible_to(actor)
        .annotate(shut=SHUT)
        .select_related("region", "period")
    )


class ReturnFilter(ListFilter):
    """Words, period, level, district and standing of returns; the standing is today's."""

    is_dated: ClassVar[bool] = False
    q = search("查找", "填报单位")
    period = offered("季度", method="by_period")
    level = choice("层级", ReturnLevel.choices)
    district = offered("区", method="by_district")
    standing = choice("进度", STANDINGS, method="by_standing")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        periods = ReturnPeriod.objects.visible_to(self.actor)
        self.offer("period", [(str(one.pk), str(one)) for one in periods])
        seen = QuarterlyReturn.objects.visible_to(self.actor).exclude(level=ReturnLevel.CITY)
        regions = seen.order_by("region__code").values_list("region", "region__name").distinct()
        self.offer("district", [(str(pk), name) for pk, name in regions])

    def by_search(self, queryset: Returns, name: str, value: str) -> Returns:
        return queryset.filter(unit_name__icontains=value.strip())

    def by_period(self, queryset: Returns, name: str, value: str) -> Returns:
        return queryset.filter(period=int(value))

    def by_district(self, queryset: Returns, name: str, value: str) -> Returns:
        return queryset.filter(region=int(value))

    def by_standing(self, queryset: Returns, name: str, value: str) -> Returns:
        if value == OVERDUE:
            return queryset.filter(overdue(self.day))
        if value == AWAITED:
            return queryset.filter(awaited())
        states = {OWING: BEING_FILLED, WAITING: (ReturnState.SUBMITTED,), DONE: CHECKED}
        return queryset.filter(state__in=states[value])


def day_around(rows: Sequence[QuarterlyReturn], actor: Actor, day: date) -> date:
    return day


C = Column[QuarterlyReturn, date]
RETURNS = Register(
    code="returns",
    title="季度监测填报日历",
    unit="份",
    url_name="return-list",
    permission=Permission.VIEW_TARGETS,
    rows=returns_on,
    filterset=ReturnFilter,
    columns=(
        C(
            "unit",
            "填报单位",
            lambda row, _: row.unit_name,
            link=lambda row, _: reverse("return-detail", args=[row.pk]),
        ),
        C("period", "季度", lambda row, _: str(row.period)),
        C("level", "层级", lambda row, _: row.get_level_display()),
        C("district", "区划", lambda row, _: row.region.name),
        C("due", "报出期限", lambda row, _: row.due_on.isoformat(), sort="due_on"),
        C(
            "state",
            "状态",
            lambda row, _: row.get_state_display(),
            tone=lambda row, _: TONES[ReturnState(row.state)],
        ),
        C("standing", "期限", standing, tone=standing_tone),
        C(
            "submitted",
            "报出日期",
            lambda row, _: row.submitted_on.isoformat() if row.submitted_on else "",
            sort="submitted_on",
        ),
    ),
    around=day_around,
    default_sort="-due",
    entry=Entry(
        "布置季度监测", "return-period-new", lambda actor: actor.may(Permission.MANAGE_POLICIES)
    ),
    note="机构填、区审核、市汇总，锁定后发布；期限都是工作日。",
    next_step="市卫健经办在季末之后布置；布置时按登记与量度预填。",
    template="targets/return_list.html",
    is_cards=True,
    extras=lambda actor: {"periods": ReturnPeriod.objects.visible_to(actor)[:8]},
)
