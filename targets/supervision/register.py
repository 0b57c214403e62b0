"""Orders as a list shows them: unit names of the day and where each one's clock stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from targets.bureau_names import BureauNames
from targets.models import (
    Supervision,
    SupervisionAssistant,
    SupervisionPause,
    SupervisionState,
)
from targets.supervision.clock import Standing, standing_of
from yiyang.asked import Asked
from yiyang.holidays.calendar import work_calendar


@dataclass(frozen=True, slots=True)
class ShownSupervision:
    """One order with its names and its standing on the day."""

    supervision: Supervision
    state: SupervisionState
    lead: str
    assistants: tuple[str, ...]
    standing: Standing

    @property
    def number(self) -> str:
        return self.supervision.number or "未编号"


def shown_supervisions(
    supervisions: QuerySet[Supervision], day: date, *, asked: Asked | None = None
) -> list[ShownSupervision]:
    """The orders in their order, in a number of queries that does not grow with them."""
    rows = list(supervisions.select_related("lead_region", "task"))
    return shown_of_rows(rows, day, asked=asked)


def shown_of_rows(
    rows: Sequence[Supervision], day: date, *, asked: Asked | None = None
) -> list[ShownSupervision]:
    """The same of orders already read, in the order given."""
    if not rows:
        return []
    prefetch_related_objects(rows, _assistants(), _pauses())
    asked = asked or Asked()
    names = asked.once(BureauNames, day)
    first = min(_first_day(row) for row in rows)
    calendar = asked.once(work_calendar, date(first.year, 1, 1))
    return [
        ShownSupervision(
            supervision=row,
            state=SupervisionState(row.state),
            lead=unit_name(names, row.lead_bureau_id, row.lead_region),
            assistants=tuple(
                unit_name(names, one.bureau_id, one.region) for one in _kept(row, "assistants")
            ),
            standing=standing_of(row, _kept(row, "pauses"), calendar, day),
        )
        for row in rows
    ]


def unit_name(names: BureauNames, bureau_id: int | None, region: Any) -> str:
    """A bureau by its name of the day, or a district."""
    return names.name(bureau_id) if bureau_id is not None else str(region.name)


def _first_day(supervision: Supervision) -> date:
    return supervision.assigned_on or supervision.drafted_on


def _kept(supervision: Supervision, relation: str) -> Any:
    found: Iterable[Any] = getattr(supervision, f"kept_{relation}")
    return found


def _assistants() -> Prefetch[str, QuerySet[SupervisionAssistant], str]:
    kept = SupervisionAssistant.objects.kept().select_related("region")
    return Prefetch("assistants", kept, to_attr="kept_assistants")


def _pauses() -> Prefetch[str, QuerySet[SupervisionPause], str]:
    return Prefetch("pauses", SupervisionPause.objects.kept(), to_attr="kept_pauses")
