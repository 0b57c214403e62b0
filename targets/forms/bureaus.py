"""The forms of the bureaus: a new one, a new name, a successor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from targets.forms.fields import day_field, text_field
from targets.models import Bureau


class BureauForm(forms.Form):
    """A new bureau."""

    name = text_field("正式名称", 60, "如：乌海市民政局。")
    starts_on = day_field("自哪天起", "查不到挂牌日的，写最早所见的日期，并在说明里注明。")
    note = text_field("说明", 200, required=False)


class BureauNameForm(forms.Form):
    """A name from a day on."""

    name = text_field("名称", 60)
    is_official = forms.BooleanField(
        label="是正式名称",
        required=False,
        help_text="不勾选的是简称或别名；正式名称同一天只有一个。",
    )
    starts_on = day_field("自哪天起", "原正式名称到前一天为止。")
    reason = text_field("依据", 200, "如：市委编办〔2019〕3号。")


class NamedBureauField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Bureaus to choose from under their names of the day."""

    names: Mapping[int, str] = {}

    def label_from_instance(self, obj: Any) -> str:
        return self.names[obj.pk]


class SuccessorForm(forms.Form):
    """Who takes over, from which day."""

    successor = NamedBureauField(
        label="承接部门",
        queryset=Bureau.objects.none(),
        empty_label="请选择",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择承接部门。"),
    )
    from_day = day_field("自哪天起", "当日起由承接部门负责；原部门的名称到前一天为止。")
    succession_reason = text_field("依据", 200)

    def __init__(self, *args: Any, names: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successor"]
        assert isinstance(field, NamedBureauField)
        field.names = names
        field.queryset = Bureau.objects.filter(pk__in=names)
