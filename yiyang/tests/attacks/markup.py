"""Text put into every column that holds free text, as far as the database takes it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, ProgrammingError, models, transaction

from yiyang.tests.test_declarations import our_models

REFUSED = (IntegrityError, DataError, ProgrammingError, ValidationError)
# 市里的指标代码、口径、版本号等写在代码里，改了页面就认不得。
KEYS_INTO_CODE = {
    "indicator",
    "reading",
    "judged_reading",
    "check_id",
    "holder",
    "username",
    "password",
    "digest",
}


def fill_every_text_column(text: str) -> set[str]:
    """Put the text into every column; say which took it."""
    return {
        f"{model._meta.label}.{name}"
        for model in our_models()
        for name in text_fields(model)
        if fill(model, name, text)
    }


def text_fields(model: type[models.Model]) -> list[str]:
    """Columns that hold free text: no choices, no codes that select something."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and not field.unique
        and field.name not in KEYS_INTO_CODE
        and not model._meta.label.startswith("yiyang.Audit")
    ]


def fill(model: type[models.Model], name: str, text: str) -> bool:
    """Put the text into one column of all rows; False where the database will not have it."""
    field = model._meta.get_field(name)
    length: int | None = getattr(field, "max_length", None)
    try:
        with transaction.atomic():
            return bool(model._default_manager.update(**{name: text[:length]}))
    except REFUSED:
        return False
