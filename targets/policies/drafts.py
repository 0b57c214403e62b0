"""The draft that a verb works on, locked against a second writer."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max

from targets.models import EntryState, PolicyDocument
from targets.policies.rights import require_enterer
from yiyang.access.scope import Actor

NOT_A_DRAFT = "这份政策已提交或发布，不能再改；待发布的请先退回，已发布的请提更正。"


def own_draft(by: Actor, policy: PolicyDocument) -> PolicyDocument:
    """The policy, locked, while it is a draft an enterer may change."""
    require_enterer(by)
    locked = PolicyDocument.objects.select_for_update().get(pk=policy.pk)
    if locked.entry_state != EntryState.DRAFT:
        raise ValidationError(NOT_A_DRAFT)
    return locked


def next_position(rows: models.QuerySet[Any]) -> int:
    """The place behind the last of `rows`."""
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1


def checked_save(row: models.Model, values: dict[str, Any]) -> None:
    """Set and store the values after the model's own checks."""
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean(validate_unique=True, validate_constraints=True)
    row.save(update_fields=list(values))


def reason_of(policy: PolicyDocument) -> str:
    """What the change log says of every write to a draft."""
    return f"录入政策：{policy.number}"
