"""The change log of one institution in words: who, when, why, and what became of what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Field, ForeignKey, Model, Q

from institutions.models import (
    BedCount,
    CareService,
    GreenChannel,
    Institution,
    InstitutionProfile,
    InsuranceDesignation,
    Licence,
    Occupancy,
    Region,
    StaffCount,
)
from yiyang.access.fields import FieldClass
from yiyang.changelog.models import ChangeEntry, Operation

ENTRIES_SHOWN = 20
NOTHING = "空"
OF_INSTITUTION: tuple[type[Model], ...] = (
    *(InstitutionProfile, Licence, GreenChannel, CareService, InsuranceDesignation),
    *(BedCount, Occupancy, StaffCount),
)
TRACKED: tuple[type[Model], ...] = (Institution, *OF_INSTITUTION)
MODELS = {model._meta.db_table: model for model in TRACKED}
SHOWN_CLASSES = (FieldClass.PUBLIC, FieldClass.INTERNAL)
SILENT_FIELDS = frozenset({"id", "uid", "institution", "pinyin"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of one record."""

    at: datetime
    who: str
    reason: str
    register: str
    operation: str
    is_new: bool
    changes: tuple[FieldChange, ...]


def history_of(institution: Institution) -> list[HistoryEntry]:
    """The latest changes of the institution and of its registers, newest first."""
    keys = _keys_of(institution)
    found = Q()
    for model, ids in keys.items():
        found |= Q(change__table_name=model._meta.db_table, row_id__in=ids)
    every_id = {row_id for ids in keys.values() for row_id in ids}
    entries = list(
        # 先按主键进索引，再分表：日志有上百万行。
        ChangeEntry.objects.filter(found, row_id__in=every_id)
        .select_related("change__actor")
        .order_by("-change_id", "-ordinal")[:ENTRIES_SHOWN]
    )
    regions = _region_names(entries)
    return [_entry(entry, regions) for entry in entries]


def _keys_of(institution: Institution) -> dict[type[Model], list[int]]:
    """The primary keys of the institution's rows in every register."""
    keys: dict[type[Model], list[int]] = {Institution: [institution.pk]}
    for model in OF_INSTITUTION:
        rows = model._default_manager.filter(institution=institution)
        keys[model] = list(rows.values_list("pk", flat=True))
    return keys


def _entry(entry: ChangeEntry, regions: Mapping[int, str]) -> HistoryEntry:
    change = entry.change
    model = MODELS[change.table_name]
    return HistoryEntry(
        at=change.at,
        who=change.actor.display_name if change.actor else (change.batch or "系统"),
        reason=change.reason,
        register=str(model._meta.verbose_name),
        operation=Operation(change.operation).label,
        is_new=entry.before is None,
        changes=tuple(_changes(model, entry.before or {}, entry.after or {}, regions)),
    )


def _changes(
    model: type[Model],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    regions: Mapping[int, str],
) -> list[FieldChange]:
    classes = model.field_classes  # type: ignore[attr-defined]
    return [
        FieldChange(
            _label(field),
            _written(field, before.get(field.column), regions),
            _written(field, after.get(field.column), regions),
        )
        for field in model._meta.concrete_fields
        if field.name not in SILENT_FIELDS
        and classes[field.name] in SHOWN_CLASSES
        and (before.get(field.column) or None) != (after.get(field.column) or None)
    ]


def _label(field: Field[Any, Any]) -> str:
    """The field's Chinese name; a key without one of its own is named after what it points to."""
    if isinstance(field, ForeignKey) and field.verbose_name == field.name.replace("_", " "):
        return str(field.remote_field.model._meta.verbose_name)
    return str(field.verbose_name)


def _written(field: Field[Any, Any], value: Any, regions: Mapping[int, str]) -> str:
    if value in (None, "", []):
        return NOTHING
    if isinstance(field, ForeignKey):
        named = field.related_model is Region
        return regions.get(value, f"#{value}") if named else f"#{value}"
    choices = dict(getattr(field, "base_field", field).flatchoices)
    if isinstance(value, list):
        return "、".join(str(choices.get(one, one)) for one in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(choices.get(value, value))


def _region_names(entries: Sequence[ChangeEntry]) -> dict[int, str]:
    sides = (side for entry in entries for side in (entry.before, entry.after) if side)
    wanted = {side["region_id"] for side in sides if side.get("region_id")}
    return dict(Region.objects.filter(pk__in=wanted).values_list("pk", "name"))
