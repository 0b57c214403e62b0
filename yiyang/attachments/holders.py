"""Which registers keep files: told by each app, read by the one scope all files share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, Q

from yiyang.access.roles import Permission
from yiyang.access.scope import Actor, Condition, RowScope, ScopedQuerySet


@dataclass(frozen=True, slots=True)
class Holder:
    """A register whose records keep files; a file is seen by whoever sees its record.

    `permission` is what it takes to see the register at all, `may_add` whether the actor may add
    and void files of a record in sight; `title` and `address` name the record and its page;
    `over_by` is the condition that a record had ended, or was void, by a day: from then on the
    retention of its files runs.
    """

    name: str
    model: type[Model]
    permission: Permission
    may_add: Callable[[Actor], bool]
    title: Callable[[Any], str]
    address: Callable[[Any], str]
    over_by: Callable[[date], Q]

    def records(self, actor: Actor) -> ScopedQuerySet[Any]:
        """The records of the register in the actor's sight."""
        records: ScopedQuerySet[Any] = self.model._default_manager.all()  # type: ignore[assignment]
        if not actor.may(self.permission):
            return records.none()
        return records.visible_to(actor)


_holders: dict[str, Holder] = {}


def register_holder(holder: Holder) -> None:
    """Let the records of a register keep files; the same name replaces."""
    _holders[holder.name] = holder


def holder_named(name: str) -> Holder | None:
    return _holders.get(name)


def over_by(day: date) -> Q:
    """Files of records that had ended, or were void, by `day`."""
    found = Q(pk__in=[])
    for holder in _holders.values():
        over = holder.model._default_manager.filter(holder.over_by(day))
        found |= Q(holder=holder.name, object_id__in=over.values("pk"))
    return found


@dataclass(frozen=True, slots=True)
class ByHolder(RowScope):
    """Files of records the actor may see; those of a register nobody registered are nobody's."""

    def condition(self, actor: Actor) -> Condition:
        seen = Q(pk__in=[])
        for holder in _holders.values():
            seen |= Q(holder=holder.name, object_id__in=holder.records(actor).values("pk"))
        return seen
