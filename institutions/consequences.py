"""What else must be settled when an institution stops: told by upper apps, done in one stroke."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from institutions.models import Institution, InstitutionProfile, Status
from yiyang.access.scope import Actor

UNSETTLED = "{found}：{status}请先在机构页用“停业、注销与恢复”办理，协议一并处理。"
FOUND = "{title}还有 {number} 份"
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


def settle_as_proposed(by: Actor, institution: Institution, change: StatusChange) -> None:
    """Settle what is proposed, where nobody is there to choose; within the caller's transaction."""
    for kind, rows in consequences_of(institution, change):
        keys = [one.key for one in rows if one.is_proposed or not one.is_optional]
        kind.settle(by, institution, change, keys)


def refuse_unsettled(institution: Institution, status: str, on: date) -> None:
    """ValidationError where the institution would stop and leave something hanging."""
    if status not in STOPPED:
        return
    held = InstitutionProfile.objects.on(on).filter(institution=institution).first()
    change = StatusChange(Status(status), on)
    if held is not None and held.status == status:
        return
    found = "，".join(
        FOUND.format(title=kind.title, number=len(rows))
        for kind, rows in consequences_of(institution, change)
        if rows
    )
    if found:
        refusal = UNSETTLED.format(found=found, status=change.status.label)
        raise ValidationError({"status": refusal})


def listed_keys(found: Sequence[tuple[Consequence, Sequence[Affected]]]) -> set[str]:
    """What was shown to the clerk, to tell later whether it is still all."""
    return {f"{kind.name}:{one.key}" for kind, rows in found for one in rows}
