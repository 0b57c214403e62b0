"""Every model of ours says who sees its rows and how sensitive each field is."""

from django.apps import apps
from django.db import models

from yiyang.access.fields import FieldClass, field_classes_of, unclassified_fields
from yiyang.access.fields import unknown_classified_fields as left_behind
from yiyang.access.scope import RowScope, ScopedQuerySet

PERSONAL_CLASSES = {FieldClass.PERSONAL, FieldClass.PERSONAL_RESTRICTED}
OUR_APPS = ("yiyang", "institutions", "contracts", "targets")


def our_models() -> list[type[models.Model]]:
    """Return every model of our apps, the automatic many-to-many tables included."""
    return [
        model
        for label in OUR_APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    ]


def test_every_model_declares_its_row_scope() -> None:
    silent = [
        model._meta.label
        for model in our_models()
        if not isinstance(getattr(model, "row_scope", None), RowScope)
    ]
    assert not silent, "请给这些模型写 row_scope：" + "、".join(silent)


def test_every_model_is_read_through_a_scoped_queryset() -> None:
    unscoped = [
        model._meta.label
        for model in our_models()
        if not isinstance(model._default_manager.all(), ScopedQuerySet)
    ]
    assert not unscoped, "这些模型的 objects 没有 visible_to：" + "、".join(unscoped)


def test_every_stored_field_is_classified() -> None:
    forgotten = [
        f"{model._meta.label}.{name}"
        for model in our_models()
        for name in unclassified_fields(model)
    ]
    assert not forgotten, "请在 field_classes 里给这些字段定级：" + "、".join(forgotten)


def test_no_classification_is_left_of_a_field_that_is_gone() -> None:
    gone = [f"{model._meta.label}.{name}" for model in our_models() for name in left_behind(model)]
    assert not gone, "field_classes 里这些名称已不是字段：" + "、".join(gone)


def test_every_class_is_one_of_the_four() -> None:
    odd = [
        f"{model._meta.label}.{name}={value!r}"
        for model in our_models()
        for name, value in field_classes_of(model).items()
        if not isinstance(value, FieldClass)
    ]
    assert not odd, "级别只能是 FieldClass：" + "、".join(odd)


def test_sealed_and_hashed_fields_are_personal() -> None:
    mild = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField)
        and field_classes_of(model).get(field.name) not in PERSONAL_CLASSES
    ]
    assert not mild, "加密或散列的字段必属个人信息：" + "、".join(mild)
