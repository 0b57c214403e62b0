"""The forms of report subscriptions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from institutions.models import Region
from targets.mailing.rights import report_regions
from targets.mailing.schedules import scheduled_frequencies
from targets.models import ReportFrequency, ReportThreshold
from yiyang.access.scope import Actor

NOT_AN_ADDRESS = "请写成 name@example.gov.cn 这样的邮箱。"


class ChangeForm(forms.Form):
    """When a report is sent, and what comes with it."""

    threshold = forms.ChoiceField(
        label="什么时候寄",
        choices=ReportThreshold.choices,
        help_text="没有变化的日子不想收，请选“有变化时”；只关心变坏的，请选最后一项。",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择。"),
    )
    has_workbook = forms.BooleanField(label="附上 Excel", required=False)


class SubscriptionForm(ChangeForm):
    """A new subscription."""

    region = forms.ModelChoiceField(
        label="区划",
        queryset=Region.objects.none(),
        empty_label="请选择区划",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择区划。"),
    )
    frequency = forms.ChoiceField(
        label="频次",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择频次。"),
    )
    address = forms.EmailField(
        label="邮箱",
        max_length=254,
        help_text="请填工作邮箱；会先寄一封确认邮件，打开其中的链接确认后才寄报告。",
        error_messages={
            "required": "请填写邮箱。",
            "invalid": NOT_AN_ADDRESS,
            "max_length": "邮箱最多 254 个字符。",
        },
    )
    field_order = ("region", "frequency", "address", "threshold", "has_workbook")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region, frequency = self.fields["region"], self.fields["frequency"]
        assert isinstance(region, forms.ModelChoiceField)
        assert isinstance(frequency, forms.ChoiceField)
        region.queryset = report_regions(actor)
        frequency.choices = [(one.value, one.label) for one in scheduled_frequencies()]

    def clean_address(self) -> str:
        """The address in small letters: one mailbox is one, however it is written.

        A Chinese domain is refused: plain mail servers do not reach it.
        """
        address = str(self.cleaned_data["address"]).lower()
        if not address.isascii():
            raise ValidationError(NOT_AN_ADDRESS)
        return address

    def clean_frequency(self) -> ReportFrequency:
        return ReportFrequency(self.cleaned_data["frequency"])
