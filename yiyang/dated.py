"""Writing dated facts: the ways a register row comes to be, changes and is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models
from django.db.models.functions import Now

from yiyang.changelog.context import Recorder, recorded
from yiyang.facts import Fact


class Written(StrEnum):
    """What a write did to the register."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def void(*, by: Recorder, fact: Fact, reason: str) -> None:
    """Take back a mistaken row; it stays, with the reason. ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError("作废必须写明原因。")
    with recorded(by=by, reason=reason):
        type(fact)._default_manager.filter(pk=fact.pk, voided_at=None).update(
            voided_at=Now(), void_reason=reason.strip()
        )


def hold_from(
    *,
    by: Recorder,
    model: type[models.Model],
    keys: Mapping[str, Any],
    starts_on: date,
    values: Mapping[str, Any],
    reason: str = "",
) -> Written:
    """From `starts_on` on, until the next known change, let `values` hold for `keys`.

    The row holding until now ends the day before. A row that began the same day was a mistake:
    it is voided and this one stands in its place. Nothing is written when nothing differs.
    """
    rows = model._default_manager.filter(voided_at=None, **keys)
    with recorded(by=by, reason=reason):
        current = _holding(rows, starts_on)
        if current is not None and _same(current, values):
            return Written.UNCHANGED
        ends_on = _make_room(by, current, rows, starts_on, reason)
        checked_create(model, starts_on=starts_on, ends_on=ends_on, **keys, **values)
    return Written.NEW if current is None else Written.CHANGED


def report(
    *,
    by: Recorder,
    model: type[models.Model],
    keys: Mapping[str, Any],
    values: Mapping[str, Any],
    reason: str = "",
) -> Written:
    """Enter a report under `keys`; a different one already there is voided as corrected."""
    with recorded(by=by, reason=reason):
        earlier = model._default_manager.filter(voided_at=None, **keys).first()
        if earlier is not None and _same(earlier, values):
            return Written.UNCHANGED
        if earlier is not None:
            void(by=by, fact=_as_fact(earlier), reason=reason or "更正")
        checked_create(model, **keys, **values)
    return Written.NEW if earlier is None else Written.CHANGED


def checked_create(model: type[models.Model], **values: Any) -> models.Model:
    """Create a row after the model's own checks, so that a clerk gets the Chinese message."""
    row = model(**values)
    row.full_clean(validate_unique=True, validate_constraints=True)
    try:
        row.save(force_insert=True)
    except IntegrityError as error:
        if rule := _broken_rule(model, error):
            raise ValidationError(rule) from error
        raise
    return row


def _broken_rule(model: type[models.Model], error: IntegrityError) -> str | None:
    """What a form would have told: somebody else's row came in the same moment."""
    told = getattr(error.__cause__, "diag", None)
    rules = {rule.name: rule.violation_error_message for rule in model._meta.constraints}
    rule = rules.get(told.constraint_name or "") if told else None
    return str(rule) if rule else None


def messages_of(error: ValidationError) -> list[str]:
    """The error as sentences, each naming the field it belongs to where it has one."""
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    return [
        message if field == NON_FIELD_ERRORS else f"{field}：{message}"
        for field, messages in error.message_dict.items()
        for message in messages
    ]


def _holding(rows: models.QuerySet[Any], day: date) -> Any:
    open_or_later = models.Q(ends_on=None) | models.Q(ends_on__gte=day)
    return rows.filter(open_or_later, starts_on__lte=day).first()


def _make_room(
    by: Recorder, current: Any, rows: models.QuerySet[Any], starts_on: date, reason: str
) -> date | None:
    """End or void the row in the way; the last day the new row may hold."""
    if current is not None:
        if current.starts_on == starts_on:
            void(by=by, fact=current, reason=reason or "更正")
        else:
            rows.filter(pk=current.pk).update(ends_on=starts_on - timedelta(days=1))
        ends_on: date | None = current.ends_on
        return ends_on
    later = rows.filter(starts_on__gt=starts_on).order_by("starts_on").first()
    return later.starts_on - timedelta(days=1) if later else None


def _same(row: models.Model, values: Mapping[str, Any]) -> bool:
    return all(getattr(row, _attribute(row, name)) == _plain(v) for name, v in values.items())


def _attribute(row: models.Model, name: str) -> str:
    return row._meta.get_field(name).attname  # type: ignore[union-attr]


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def _as_fact(row: models.Model) -> Fact:
    if not isinstance(row, Fact):
        raise TypeError(f"{row._meta.label} 不是可作废的登记。")
    return row
