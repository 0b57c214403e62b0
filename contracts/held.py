"""Everything the portal holds about one person, for handing to that person.

Which registers those are is read from the models: whatever points at a person is listed, so a
register added later cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.utils.timezone import get_current_timezone

from contracts.identity import COLUMNS, DIGEST_COLUMNS, TABLE, data_key_of, open_identity
from contracts.models import Person, PersonKey
from contracts.sealed import LABELS, logged_values
from contracts.sheets import sought_among_sheets
from institutions.imports.registry import title_of
from institutions.imports.searching import sheets_naming
from yiyang.access.fields import FieldClass, field_classes_of
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.audit.models import AuditEvent
from yiyang.changelog.models import ChangeEntry
from yiyang.lib.crypto import SealError, open_sealed

NOT_ALLOWED = "您的角色不能提供个人信息副本；请由区或市卫健审核办理。"
UNREADABLE = "（打不开）"
RESTRICTED_LEFT_OUT = "本件不含限制类信息（如有，由市级卫健审核另行提供）。"
# 密钥与检索值不是关于人的信息，交出去只会让加密失去意义。
SILENT = frozenset({"id", *COLUMNS.values(), *DIGEST_COLUMNS.values()})
HISTORY_HEADINGS = ("时间", "台账", "记录", "操作", "项目", "变更前", "变更后", "原因", "操作人")
SHEET_HEADINGS = ("文件名", "台账", "上传时间")
AUDIT_HEADINGS = ("时间", "事项", "结果", "理由", "账号编号")
Path = tuple[type[Model], str]
Opener = Callable[[Mapping[str, Any]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """One register's rows about the person, in words."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Held:
    """The whole of it, on one day."""

    uid: UUID
    as_of: date
    note: str
    sections: Sequence[Section]


def held_about(person: Person, actor: Actor) -> Held:
    """Collect everything held about the person; PermissionDenied unless the actor may hand it out.

    Records merged into this one are the same person's, so they are included. Rows of a restricted
    class are those the actor may see, and the copy says that there may be others.
    """
    if not actor.may(Permission.EXPORT_PERSONS) or not _is_seen(person, actor):
        raise PermissionDenied(NOT_ALLOWED)
    persons = [person, *person.duplicates.order_by("pk")]
    registers = [_rows_about(model, path, persons, actor) for model, path in registers_of_persons()]
    sections = [_of_identity(persons)]
    sections += [_section(rows) for rows in registers if rows]
    sections += [*_sheets(persons), _history(persons, registers), _audit(persons)]
    note = "" if actor.may(Permission.VIEW_RESTRICTED) else RESTRICTED_LEFT_OUT
    return Held(person.uid, actor.day, note, sections)


def registers_of_persons() -> Iterator[Path]:
    """Every register whose rows belong to a person, directly or through one of its rows."""
    for model, path in _pointing_at(Person):
        if model in (Person, PersonKey):
            continue
        yield model, path
        for further, step in _pointing_at(model):
            if further is not model:
                yield further, f"{step}__{path}"


def _pointing_at(model: type[Model]) -> Iterator[Path]:
    for relation in model._meta.related_objects:
        yield relation.related_model, relation.field.name  # type: ignore[misc]


def _is_seen(person: Person, actor: Actor) -> bool:
    return Person.objects.visible_to(actor).filter(pk=person.pk).exists()


def _rows_about(
    model: type[Model], path: str, persons: Sequence[Person], actor: Actor
) -> list[Any]:
    rows: QuerySet[Any] = model._default_manager.filter(**{f"{path}__in": persons})
    if _is_restricted(model):
        rows = rows.visible_to(actor)  # type: ignore[attr-defined]
    return list(rows.order_by("pk"))


def _is_restricted(model: type[Model]) -> bool:
    return FieldClass.PERSONAL_RESTRICTED in field_classes_of(model).values()


def _of_identity(persons: Sequence[Person]) -> Section:
    fields = _shown_fields(Person)
    headings = [*LABELS.values(), *(_label(field) for field in fields)]
    rows = [[*_identity(one), *(_written(one, field) for field in fields)] for one in persons]
    return Section("本人", headings, rows)


def _identity(person: Person) -> list[str]:
    try:
        who = open_identity(person)
    except SealError:
        return [UNREADABLE] * len(LABELS)
    return [getattr(who, field) for field in LABELS]


def _section(rows: Sequence[Model]) -> Section:
    fields = _shown_fields(type(rows[0]))
    headings = [_label(field) for field in fields]
    title = str(rows[0]._meta.verbose_name)
    return Section(title, headings, [[_written(row, field) for field in fields] for row in rows])


