"""The change log of one record in words: who, when, why, and what became of what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Field, ForeignKey, Model, OuterRef, Q, QuerySet, Subquery

from institutions.models import (
    BedCount,
    CareService,
    GreenChannel,
    Institution,
    InstitutionContact,
    InstitutionProfile,
    InsuranceDesignation,
    Licence,
    Note,
    Occupancy,
    Region,
    StaffCount,
)
from yiyang.access.fields import INTERNAL, PUBLIC, FieldClass
from yiyang.access.models import User
from yiyang.changelog.models import ChangeEntry, Operation

ENTRIES_SHOWN = 20
NOTHING = "空"
HIDDEN = "（不显示）"
# 编号对读者没有意义：说不出名称的，只说是另一条记录。
NAMELESS = "（另一条记录）"
VOIDING = ("voided_at", "void_reason")
OF_INSTITUTION: tuple[type[Model], ...] = (
    *(InstitutionProfile, Licence, GreenChannel, CareService, InsuranceDesignation),
    *(BedCount, Occupancy, StaffCount, InstitutionContact, Note),
)
Rows = Mapping[type[Model], Sequence[int]]
Names = Mapping[type[Model], Mapping[int, str]]
Namer = Callable[[Collection[int]], dict[int, str]]
RowsOf = Callable[[Institution], QuerySet[Any]]
# 上层登记里属于一家机构的记录，由各自的 AppConfig.ready() 登记。
_registers: dict[type[Model], RowsOf] = {}


def register_history(model: type[Model], rows: RowsOf) -> None:
    """Let an upper app put the changes of its rows into the history of an institution."""
    _registers[model] = rows


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


def region_names(ids: Collection[int]) -> dict[int, str]:
    return dict(Region.objects.filter(pk__in=ids).values_list("pk", "name"))


def institution_names(ids: Collection[int]) -> dict[int, str]:
    """The latest name of each institution."""
    profiles = InstitutionProfile.objects.kept().filter(institution__in=ids)
    return dict(profiles.order_by("starts_on").values_list("institution_id", "name"))


def latest_name(path: str) -> Subquery:
    """The latest name of the institution at `path`, as a column of its row."""
    profiles = InstitutionProfile.objects.kept().filter(institution=OuterRef(path))
    return Subquery(profiles.order_by("-starts_on").values("name")[:1])


def account_names(ids: Collection[int]) -> dict[int, str]:
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "display_name"))


@dataclass(frozen=True, slots=True)
class Wording:
    """Which fields the history writes out, and what the records they point to are called.

    `hidden` fields are said to have changed without saying to what; `silent` ones are left out.
    `words` tells what the codes of a field are called that the model itself has no words for.
    """

    shown: frozenset[FieldClass]
    silent: frozenset[str]
    namers: Mapping[type[Model], Namer]
    hidden: frozenset[str] = frozenset()
    words: Mapping[str, Mapping[str, str]] | None = None


INSTITUTION_WORDING = Wording(
    shown=frozenset({PUBLIC, INTERNAL}),
    silent=frozenset({"id", "uid", "institution", "pinyin"}),
    namers={Region: region_names, Institution: institution_names, User: account_names},
)


def history_of(
    institution: Institution, *, start: int = 0, shown: int = ENTRIES_SHOWN
) -> list[HistoryEntry]:
    """The changes of the institution and of its registers, newest first, from `start` on."""
    keys: dict[type[Model], list[int]] = {Institution: [institution.pk]}
    for model in OF_INSTITUTION:
        rows = model._default_manager.filter(institution=institution)
        keys[model] = list(rows.values_list("pk", flat=True))
    for model, rows_of in _registers.items():
        keys[model] = list(rows_of(institution).values_list("pk", flat=True))
    return changes_in_words(keys, INSTITUTION_WORDING, start=start, shown=shown)


def fact_in_words(fact: Model) -> list[tuple[str, str]]:
    """One row as it stands, field by field."""
    fields = [f for f in _told_fields(type(fact), INSTITUTION_WORDING) if f.name not in VOIDING]
    names: dict[type[Model], dict[int, str]] = {}
    for field in fields:
        target: Any = field.remote_field.model if isinstance(field, ForeignKey) else None
        if target in INSTITUTION_WORDING.namers and (key := field.value_from_object(fact)):
            names.setdefault(target, {}).update(INSTITUTION_WORDING.namers[target]([key]))
    return [
        (_label(field), _written(field, field.value_from_object(fact), INSTITUTION_WORDING, names))
        for field in fields
    ]


def changes_in_words(
    rows: Rows, wording: Wording, *, start: int = 0, shown: int = ENTRIES_SHOWN
) -> list[HistoryEntry]:
    """The latest changes of these rows of several registers, newest first."""
    found = Q()
    for model, ids in rows.items():
        found |= Q(change__table_name=model._meta.db_table, row_id__in=ids)
    every_id = {row_id for ids in rows.values() for row_id in ids}
    entries = list(
        # 先按主键进索引，再分表：日志有上百万行。
        ChangeEntry.objects.filter(found, row_id__in=every_id)
        .select_related("change__actor")
        .order_by("-change_id", "-ordinal")[start : start + shown]
    )
    return entries_in_words(entries, rows, wording)


def entries_in_words(
    entries: Iterable[ChangeEntry], models: Iterable[type[Model]], wording: Wording
) -> list[HistoryEntry]:
    """These entries of the registers `models` in the order given; changes with their actors."""
    by_table = {model._meta.db_table: model for model in models}
    told = [(by_table[entry.change.table_name], entry) for entry in entries]
    names = _names(told, wording)
    return [_entry(model, entry, wording, names) for model, entry in told]


def _entry(model: type[Model], entry: ChangeEntry, wording: Wording, names: Names) -> HistoryEntry:
    change = entry.change
    return HistoryEntry(
        at=change.at,
        who=change.actor.display_name if change.actor else (change.batch or "系统"),
        reason=change.reason,
        register=str(model._meta.verbose_name),
        operation=Operation(change.operation).label,
        is_new=entry.before is None,
        changes=tuple(_changes(model, entry, wording, names)),
    )


def _changes(
    model: type[Model], entry: ChangeEntry, wording: Wording, names: Names
) -> list[FieldChange]:
    before, after = entry.before or {}, entry.after or {}
    return [
        FieldChange(
            _label(field),
            _written(field, before.get(field.column), wording, names),
            _written(field, after.get(field.column), wording, names),
        )
        for field in _told_fields(model, wording)
        if (before.get(field.column) or None) != (after.get(field.column) or None)
    ]


def _told_fields(model: type[Model], wording: Wording) -> list[Field[Any, Any]]:
    classes = model.field_classes  # type: ignore[attr-defined]
    return [
        field
        for field in model._meta.concrete_fields
        if field.name not in wording.silent and classes[field.name] in wording.shown
    ]


def _label(field: Field[Any, Any]) -> str:
    """The field's Chinese name; a key without one of its own is named after what it points to."""
    if isinstance(field, ForeignKey) and field.verbose_name == field.name.replace("_", " "):
        return str(field.remote_field.model._meta.verbose_name)
    return str(field.verbose_name)


def _written(field: Field[Any, Any], value: Any, wording: Wording, names: Names) -> str:
    if value in (None, "", []):
        return NOTHING
    if field.name in wording.hidden:
        return HIDDEN
    if isinstance(field, ForeignKey):
        return names.get(field.remote_field.model, {}).get(value, NAMELESS)
    choices = dict(getattr(field, "base_field", field).flatchoices)
    choices |= (wording.words or {}).get(field.name, {})
    if isinstance(value, list):
        return "、".join(str(choices.get(one, one)) for one in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(choices.get(value, value))


def _names(told: Sequence[tuple[type[Model], ChangeEntry]], wording: Wording) -> Names:
    """What the records pointed to are called, one query for each register they stand in."""
    wanted: dict[type[Model], set[int]] = defaultdict(set)
    for model, entry in told:
        for field in _told_fields(model, wording):
            if isinstance(field, ForeignKey) and field.remote_field.model in wording.namers:
                sides = (entry.before or {}, entry.after or {})
                keys = {side[field.column] for side in sides if side.get(field.column)}
                wanted[field.remote_field.model] |= keys
    return {model: wording.namers[model](ids) for model, ids in wanted.items() if ids}
