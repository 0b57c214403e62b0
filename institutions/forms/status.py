"""The forms of a change of status: to what and from when, then why."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from institutions.consequences import STOPPED, StatusChange
from institutions.models import Status

OFFERED = (*STOPPED, Status.OPERATING)
LABELS = {Status.OPERATING: "恢复正常"}
OUTSIDE = "请核对年份。"


class StatusForm(forms.Form):
    """Which status, from which day."""

    status = forms.ChoiceField(
        label="改为",
        choices=[("", "请选择"), *((one.value, LABELS.get(one, one.label)) for one in OFFERED)],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择改为什么状态。"),
    )
    on = forms.DateField(
        label="自哪一天起",
        help_text="这一天起就是新状态；可以是过去的一天，也可以是已定下的将来一天。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[
            MinValueValidator(date(1990, 1, 1), OUTSIDE),
            MaxValueValidator(date(2100, 12, 31), OUTSIDE),
        ],
        error_messages=dict.fromkeys(("required", "invalid"), "请写成 2027-12-31 这样的日期。"),
    )

    def change(self, reason: str = "") -> StatusChange:
        return StatusChange(Status(self.cleaned_data["status"]), self.cleaned_data["on"], reason)


class ReasonedStatusForm(StatusForm):
    """The same with its reason, as the second step posts it."""

    reason = forms.CharField(
        label="原因与依据",
        max_length=150,
        help_text="例如“乌海民字〔2026〕12 号，自行停办”。会写进协议的解约原因与变更记录。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "请写明原因。",
            "max_length": "原因请写在 150 字以内。",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("status", "on"):
            self.fields[name].widget = forms.HiddenInput()

    def whole_change(self) -> StatusChange:
        return self.change(self.cleaned_data["reason"])
