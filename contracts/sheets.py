"""The stored import sheets in which persons about to be destroyed still stand."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max

from contracts.identity import COLUMNS, Identity
from contracts.models import DestructionPlan, Person
from contracts.persons.opening import open_fields
from institutions.imports.dropping import drop_sheet
from institutions.imports.searching import Sought, sheets_naming
from institutions.models import ImportBatch
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record

AT_ONCE = 1000
REASON = "写有销毁计划所列的人"


def sought_among_sheets(person_ids: Sequence[int]) -> Sought:
    """What these persons' lines in a sheet are known by; held in memory only, never written."""
    known: list[Identity] = []
    for start in range(0, len(person_ids), AT_ONCE):
        persons = list(Person.objects.filter(pk__in=person_ids[start : start + AT_ONCE]))
        known += open_fields(persons, COLUMNS).values()
    # 打不开的栏目以文字代替，和谁都不会相同。
    return Sought.of(
        id_numbers=(who.id_number for who in known),
        names=(who.name for who in known),
        phones=(who.phone for who in known),
    )


def count_sheets(person_ids: Sequence[int]) -> int:
    """In how many stored sheets any of these persons stand."""
    return sum(1 for _ in sheets_naming(sought_among_sheets(person_ids)))


def latest_sheet() -> int:
    """The number of the latest batch; those that come after it are later."""
    latest: int | None = ImportBatch.objects.aggregate(latest=Max("pk"))["latest"]
    return latest or 0


def drop_sheets(plan: DestructionPlan, sought: Sought, *, after: int = 0) -> int:
    """Destroy every stored sheet in which anyone sought stands, each recorded; how many."""
    dropped = 0
    for batch in sheets_naming(sought, after=after):
        record(
            kind=EventKind.DESTROY,
            actor_id=plan.confirmed_by_id,
            outcome=Outcome.ALLOWED,
            subject=f"{batch._meta.db_table}:{batch.pk}",
            reason=REASON,
            details={"plan": plan.pk},
        )
        drop_sheet(batch=batch, sought=sought)
        dropped += 1
    return dropped
