"""Entries become rows: what differs is written, what agrees is left alone, nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import F, QuerySet

from yiyang.changelog.models import ChangeEntry

M = TypeVar("M", bound=models.Model)
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Parking:
    """What rows hold for a moment while several of them change `moves`, so that two may swap."""

    values: Mapping[str, Any]
    moves: tuple[str, ...]


# 位次有唯一约束：换位的行先让到远处，再各就各位。
ASIDE = Parking({"position": F("position") + 10_000}, ("position",))


@dataclass
class Loaded:
    """What a load did: rows added and changed, and what it met but left alone."""

    added: int = 0
    changed: int = 0
    extra: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)


@dataclass
class Alignment:
    """Brings registered rows in line with wanted ones.

    A row a person has written last keeps the person's values unless `overwrite`: the file is
    where a policy starts, and a confirmation given on a page must outlive the next load.
    """

    overwrite: bool
    loaded: Loaded = field(default_factory=Loaded)

    def align(
        self,
        rows: QuerySet[M],
        wanted: Mapping[Key, M],
        fields: Sequence[str],
        key: Callable[[M], Key],
        park: Parking | None = None,
    ) -> dict[Key, M]:
        """Add and change until `rows` say what is `wanted`; return the registered rows by key."""
        present = {key(row): row for row in rows}
        moves = park.moves if park else ()
        before = {row.pk: _values(row, moves) for row in present.values()}
        changed = self._changed(present, wanted, fields)
        changed += self._extras(present, wanted, moving=park is ASIDE)
        moved = [row.pk for row in changed if _values(row, moves) != before[row.pk]]
        if park and len(moved) > 1:
            rows.filter(pk__in=moved).update(**park.values)
        if changed:
            rows.model._base_manager.bulk_update(changed, fields)
        added = [row for k, row in wanted.items() if k not in present]
        rows.model._base_manager.bulk_create(added)
        self.loaded.added += len(added)
        self.loaded.changed += len(changed)
        return present | {key(row): row for row in added}

    def void_unlisted(
        self,
        rows: QuerySet[M],
        wanted: Collection[Key],
        key: Callable[[M], Key],
        *,
        reason: str,
        at: datetime,
    ) -> None:
        """Void what the files no longer say, unless a person wrote it."""
        unlisted = [row for row in rows if key(row) not in wanted]
        kept = last_written_by_people(unlisted)
        void = [row.pk for row in unlisted if row.pk not in kept]
        if void:
            rows.filter(pk__in=void).update(voided_at=at, void_reason=reason)
        self.loaded.changed += len(void)

    def _changed(
        self, present: Mapping[Key, M], wanted: Mapping[Key, M], fields: Sequence[str]
    ) -> list[M]:
        """The registered rows that differ, already holding what is wanted."""
        pairs = [(k, present[k], want) for k, want in wanted.items() if k in present]
        differing = [p for p in pairs if _values(p[1], fields) != _values(p[2], fields)]
        edited = set() if self.overwrite else last_written_by_people(p[1] for p in differing)
        changed = []
        for k, row, want in differing:
            # 位次总依文件：人改的是内容，顺序不随人改，否则会与文件里的另一行相撞。
            taken = [n for n in fields if row.pk not in edited or n == "position"]
            if row.pk in edited:
                self.loaded.edited.append(_label(row, k))
            if _values(row, taken) != _values(want, taken):
                for name in taken:
                    setattr(row, name, getattr(want, name))
                changed.append(row)
        return changed

    def _extras(self, present: Mapping[Key, M], wanted: Mapping[Key, M], moving: bool) -> list[M]:
        """Rows the files do not have stay, and make way for those they have."""
        extras = {k: row for k, row in present.items() if k not in wanted}
        self.loaded.extra += [_label(row, k) for k, row in extras.items()]
        if not moving:
            return []
        placed: list[Any] = list(extras.values())
        in_the_way = [row for row in placed if row.position <= len(wanted)]
        behind = max([len(wanted), *(row.position for row in placed)]) + 1
        for place, row in enumerate(in_the_way, start=behind):
            row.position = place
        return in_the_way


def last_written_by_people(rows: Iterable[models.Model]) -> set[int]:
    """Keys of the rows whose last change in the log was made by a person."""
    by_key = {row.pk: row._meta.db_table for row in rows}
    last = (
        ChangeEntry.objects.filter(
            change__table_name__in=set(by_key.values()), row_id__in=list(by_key)
        )
        .order_by("row_id", "-change_id")
        .distinct("row_id")
        .values_list("row_id", "change__actor_id")
    )
    return {row_id for row_id, actor in last if actor is not None}


def _values(row: models.Model, fields: Collection[str]) -> tuple[Any, ...]:
    columns = {f.name: f.attname for f in row._meta.concrete_fields}
    return tuple(getattr(row, columns[name]) for name in fields)


def _label(row: models.Model, key: Key) -> str:
    return " ".join([str(row._meta.verbose_name), *(str(part) for part in key)])
