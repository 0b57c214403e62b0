"""The forms of the register of older persons: search, reveal, export."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.models import ExportColumn, RevealField, RevealReason
from contracts.models.disclosures import RESTRICTED_COLUMNS
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.lib.crypto import normalised

NO_NUMBERS = "不要写姓名、证件号、电话；这段文字会进入审计记录。"
SHORTEST_NAME = 2


class PersonSearchForm(forms.Form):
    """One exact ID number or one exact full name; parts of either find nothing."""

    term = forms.CharField(
        label="身份证号或姓名全称",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="只按完整的身份证号或完整的姓名查找，不支持拼音和部分文字。",
        error_messages={"required": "请填写完整的身份证号或姓名。"},
    )

    def clean_term(self) -> str:
        term = normalised(self.cleaned_data["term"])
        if len(term) < SHORTEST_NAME:
            raise forms.ValidationError("请填写完整的身份证号或姓名。")
        return term


class RevealForm(forms.Form):
    """Which field, for which reason."""

    field = forms.ChoiceField(
        label="查看项目",
        choices=RevealField.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择要看的一项。"),
    )
    reason = forms.ChoiceField(
        label="理由",
        choices=[("", "请选择"), *RevealReason.choices],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择理由。"),
    )
    note = forms.CharField(
        label="具体事由",
        max_length=200,
        help_text=f"例如“通知 11 月 25 日上门体检”。{NO_NUMBERS}",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请写明具体事由。"},
    )

    def clean_field(self) -> RevealField:
        return RevealField(self.cleaned_data["field"])

    def clean_reason(self) -> RevealReason:
        return RevealReason(self.cleaned_data["reason"])


class PersonExportForm(forms.Form):
    """The columns of a personal export, and what it is for."""

    columns = forms.MultipleChoiceField(
        label="要导出的列",
        help_text="只选用得着的；档案编号总在第一列。",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一列。", "invalid_choice": "请从列表里选择列。"},
    )
    purpose = forms.CharField(
        label="用途",
        max_length=200,
        help_text=f"写明给谁、做什么。{NO_NUMBERS}",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请写明用途。"},
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = self.fields["columns"]
        assert isinstance(columns, forms.MultipleChoiceField)
        columns.choices = [(one.value, one.label) for one in columns_offered_to(actor)]


def columns_offered_to(actor: Actor) -> list[ExportColumn]:
    """The columns the actor may export; restricted ones only where the role may see them."""
    may_see_restricted = actor.may(Permission.VIEW_RESTRICTED)
    return [one for one in ExportColumn if may_see_restricted or one not in RESTRICTED_COLUMNS]
