"""What waits to be done, told by each app to a page that knows none of them.

An app registers its sources in AppConfig.ready(). A source says how much waits for an actor on a
day, lists it, and names the page that lists all of it, so that a number always leads to its list.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, QuerySet, TextChoices, Value
from django.urls import reverse

from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.asked import Asked

logger = logging.getLogger(__name__)

URGENT_DAYS, SOON_DAYS = 15, 30
FAILED = "这一项暂时算不出来，已记入系统日志；请稍后刷新，仍不行请告诉系统管理员。"


class Severity(TextChoices):
    """How soon something must be done, in a word that is shown beside the colour."""

    NORMAL = "normal", "待办"
    SOON = "soon", "临近"
    URGENT = "urgent", "紧急"
    OVERDUE = "overdue", "超期"


class WorkGroup(TextChoices):
    """The parts of a work list, in the order it shows them."""

    CHECK = "check", "待我校核"
    TASK = "task", "任务与督办"
    AGREEMENT = "agreement", "协议与签约"
    REPORT = "report", "填报与证照"
    QUALITY = "quality", "数据质量"
    IMPORT = "import", "导入"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing to do and the page to do it on; `due` is the last day in time."""

    text: str
    url: str
    due: date | None = None
    severity: Severity = Severity.NORMAL


@dataclass(frozen=True, slots=True)
class WorkPart:
    """A part of a source's number with a list of its own, for instance one street."""

    text: str
    number: int
    url: str = ""
    unit: str = ""

    @property
    def figure(self) -> str:
        return f"{self.number:,} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class WorkSource:
    """One kind of work: how much there is of it, which, and where all of it is listed.

    How much there is comes from one of: `rows`, counted for all sources in one query; `count`;
    `everything`, the few items there are, worked out at once; the `parts`, added up. `items` lists
    what `rows` or `count` count, as far as the limit; without it nothing is listed one by one. All
    read only what the actor may see, in a number of queries that does not grow with rows.
    `more_url` leads to a list of exactly what is counted; without it that is the work list's own
    page of the source. `shown` is how many items stand beside the number on the home page; 0
    spares the query. What `everything` and `parts` share with others they ask through `Asked`.
    `parts` divide the number on the home page, `breakdown` only on the source's own page, where
    it may cost more. `suits` narrows the permission to those whose work it is.
    """

    def is_for(self, actor: Actor) -> bool:
        return actor.may(self.permission) and (self.suits is None or self.suits(actor))

    id: str
    title: str
    group: WorkGroup
    order: int
    permission: Permission
    rows: Callable[[Actor, date], QuerySet[Any]] | None = None
    count: Callable[[Actor, date], int] | None = None
    everything: Callable[[Actor, date, Asked], Sequence[WorkItem]] | None = None
    items: Callable[[Actor, date, int], Sequence[WorkItem]] | None = None
    more_url: Callable[[Actor, date], str] | None = None
    parts: Callable[[Actor, date, Asked], Sequence[WorkPart]] | None = None
    breakdown: Callable[[Actor, date], Sequence[WorkPart]] | None = None
    suits: Callable[[Actor], bool] | None = None
    hint: str = ""
    shown: int = 3

    def address(self, actor: Actor, day: date) -> str:
        """Where everything counted is listed."""
        if self.more_url is not None:
            return self.more_url(actor, day)
        return reverse("work-source", args=[self.id])


@dataclass(frozen=True, slots=True)
class WorkLine:
    """What a source found for an actor; `error` stands instead of a number that failed."""

    source: WorkSource
    number: int = 0
    url: str = ""
    items: Sequence[WorkItem] = ()
    parts: Sequence[WorkPart] = ()
    breakdown: Sequence[WorkPart] = ()
    error: str = ""

    @property
    def figure(self) -> str:
        return f"{self.number:,}"

    @property
    def is_empty(self) -> bool:
        return not self.error and not self.number


@dataclass(frozen=True, slots=True)
class WorkSection:
    """The lines of one group that have something to show."""

    title: str
    lines: tuple[WorkLine, ...]


@dataclass(frozen=True, slots=True)
class WorkList:
    """An actor's work: what waits, and what was looked at and is in order."""

    sections: tuple[WorkSection, ...]
    clear: tuple[WorkLine, ...]


_sources: dict[str, WorkSource] = {}


def register_work(source: WorkSource) -> None:
    """Add a source; the same id replaces."""
    _sources[source.id] = source


