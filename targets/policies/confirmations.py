"""Who confirmed a row that had been 待核实, and when: told by the change log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from targets.models import Confirmation
from yiyang.changelog.models import ChangeEntry


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Who, when and on what ground."""

    who: str
    at: datetime
    reason: str


def confirmations(model: type[models.Model], ids: Collection[int]) -> dict[int, Confirmed]:
    """The latest confirmation a person gave of each row, by key; one query."""
    entries = (
        ChangeEntry.objects.filter(
            change__table_name=model._meta.db_table,
            change__actor__isnull=False,
            row_id__in=ids,
            before__confirmation=Confirmation.UNCONFIRMED,
            after__confirmation=Confirmation.CONFIRMED,
        )
        .select_related("change__actor")
        .order_by("change_id")
    )
    return {entry.row_id: _confirmed(entry) for entry in entries}


def _confirmed(entry: ChangeEntry) -> Confirmed:
    change = entry.change
    return Confirmed(change.actor.display_name if change.actor else "", change.at, change.reason)
