"""Requests to answer, requests sent back and the other office's writes, for the work list."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse

from institutions.differences import differences, other_side
from institutions.models import ChangeRequest, RequestState
from institutions.models.requests import ChangeRequestQuerySet
from institutions.ownership import sides_answered_by, sides_written_by
from institutions.request_lists import made_by, rows_of, to_check
from institutions.requests import may_request
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.models import ChangeEntryQuerySet
from yiyang.work import Severity, WorkGroup, WorkItem, WorkSource

RETURNED_DAYS = 14
ONE_DAY = timedelta(days=1)


def items_to_check(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    """The requests that must be answered first."""
    rows = to_check(actor).select_related("made_by").order_by("due_on", "pk")[:limit]
    return [
        WorkItem(
            text=f"{row.institution}：{row.fields}（{row.request.made_by.display_name}提出）",
            url=reverse("request-detail", args=[row.request.uid]),
            due=row.request.due_on,
            severity=row.severity,
        )
        for row in rows_of(list(rows), day)
    ]


def check_page(actor: Actor, day: date) -> str:
    return f"{reverse('request-list')}?tab=check"


def returned(actor: Actor, day: date) -> ChangeRequestQuerySet:
    """The actor's requests sent back lately and not asked anew for the same institution."""
    mine = made_by(actor)
    anew = mine.filter(state__in=(RequestState.PENDING, RequestState.AGREED))
    sent_back = mine.filter(
        state=RequestState.RETURNED, answered_at__date__gt=day - RETURNED_DAYS * ONE_DAY
    )
    return sent_back.exclude(institution__in=anew.values("institution"))


def items_returned(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    """The requests sent back, with the reason."""
    found: list[ChangeRequest] = list(returned(actor, day).order_by("-answered_at", "-pk")[:limit])
    return [
        WorkItem(
            text=f"{row.institution}：{row.fields}，退回原因：{row.request.answer}",
            url=reverse("request-detail", args=[row.request.uid]),
            severity=Severity.SOON,
        )
        for row in rows_of(found, day)
    ]


def yesterdays_differences(actor: Actor, day: date) -> ChangeEntryQuerySet:
    """What the other office wrote yesterday."""
    return differences(other_side(actor), day=day - ONE_DAY, actor=actor)


def differences_page(actor: Actor, day: date) -> str:
    return f"{reverse('difference-list')}?day={day - ONE_DAY}"


TO_CHECK = WorkSource(
    id="requests-to-check",
    title="待我校核的修改申请",
    group=WorkGroup.CHECK,
    order=10,
    permission=Permission.VIEW_INSTITUTIONS,
    suits=lambda actor: bool(sides_answered_by(actor)),
    rows=lambda actor, day: to_check(actor),
    items=items_to_check,
    more_url=check_page,
)
RETURNED = WorkSource(
    id="requests-returned",
    title="退回给我、还没有重提的修改申请",
    group=WorkGroup.CHECK,
    order=20,
    permission=Permission.VIEW_INSTITUTIONS,
    suits=may_request,
    rows=returned,
    items=items_returned,
    hint="按退回的原因改好再提；不再需要的，14 天后不再列出。",
)
DIFFERENCES = WorkSource(
    id="differences",
    title="昨日对方部门改动的登记",
    group=WorkGroup.CHECK,
    order=30,
    permission=Permission.VIEW_INSTITUTIONS,
    suits=lambda actor: bool(sides_written_by(actor) | sides_answered_by(actor)),
    rows=yesterdays_differences,
    more_url=differences_page,
)
