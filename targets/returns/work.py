"""What waits to be done about quarterly returns, for the work list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse

from targets.models import CorrectionState, QuarterlyReturn, ReturnCorrection
from targets.models import ReturnLevel as L
from targets.models import ReturnState as S
from targets.returns.calendar import awaited
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.work import Severity, WorkGroup, WorkItem, WorkSource, severity_of

Returns = QuerySet[QuarterlyReturn]
Rows = Callable[[Actor, date], Returns]
P = Permission


def _seen(actor: Actor) -> Returns:
    """Returns in sight that can still be handed in."""
    return QuarterlyReturn.objects.visible_to(actor).filter(awaited())


def _level(actor: Actor) -> L:
    if actor.whole_city:
        return L.CITY
    return L.DISTRICT if actor.region_ids else L.INSTITUTION


def to_fill(actor: Actor, day: date) -> Returns:
    """The actor's own unit's returns that are not handed in."""
    return _seen(actor).filter(level=_level(actor), state=S.FILLING)


def returned(actor: Actor, day: date) -> Returns:
    """The actor's own unit's returns sent back to be mended."""
    return _seen(actor).filter(level=_level(actor), state=S.RETURNED)


def to_review(actor: Actor, day: date) -> Returns:
    """Returns others have handed in that wait for the actor's review."""
    levels = (L.CITY,) if actor.whole_city else (L.DISTRICT, L.INSTITUTION)
    seen = QuarterlyReturn.objects.visible_to(actor)
    waiting = seen.filter(level__in=levels, state=S.SUBMITTED)
    return waiting.exclude(Q(submitted_by=actor.user_id) | Q(filled_by=actor.user_id))


def to_publish(actor: Actor, day: date) -> Returns:
    """Locked tables of the city that are not published yet."""
    return QuarterlyReturn.objects.visible_to(actor).filter(level=L.CITY, state=S.LOCKED)


def to_correct(actor: Actor, day: date) -> QuerySet[ReturnCorrection]:
    """Corrections others have proposed."""
    waiting = ReturnCorrection.objects.visible_to(actor).filter(state=CorrectionState.PENDING)
    return waiting.exclude(proposed_by=actor.user_id)


def _items(rows: Rows) -> Callable[[Actor, date, int], list[WorkItem]]:
    def items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
        found = rows(actor, day).select_related("period").order_by("due_on", "pk")[:limit]
        return [_item(one, day) for one in found]

    return items


def _item(own: QuarterlyReturn, day: date) -> WorkItem:
    return WorkItem(
        text=f"{own.unit_name}　{own.period}",
        url=reverse("return-detail", args=[own.pk]),
        due=own.due_on,
        severity=severity_of(own.due_on, day),
    )


def _correction_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    rows: Iterable[ReturnCorrection] = to_correct(actor, day).select_related(
        "quarterly_return__period"
    )[:limit]
    return [
        WorkItem(
            text=f"{one.quarterly_return.unit_name}　{one.quarterly_return.period}",
            url=reverse("return-correction", args=[one.pk]),
            severity=Severity.NORMAL,
        )
        for one in rows
    ]


def _source(
    name: str,
    title: str,
    permission: Permission,
    rows: Rows,
    group: WorkGroup = WorkGroup.REPORT,
    hint: str = "",
) -> WorkSource:
    return WorkSource(
        id=name,
        title=title,
        group=group,
        order=30,
        permission=permission,
        rows=rows,
        items=_items(rows),
        suits=of_the_city if rows is to_publish else None,
        hint=hint,
    )


def of_the_city(actor: Actor) -> bool:
    return actor.whole_city


FILL_HINT = "数已按登记预填；核对、补上手工项后报出。"
RETURN_WORK = (
    _source("returns-fill", "待填报的季度监测", P.EDIT_HEALTH, to_fill, hint=FILL_HINT),
    _source("returns-own", "本机构待填报的季度监测", P.REPORT_OWN, to_fill, hint=FILL_HINT),
    _source("returns-back", "退回待改的季度监测", P.EDIT_HEALTH, returned),
    _source("returns-own-back", "本机构退回待改的季度监测", P.REPORT_OWN, returned),
    _source("returns-review", "待审核的季度监测", P.REVIEW, to_review, WorkGroup.CHECK),
    _source("returns-publish", "待发布的季度监测", P.REVIEW, to_publish, WorkGroup.CHECK),
    WorkSource(
        id="returns-correct",
        title="待审核的季度监测更正",
        group=WorkGroup.CHECK,
        order=30,
        permission=P.REVIEW,
        rows=to_correct,
        items=_correction_items,
        suits=of_the_city,
    ),
)
