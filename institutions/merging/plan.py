"""What a merge would do, told before it is done: what moves, what is doubled, what clashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from institutions.merging.movers import Mover, movers
from institutions.models import Institution, InstitutionProfile
from yiyang.lib.spans import Span, free_spans

OWN_FIELDS = frozenset({"id", "uid", "voided_at", "void_reason"})
WAITING = "有一份修改申请在等答复；请先答复或撤回。"


@dataclass(frozen=True, slots=True)
class Move:
    """Rows of one register that would move, and those entered twice that would be voided."""

    mover: Mover
    moved: tuple[int, ...]
    doubled: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that cannot move because of one that stays; to be settled first."""

    label: str
    row: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    moves: tuple[Move, ...]
    conflicts: tuple[Conflict, ...]
    # 只有并入方登记过概况的日子，概况抄给保留方。
    filled: tuple[tuple[InstitutionProfile, Span], ...]


def plan_merge(kept: Institution, dropped: Institution) -> Plan:
    """Read everything that points at `dropped` and try it on `kept`; nothing is written."""
    moves: list[Move] = []
    conflicts: list[Conflict] = []
    for mover in movers():
        move, clashes = _plan_register(mover, kept, dropped)
        if move.moved or move.doubled:
            moves.append(move)
        conflicts += clashes
    if dropped.change_requests.pending().exists():
        conflicts.append(Conflict("修改申请", dropped.code, WAITING))
    return Plan(tuple(moves), tuple(conflicts), tuple(_filled(kept, dropped)))


def _plan_register(
    mover: Mover, kept: Institution, dropped: Institution
) -> tuple[Move, list[Conflict]]:
    rows = mover.rows(dropped.pk)
    if not mover.is_checked:
        return Move(mover, tuple(rows.values_list("pk", flat=True)), ()), []
    held = {_alike(mover, row) for row in mover.rows(kept.pk)}
    moved, doubled, clashes = [], [], []
    for row in rows:
        if _alike(mover, row) in held:
            doubled.append(row.pk)
            continue
        told = _told(row)
        setattr(row, mover.column, kept.pk)
        try:
            row.validate_constraints()
        except ValidationError as error:
            clashes.append(Conflict(mover.label, told, "；".join(error.messages)))
        else:
            moved.append(row.pk)
    return Move(mover, tuple(moved), tuple(doubled)), clashes


def _alike(mover: Mover, row: Any) -> tuple[str, ...]:
    names = mover.alike or [
        field.attname
        for field in row._meta.concrete_fields
        if field.name not in OWN_FIELDS and field.attname != mover.column
    ]
    return tuple(repr(getattr(row, name)) for name in names)


def _told(row: Any) -> str:
    """The row by what a clerk finds it under: kind, number, day or days."""
    words = [
        str(getattr(row, f"get_{name}_display")())
        for name in ("kind", "register", "basis", "scheme", "form", "mode")
        if hasattr(row, f"get_{name}_display")
    ]
    words += [str(getattr(row, name)) for name in ("number", "name") if hasattr(row, name)]
    if hasattr(row, "counted_on"):
        words.append(str(row.counted_on))
    elif hasattr(row, "starts_on"):
        end = getattr(row, "ends_on", None) or getattr(row, "expires_on", None)
        words.append(f"{row.starts_on} 至 {end or '今'}")
    return " ".join(words)


def _filled(kept: Institution, dropped: Institution) -> list[tuple[InstitutionProfile, Span]]:
    held = _spans(list(kept.profiles.kept()))
    return [
        (profile, span)
        for profile in dropped.profiles.kept().order_by("starts_on")
        for span in free_spans((profile.starts_on, profile.ends_on), held)
    ]


def _spans(profiles: Sequence[InstitutionProfile]) -> list[Span]:
    return sorted(((one.starts_on, one.ends_on) for one in profiles), key=lambda span: span[0])
