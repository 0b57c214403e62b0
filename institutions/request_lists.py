"""Change requests as pages show them: lists, one with before and after, and the time left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from institutions.history import institution_names, region_names
from institutions.models import ChangeRequest, InstitutionProfile, RequestState, Status
from institutions.models.requests import ChangeRequestQuerySet
from institutions.ownership import label_of, sides_answered_by
from yiyang.access.scope import Actor
from yiyang.holidays.calendar import work_calendar
from yiyang.lib.working_days import WorkCalendar, working_days_between
from yiyang.work import Severity

PAGE_SIZE = 50
NOTHING = "空"
CLOSING = "注销机构"
NAMELESS = "（另一条记录）"
LAST_DAY_LEFT = 1


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One field of a request: what it was when asked, and what it is to be."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request in a list."""

    request: ChangeRequest
    institution: str
    fields: str
    time_left: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One page of a list, newest first; `before` is where the next begins, None on the last."""

    rows: list[RequestRow]
    before: int | None


def to_check(actor: Actor) -> ChangeRequestQuerySet:
    """Requests that wait for the actor's answer."""
    return (
        ChangeRequest.objects.visible_to(actor)
        .pending()
        .filter(side__in=sides_answered_by(actor))
        .exclude(made_by=actor.user_id)
    )


def made_by(actor: Actor) -> ChangeRequestQuerySet:
    """The actor's own requests."""
    return ChangeRequest.objects.visible_to(actor).filter(made_by=actor.user_id)


def page_of(requests: QuerySet[ChangeRequest], *, day: date, before: int) -> RequestPage:
    """The requests below the key `before` (0: the newest), in a number of queries that is fixed."""
    older = requests.filter(pk__lt=before) if before else requests
    found = list(older.select_related("made_by").order_by("-pk")[: PAGE_SIZE + 1])
    kept = found[:PAGE_SIZE]
    return RequestPage(rows_of(kept, day), kept[-1].pk if len(found) > PAGE_SIZE else None)


def rows_of(requests: Sequence[ChangeRequest], day: date) -> list[RequestRow]:
    """The requests in the order given, institutions by name."""
    names = institution_names({one.institution_id for one in requests})
    calendar = work_calendar(day)
    return [
        RequestRow(
            request=one,
            institution=names.get(one.institution_id, NAMELESS),
            fields=fields_of(one),
            time_left=time_left(one, day, calendar),
            severity=severity_of(one, day, calendar),
        )
        for one in requests
    ]


def fields_of(request: ChangeRequest) -> str:
    """What the request is about: closing by its own word, else the fields it changes."""
    return "、".join(
        CLOSING
        if name == "status" and change["new"] == Status.CLOSED
        else label_of(InstitutionProfile, name)
        for name, change in request.changes.items()
    )


def time_left(request: ChangeRequest, day: date, calendar: WorkCalendar) -> str:
    """How long there is to answer, in words; empty once it is answered or withdrawn."""
    if request.state != RequestState.PENDING:
        return ""
    left = working_days_between(calendar, day, request.due_on)
    if left < 0:
        return f"已超期 {-left} 个工作日"
    if request.due_on < day:
        return "已超期"
    return f"还剩 {left} 个工作日" if left else "今天到期"


def severity_of(request: ChangeRequest, day: date, calendar: WorkCalendar) -> Severity:
    if request.state != RequestState.PENDING:
        return Severity.NORMAL
    if request.due_on < day:
        return Severity.OVERDUE
    left = working_days_between(calendar, day, request.due_on)
    return Severity.URGENT if left <= LAST_DAY_LEFT else Severity.NORMAL


def changes_in(request: ChangeRequest) -> list[ShownChange]:
    """The request field by field, stored values in a clerk's words."""
    sides = [one[side] for one in request.changes.values() for side in ("old", "new")]
    keys = {value for value in sides if isinstance(value, int)}
    names = {"region": region_names(keys), "host": institution_names(keys)}
    return [
        ShownChange(
            label_of(InstitutionProfile, name),
            _written(name, change["old"], names),
            _written(name, change["new"], names),
        )
        for name, change in request.changes.items()
    ]


def _written(name: str, value: Any, names: dict[str, dict[int, str]]) -> str:
    if value in (None, "", []):
        return NOTHING
    if name in names:
        return names[name].get(value, NAMELESS)
    field: Any = InstitutionProfile._meta.get_field(name)
    words = dict(getattr(field, "base_field", field).flatchoices)
    if isinstance(value, list):
        return "、".join(str(words.get(one, one)) for one in value)
    return str(words.get(value, value))
