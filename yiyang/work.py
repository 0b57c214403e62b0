"""What waits to be done, told by each app to a page that knows none of them.

An app registers its sources in AppConfig.ready(). A source says how much waits for an actor on a
day, lists it, and names the page that lists all of it, so that a number always leads to its list.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db.models import TextChoices
from django.urls import reverse

from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

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

    `count` and `items` take the actor, the day (and a limit) and read only what the actor may
    see, each in a number of queries that does not grow with rows; without `count` the parts add
    up to the number, without `items` nothing is listed one by one. `more_url` leads to a list of
    exactly what `count` counts; without it that is the work list's own page of the source.
    `shown` is how many items stand beside the number on the home page; 0 spares the query.
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
    count: Callable[[Actor, date], int] | None = None
    items: Callable[[Actor, date, int], Sequence[WorkItem]] | None = None
    more_url: Callable[[Actor, date], str] | None = None
    parts: Callable[[Actor, date], Sequence[WorkPart]] | None = None
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


def work_of(actor: Actor, *, day: date) -> WorkList:
    """Everything that waits for the actor on `day`, the first items of each source beside it."""
    lines = [_line(source, actor, day) for source in sources_for(actor)]
    waiting = [line for line in lines if not line.is_empty]
    sections = tuple(
        WorkSection(str(group.label), tuple(found))
        for group, found in groupby(waiting, key=lambda line: line.source.group)
    )
    return WorkList(sections, tuple(line for line in lines if line.is_empty))


def line_of(source_id: str, actor: Actor, *, day: date, limit: int) -> WorkLine | None:
    """One source for its own page; None where the actor may not see it or there is none."""
    source = next((one for one in sources_for(actor) if one.id == source_id), None)
    return None if source is None else _line(source, actor, day, limit)


def severity_of(due: date, day: date) -> Severity:
    """How near the last day in time is: the day itself is still in time."""
    if due < day:
        return Severity.OVERDUE
    if due <= day + timedelta(days=URGENT_DAYS):
        return Severity.URGENT
    return Severity.SOON if due <= day + timedelta(days=SOON_DAYS) else Severity.NORMAL


def _line(source: WorkSource, actor: Actor, day: date, limit: int | None = None) -> WorkLine:
    # 一项算不出来不能连累别的，也不能悄悄少一项：原样记日志，页面写明。
    try:
        return _found(source, actor, day, limit)
    except Exception:
        logger.exception("work source %s failed", source.id)
        return WorkLine(source, error=FAILED)


def _found(source: WorkSource, actor: Actor, day: date, limit: int | None) -> WorkLine:
    """The line of a source; with a `limit` that of its own page."""
    parts = source.parts(actor, day) if source.parts else ()
    number = source.count(actor, day) if source.count else sum(part.number for part in parts)
    if not number:
        return WorkLine(source)
    listed = source.shown if limit is None else limit
    return WorkLine(
        source,
        number,
        source.address(actor, day),
        source.items(actor, day, listed) if source.items and listed else (),
        parts,
        source.breakdown(actor, day) if source.breakdown and limit is not None else (),
    )