def sources_for(actor: Actor) -> list[WorkSource]:
    """The sources the actor may see, in the order of groups; none for an unknown actor."""
    places = {group: place for place, group in enumerate(WorkGroup)}
    seen = [source for source in _sources.values() if source.is_for(actor)]
    return sorted(seen, key=lambda source: (places[source.group], source.order, source.id))


def work_of(actor: Actor, *, day: date, asked: Asked | None = None) -> WorkList:
    """Everything that waits for the actor on `day`, the first items of each source beside it."""
    sources = sources_for(actor)
    asking = _Asking(actor, day, asked or Asked(), _counted(sources, actor, day))
    lines = [_line(source, asking) for source in sources]
    waiting = [line for line in lines if not line.is_empty]
    sections = tuple(
        WorkSection(str(group.label), tuple(found))
        for group, found in groupby(waiting, key=lambda line: line.source.group)
    )
    return WorkList(sections, tuple(line for line in lines if line.is_empty))


def line_of(source_id: str, actor: Actor, *, day: date, limit: int) -> WorkLine | None:
    """One source for its own page; None where the actor may not see it or there is none."""
    source = next((one for one in sources_for(actor) if one.id == source_id), None)
    return None if source is None else _line(source, _Asking(actor, day, Asked(), {}), limit)


def severity_of(due: date, day: date) -> Severity:
    """How near the last day in time is: the day itself is still in time."""
    if due < day:
        return Severity.OVERDUE
    if due <= day + timedelta(days=URGENT_DAYS):
        return Severity.URGENT
    return Severity.SOON if due <= day + timedelta(days=SOON_DAYS) else Severity.NORMAL


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who asks on which day, what the page has asked already, and the numbers counted at once."""

    actor: Actor
    day: date
    asked: Asked
    counted: Mapping[str, int]


def _counted(sources: Sequence[WorkSource], actor: Actor, day: date) -> dict[str, int]:
    """The number of each source that has `rows`, in one query; empty where that failed."""
    try:
        each = [_number_of(one.id, one.rows(actor, day)) for one in sources if one.rows]
        if not each:
            return {}
        found = each[0].union(*each[1:], all=True) if len(each) > 1 else each[0]
        # 恒空的来源不进语句，也就没有行：那就是 0。
        return {one.id: 0 for one in sources if one.rows} | dict(found)
    except Exception:
        logger.exception("work could not be counted at once")
        return {}


def _number_of(source_id: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    """One row: the source and how many rows it has."""
    # 名字不能与任何模型的字段相同。
    named = rows.order_by().values(work_source=Value(source_id)).annotate(work_found=Count("pk"))
    pair: QuerySet[Any] = named.values_list("work_source", "work_found")
    return pair


def _line(source: WorkSource, asking: _Asking, limit: int | None = None) -> WorkLine:
    # 一项算不出来不能连累别的，也不能悄悄少一项：原样记日志，页面写明。
    try:
        return _found(source, asking, limit)
    except Exception:
        logger.exception("work source %s failed", source.id)
        return WorkLine(source, error=FAILED)


def _found(source: WorkSource, asking: _Asking, limit: int | None) -> WorkLine:
    """The line of a source; with a `limit` that of its own page."""
    actor, day, asked = asking.actor, asking.day, asking.asked
    every = source.everything(actor, day, asked) if source.everything else ()
    # 有 rows 的先看数：没有的就不必再算各部分。
    number = _number(source, asking, len(every))
    if number == 0:
        return WorkLine(source)
    parts = source.parts(actor, day, asked) if source.parts else ()
    number = sum(part.number for part in parts) if number is None else number
    if not number:
        return WorkLine(source)
    listed = source.shown if limit is None else limit
    items = source.items(actor, day, listed) if source.items and listed else every[:listed]
    return WorkLine(
        source,
        number,
        source.address(actor, day),
        items,
        parts,
        source.breakdown(actor, day) if source.breakdown and limit is not None else (),
    )


def _number(source: WorkSource, asking: _Asking, worked_out: int) -> int | None:
    """How much there is; None where only the parts can tell."""
    if source.rows is not None:
        counted = asking.counted.get(source.id)
        rows = source.rows(asking.actor, asking.day) if counted is None else None
        return counted if rows is None else rows.count()
    if source.count is not None:
        return source.count(asking.actor, asking.day)
    return worked_out if source.everything is not None else None