def _shown_fields(model: type[Model]) -> list[Field[Any, Any]]:
    hidden = {*SILENT, "person"}
    return [field for field in model._meta.concrete_fields if field.name not in hidden]


def _label(field: Field[Any, Any]) -> str:
    """The field's Chinese name; a key without one of its own is named after what it points to."""
    if isinstance(field, ForeignKey) and field.verbose_name == field.name.replace("_", " "):
        return str(field.remote_field.model._meta.verbose_name)
    return str(field.verbose_name)


def _written(row: Model, field: Field[Any, Any]) -> str:
    value = getattr(row, field.attname)
    if value is None:
        return ""
    if isinstance(field, ForeignKey):
        target = getattr(row, field.name)
        return str(getattr(target, "name", "") or getattr(target, "uid", "") or f"#{value}")
    return _in_words(field, value)


def _in_words(field: Field[Any, Any], value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return _instant(value)
    return str(dict(field.flatchoices).get(value, value))


def _instant(at: datetime) -> str:
    return f"{at.astimezone(get_current_timezone()):%Y-%m-%d %H:%M:%S}"


def _sheets(persons: Sequence[Person]) -> Iterator[Section]:
    """The stored import sheets that still name the person; none, no section."""
    naming = sheets_naming(sought_among_sheets([person.pk for person in persons]))
    rows = [[one.file_name, title_of(one.register), _instant(one.uploaded_at)] for one in naming]
    if rows:
        yield Section("尚未清除的导入文件", SHEET_HEADINGS, rows)


def _history(persons: Sequence[Person], registers: Sequence[Sequence[Model]]) -> Section:
    """What was changed in the rows handed out, and in no others."""
    lines = [line for person in persons for line in _lines([person], _opener(person))]
    for rows in registers:
        if rows:
            lines += _lines(rows, lambda _: {})
    return Section("变更历史", HISTORY_HEADINGS, sorted(lines, key=lambda line: line[0]))


def _lines(rows: Sequence[Model], opened: Opener) -> Iterator[list[str]]:
    """One line for each field that one statement changed, in words."""
    model = type(rows[0])
    entries = ChangeEntry.objects.filter(
        change__table_name=model._meta.db_table, row_id__in=[row.pk for row in rows]
    )
    for entry in entries.select_related("change__actor").order_by("change_id", "ordinal"):
        change = entry.change
        at = _instant(change.at)
        who = change.actor.display_name if change.actor else "系统"
        head = [at, str(model._meta.verbose_name), f"#{entry.row_id}"]
        head.append(str(change.get_operation_display()))
        for difference in _differences(model, entry.before or {}, entry.after or {}, opened):
            yield [*head, *difference, change.reason, who]


def _differences(
    model: type[Model], before: Mapping[str, Any], after: Mapping[str, Any], opened: Opener
) -> Iterator[tuple[str, str, str]]:
    """Each field that differs; a digest changed alone leaves nothing to tell."""
    old_values, new_values = opened(before), opened(after)
    sides = [(LABELS[f], old_values.get(f, ""), new_values.get(f, "")) for f in LABELS]
    for field in _shown_fields(model):
        old, new = (_in_words(field, side.get(field.column)) for side in (before, after))
        sides.append((_label(field), old, new))
    yield from (side for side in sides if side[1] != side[2])


def _opener(person: Person) -> Opener:
    """A function that opens the sealed values of a logged row with the person's own key."""
    try:
        key = data_key_of(person)
    except SealError:
        key = None

    def opened(side: Mapping[str, Any]) -> Mapping[str, str]:
        return {field: _plain(value, key, field, person) for field, value in logged_values(side)}

    return opened


def _plain(value: bytes, key: bytes | None, field: str, person: Person) -> str:
    if key is None:
        return UNREADABLE
    try:
        return open_sealed(value, data_key=key, table=TABLE, field=field, uid=person.uid)
    except SealError:
        return UNREADABLE


def _audit(persons: Sequence[Person]) -> Section:
    """Who looked at the person or handed something out, from the audit."""
    subjects = [f"person:{person.uid}" for person in persons]
    events = AuditEvent.objects.filter(subject__in=subjects).order_by("pk")
    rows = [
        [
            _instant(event.at),
            *(str(event.get_kind_display()), str(event.get_outcome_display()), event.reason),
            "系统" if event.actor_id is None else f"#{event.actor_id}",
        ]
        for event in events
    ]
    return Section("查阅与处理记录", AUDIT_HEADINGS, rows)
