"""Fields a form does not have, posted all the same, change nothing of what it writes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.api.models import ApiToken
from yiyang.tests.attacks.scene import Scene, taken_back
from yiyang.tests.attacks.valid import FORMS, Filled
from yiyang.tests.test_declarations import our_models

WRITING = [form for form in FORMS if form.is_accepted]
# 每次都不一样的：编号、时刻、随机的散列与密文。
VARIES = (models.AutoField, models.DateTimeField, models.BinaryField, models.UUIDField)
# batch_id：新批次的编号，随批次本身变。
VARYING = {"password", "digest", "request_id", "mac", "number", "batch_id", "prefix"}
# 定版的随机数在指纹里。
VARYING |= {"nonce", "fingerprint", "digests"}
# 日志与审计照抄上面各表，编号、时刻又各不相同。
NOT_COMPARED = {*apps.get_app_config("yiyang").get_models()} - {User, ApiToken}
VALUES = ("1", "security_admin", "2001-01-01")
# 做法相同的表单轮流各试一个值。
POSTED = [
    (form, VALUES[number % len(VALUES) :][:1] if form.is_alike else VALUES)
    for number, form in enumerate(WRITING)
]
Rows = dict[str, list[dict[str, Any]]]
Places = dict[type[models.Model], dict[Any, int]]


def every_field_name() -> set[str]:
    """Every column of every table of ours, as a form field."""
    return {
        name
        for model in our_models()
        for field in model._meta.concrete_fields
        for name in (field.name, field.attname)
    } | {"is_staff", "is_superuser", "by", "actor", "user", "permissions", "groups"}


def rows() -> Rows:
    """All that is stored, but for what varies by itself; a row pointed to is told by its place."""
    stored: dict[type[models.Model], list[dict[str, Any]]] = {
        model: list(model._default_manager.order_by("pk").values())
        for model in our_models()
        if model not in NOT_COMPARED
    }
    places = {
        model: {row[key_of(model)]: place for place, row in enumerate(found)}
        for model, found in stored.items()
    }
    return {
        model._meta.label: [told(row, model, places) for row in found]
        for model, found in stored.items()
    }


def key_of(model: type[models.Model]) -> str:
    key: models.Field[Any, Any] = model._meta.pk
    return key.attname


def told(row: dict[str, Any], model: type[models.Model], places: Places) -> dict[str, Any]:
    """The row without what varies; a new row has another number each time, but the same place."""
    pointing, ignored = pointed_to(model), varying(model)
    return {
        name: places.get(pointing[name], {}).get(value, value) if name in pointing else value
        for name, value in row.items()
        if name not in ignored
    }


@cache
def pointed_to(model: type[models.Model]) -> dict[str, type[models.Model]]:
    return {
        field.attname: field.remote_field.model
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
    }


@cache
def varying(model: type[models.Model]) -> set[str]:
    return VARYING | {
        field.attname for field in model._meta.concrete_fields if isinstance(field, VARIES)
    }


def written_by(scene: Scene, form: Filled, extra: dict[str, Any]) -> Rows:
    with taken_back():
        data = {name: value for name, value in extra.items() if name not in form.data}
        answer = scene.browser(form.role).post(form.way(scene), data | form.filled(scene))
        assert answer.status_code in {200, 302}
        return rows()


@pytest.mark.parametrize(("form", "values"), POSTED, ids=lambda one: getattr(one, "name", ""))
def test_a_field_the_form_does_not_have_is_not_taken(
    scene: Scene, form: Filled, values: Sequence[str]
) -> None:
    plain = written_by(scene, form, {})
    for value in values:
        extra = dict.fromkeys(every_field_name(), value)
        assert written_by(scene, form, extra) == plain, value


def test_what_is_compared_would_show_it(scene: Scene) -> None:
    """Without teeth the test above would pass whatever was written."""
    opening = next(form for form in WRITING if form.name == "user-open")
    plain = written_by(scene, opening, {})
    with taken_back():
        account = scene.accounts[Role.LEADER]
        type(account).objects.filter(pk=account.pk).update(display_name="改过")
        assert rows() != plain
