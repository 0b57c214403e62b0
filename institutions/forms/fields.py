"""Form fields made from the models' own, with errors that tell a clerk what to do."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db import models
from django.db.models import TextChoices

DATE_HINT = "请写成 2026-03-31 这样的日期。"
EMPTY_CHOICE = ("", "请选择")


def of(model: type[models.Model], name: str, **options: Any) -> Any:
    """The form field of one model field: its label, its choices, its checks."""
    field = cast(Any, model._meta.get_field(name))
    if isinstance(field, models.DateField):
        options.setdefault("widget", forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    made: forms.Field = field.formfield(**options)
    if isinstance(made, forms.ChoiceField):
        made.choices = [EMPTY_CHOICE, *field.flatchoices]
    made.error_messages |= _words(made)
    return made


def several(label: str, choices: type[TextChoices], *, required: bool = True) -> Any:
    """Tick boxes for an array of choices."""
    return forms.MultipleChoiceField(
        label=label,
        choices=choices.choices,
        required=required,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": f"请勾选{label}，至少一项。",
            "invalid_choice": f"请从列表里勾选{label}。",
        },
    )


def reason_field(*, required: bool) -> Any:
    """Why the register is changed; it goes into the change log."""
    return forms.CharField(
        label="原因" if required else "依据或说明（可不填）",
        required=required,
        max_length=150,
        help_text="写文号或事由，记入变更记录；不要写个人姓名、证件号。",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "请写明原因：文号或事由。"},
    )


def _words(field: forms.Field) -> dict[str, str]:
    label = field.label
    if isinstance(field, forms.ChoiceField):
        return dict.fromkeys(("required", "invalid_choice"), f"请选择{label}。")
    if isinstance(field, forms.DateField):
        return {"required": f"请填写{label}。", "invalid": DATE_HINT}
    if isinstance(field, forms.IntegerField):
        return {"required": f"请填写{label}，没有的填 0。", "invalid": "请填 0 或正整数。"}
    return {"required": f"请填写{label}。"}
