"""The forms by which the security administrator hands out tokens."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings

from yiyang.api.resources import read_scopes, write_scopes

SEPARATORS = re.compile(r"[\s,，、;；]+")
LONGEST_OVERLAP = 30
MOST_PARTS = 50
DAY = {"type": "date"}


class PartsField(forms.CharField):
    """Several values in one box, set apart by spaces, commas or lines."""

    widget = forms.Textarea(attrs={"rows": 2})

    def clean(self, value: Any) -> list[str]:
        parts = [part for part in SEPARATORS.split(super().clean(value)) if part]
        if len(parts) > MOST_PARTS:
            raise forms.ValidationError(f"最多填写 {MOST_PARTS} 个。")
        return parts


class ExpiryForm(forms.Form):
    """Until which day a token opens the API."""

    expires_on = forms.DateField(
        label="到期日期",
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        error_messages={"invalid": "日期请写成 2027-03-01 这样。"},
    )

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = day + timedelta(days=settings.API_TOKEN_MAX_DAYS)
        field = self.fields["expires_on"]
        field.initial = last
        field.help_text = f"当日仍可用；最晚 {last}。"


class TokenForm(ExpiryForm):
    """What a new token is for, what it may do, where and from where."""

    name = forms.CharField(label="用途", max_length=60, help_text="如：民政业务系统每日同步。")
    reads = forms.MultipleChoiceField(
        label="可以读", required=False, widget=forms.CheckboxSelectMultiple
    )
    writes = forms.MultipleChoiceField(
        label="可以写", required=False, widget=forms.CheckboxSelectMultiple
    )
    regions = PartsField(
        label="限于哪些区划",
        required=False,
        max_length=1000,
        help_text="12 位区划代码，含其下级；几个用空格分开。空着即账号所及的全部。",
    )
    networks = PartsField(
        label="允许的网段",
        max_length=1000,
        help_text="如 10.1.2.0/24 或一个地址；几个用空格分开。从别处调用一律拒绝。",
        error_messages={"required": "请填写至少一个网段：令牌只能从登记的网段调用。"},
    )
    field_order = ("name", "reads", "writes", "regions", "networks", "expires_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reads"].choices = read_scopes()  # type: ignore[attr-defined]
        self.fields["writes"].choices = write_scopes()  # type: ignore[attr-defined]
        if not write_scopes():
            del self.fields["writes"]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if not self.errors and not cleaned["reads"] and not cleaned.get("writes"):
            raise forms.ValidationError("请至少勾选一项可以读或可以写的内容。")
        return cleaned


class RotateForm(ExpiryForm):
    """How long the old token opens beside the new one."""

    overlap_days = forms.IntegerField(
        label="旧令牌再用几天",
        min_value=0,
        max_value=LONGEST_OVERLAP,
        initial=7,
        help_text="期间新旧都可用，对方换好后不中断；0 为今天之后旧的即停。",
    )


class RevokeForm(forms.Form):
    """Why a token is taken back."""

    reason = forms.CharField(label="原因", max_length=200, help_text="如：疑似泄露；系统停用。")
