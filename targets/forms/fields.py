"""Fields that several forms have, each with its Chinese messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import TextChoices

DAY_WRONG = dict.fromkeys(("required", "invalid"), "请写成 2019-01-01 这样的日期。")
EARLIEST, LATEST = date(1949, 10, 1), date(2100, 12, 31)
OUT_OF_RANGE = f"日期须在 {EARLIEST} 到 {LATEST} 之间，请核对年份。"


def day_field(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    """A date typed or picked, with its Chinese message."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[
            MinValueValidator(EARLIEST, OUT_OF_RANGE),
            MaxValueValidator(LATEST, OUT_OF_RANGE),
        ],
        error_messages=DAY_WRONG,
    )


def text_field(
    label: str, longest: int, help_text: str = "", *, required: bool = True
) -> forms.CharField:
    """A line of text with its Chinese messages."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=longest,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": f"请填写{label}。",
            "max_length": f"{label}最多 {longest} 字，请缩短。",
        },
    )


def long_text_field(
    label: str, longest: int, help_text: str = "", *, required: bool = True
) -> forms.CharField:
    """Several lines of text."""
    field = text_field(label, longest, help_text, required=required)
    field.widget = forms.Textarea(attrs={"rows": 3})
    return field


def choice_field(
    label: str, choices: Iterable[tuple[str, str]], help_text: str = "", *, required: bool = True
) -> forms.ChoiceField:
    """One of a few."""
    return forms.ChoiceField(
        label=label,
        help_text=help_text,
        required=required,
        choices=[*choices],
        error_messages={
            "required": f"请选择{label}。",
            "invalid_choice": f"请从列表里选择{label}。",
        },
    )


def offer(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Give a field its list, where that depends on who asks or on which day."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [*choices]


def offer_steps(form: forms.Form, name: str, verbs: Sequence[TextChoices]) -> None:
    """Give a field the steps that may be taken now."""
    offer(form, name, [(one.value, one.label) for one in verbs])
    form.fields[name].error_messages |= dict.fromkeys(
        ("required", "invalid_choice"), "请选择怎样办理；状态可能刚有变化，请刷新页面。"
    )
