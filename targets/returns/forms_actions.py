"""The verbs of a form: draw up a new version, change its lines and checks, put it into use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max

from targets.models import FormState, ReturnCheck, ReturnForm, ReturnItem
from targets.returns.soundness import faults_of
from yiyang.access.decorators import FORBIDDEN
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import checked_create

ITEM_FIELDS = (
    *("position", "code", "label", "unit", "kind", "answered_by", "part_of"),
    *("source", "source_key", "definition"),
)
CHECK_FIELDS = ("position", "kind", "left", "terms", "tolerance", "least", "is_hard")
HEAD_FIELDS = (
    *("title", "table_number", "issued_by", "approval_number"),
    *("valid_from", "valid_until", "note"),
)
IN_USE = "表式已启用，不再改动；请另立新版。"
SAME_PERSON = "表式须由拟制人以外的人启用；请另一位市卫健审核办理。"
STARTS_TOO_EARLY = "新版的有效期起须晚于上一版的（{day}）。"
TOO_MANY = "一张表最多 {n} 项。"
MOST_ITEMS = 99


def draft_version(*, by: Actor, form: ReturnForm) -> ReturnForm:
    """A new version to work on, with the lines and checks of this one."""
    _refuse_unless_keeper(by)
    with recorded(by=by, reason="季度监测表式另立新版"):
        last = ReturnForm.objects.filter(code=form.code).aggregate(last=Max("version"))["last"]
        head = {name: getattr(form, name) for name in HEAD_FIELDS}
        starts = max(by.day, form.valid_from + timedelta(days=1))
        head |= {"valid_from": starts, "valid_until": None}
        made = checked_create(
            ReturnForm, code=form.code, version=last + 1, drafted_by_id=by.user_id, **head
        )
        assert isinstance(made, ReturnForm)
        for model, names in ((ReturnItem, ITEM_FIELDS), (ReturnCheck, CHECK_FIELDS)):
            rows: Any = model._default_manager
            rows.bulk_create(
                model(form=made, **{name: getattr(one, name) for name in names})
                for one in rows.filter(form=form)
            )
    return made


def amend_form(*, by: Actor, form: ReturnForm, **head: Any) -> None:
    """Change what the head of a draft says."""
    _refuse_unless_keeper(by)
    with recorded(by=by, reason="季度监测表式修改"):
        held = _draft(form)
        _write(held, head)


def put_item(*, by: Actor, form: ReturnForm, item: ReturnItem | None = None, **said: Any) -> None:
    """Add a line to a draft, or change one."""
    _refuse_unless_keeper(by)
    with recorded(by=by, reason="季度监测表式改项目"):
        _draft(form)
        if item is None and form.items.count() >= MOST_ITEMS:
            raise ValidationError(TOO_MANY.format(n=MOST_ITEMS))
        _write(item or ReturnItem(form=form, position=_next(form.items)), said)


def put_check(
    *, by: Actor, form: ReturnForm, check: ReturnCheck | None = None, **said: Any
) -> None:
    """Add a check to a draft, or change one."""
    _refuse_unless_keeper(by)
    with recorded(by=by, reason="季度监测表式改审核关系"):
        _draft(form)
        if check is None and form.checks.count() >= MOST_ITEMS:
            raise ValidationError(TOO_MANY.format(n=MOST_ITEMS))
        _write(check or ReturnCheck(form=form, position=_next(form.checks)), said)


def remove_part(*, by: Actor, part: ReturnItem | ReturnCheck) -> None:
    """Take a line or a check out of a draft: nothing has been reported on it yet."""
    _refuse_unless_keeper(by)
    with recorded(by=by, reason="季度监测表式删去一行"):
        _draft(part.form)
        part.delete()


def put_into_use(*, by: Actor, form: ReturnForm) -> None:
    """From its first valid day on this version holds; the one before ends the day before."""
    if not (by.may(Permission.REVIEW) and by.whole_city):
        raise PermissionDenied(FORBIDDEN)
    with recorded(by=by, reason="季度监测表式启用"):
        held = _draft(form)
        if held.drafted_by_id == by.user_id:
            raise ValidationError(SAME_PERSON)
        use(held, on=by.day, by_id=by.user_id)


def use(form: ReturnForm, *, on: date, by_id: int | None) -> None:
    """Put a sound draft into use. ValidationError names what does not fit in it."""
    if faults := faults_of(form):
        raise ValidationError(faults)
    earlier = ReturnForm.objects.filter(code=form.code, state=FormState.USED)
    last = earlier.order_by("-version").first()
    if last is not None:
        if form.valid_from <= last.valid_from:
            raise ValidationError(STARTS_TOO_EARLY.format(day=last.valid_from))
        if last.valid_until is None or last.valid_until >= form.valid_from:
            ends = form.valid_from - timedelta(days=1)
            ReturnForm.objects.filter(pk=last.pk).update(valid_until=ends)
    _write(form, {"state": FormState.USED, "used_on": on, "used_by_id": by_id})


def load_form(*, by: Recorder, on: date, head: Mapping[str, Any], parts: Mapping[str, Any]) -> bool:
    """Load a version shipped with the portal, once; whether it was not there yet."""
    if ReturnForm.objects.filter(code=head["code"], version=head["version"]).exists():
        return False
    with recorded(by=by, reason="装载季度监测表式"):
        form = checked_create(ReturnForm, **head)
        assert isinstance(form, ReturnForm)
        for model, name in ((ReturnItem, "item"), (ReturnCheck, "check")):
            rows: Any = model._default_manager
            rows.bulk_create(
                model(form=form, position=position, **said)
                for position, said in enumerate(parts[name], start=1)
            )
        use(form, on=on, by_id=None)
    return True


def _write(row: Any, said: Mapping[str, Any]) -> None:
    for name, value in said.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()


def _next(rows: Any) -> int:
    last: int | None = rows.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _draft(form: ReturnForm) -> ReturnForm:
    held = ReturnForm.objects.select_for_update().get(pk=form.pk)
    if held.state != FormState.DRAFT:
        raise ValidationError(IN_USE)
    return held


def _refuse_unless_keeper(by: Actor) -> None:
    if not (by.may(Permission.MANAGE_POLICIES) and by.whole_city):
        raise PermissionDenied(FORBIDDEN)
