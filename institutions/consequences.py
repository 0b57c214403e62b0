"""What else must be settled when an institution stops: told by upper apps, done in one stroke."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from institutions.models import Institution, Status
from yiyang.access.scope import Actor

STOPPED = (Status.SUSPENDED, Status.LICENCE_SUSPENDED, Status.CLOSED)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """An institution is something else from a day on."""

    status: Status
    on: date
    reason: str = ""

    @property
    def is_final(self) -> bool:
        return self.status is Status.CLOSED


@dataclass(frozen=True, slots=True)
class Affected:
    """One record that the change touches and what is to become of it.

    `is_optional` leaves the choice to the clerk, `is_proposed` says how it is first offered.
    """

    key: str
    text: str
    address: str
    state: str
    handling: str
    is_optional: bool
    is_proposed: bool


@dataclass(frozen=True, slots=True)
class Consequence:
    """One kind of record to settle: what is touched, and how the chosen ones are settled."""

    name: str
    title: str
    affected: Callable[[Institution, StatusChange], Sequence[Affected]]
    settle: Callable[[Actor, Institution, StatusChange, Collection[str]], None]


_consequences: dict[str, Consequence] = {}


def register_consequence(consequence: Consequence) -> None:
    """Add a kind of consequence; the same name replaces."""
    _consequences[consequence.name] = consequence


def consequences_of(
    institution: Institution, change: StatusChange
) -> list[tuple[Consequence, Sequence[Affected]]]:
    """Every kind with what the change would touch; nothing where the institution only resumes."""
    if change.status not in STOPPED:
        return []
    return [(one, one.affected(institution, change)) for one in _consequences.values()]


def listed_keys(found: Sequence[tuple[Consequence, Sequence[Affected]]]) -> set[str]:
    """What was shown to the clerk, to tell later whether it is still all."""
    return {f"{kind.name}:{one.key}" for kind, rows in found for one in rows}
