"""The forms of the register of holidays."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from yiyang.holidays.models import HolidayKind

NOT_A_DAY = "请写成 2027-10-01 这样的日期。"
# 工作日逐日数：没有止境的日期会让页面算不完。
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
OUT_OF_RANGE = f"日期须在 {EARLIEST} 到 {LATEST} 之间，请核对年份。"


def day_field(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    """A date as the portal writes it, with the browser's own picker."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[
            MinValueValidator(EARLIEST, OUT_OF_RANGE),
            MaxValueValidator(LATEST, OUT_OF_RANGE),
        ],
        error_messages={"required": f"请填写{label}。", "invalid": NOT_A_DAY},
    )


class HolidayForm(forms.Form):
    """A run of days off, or one weekend day worked."""

    kind = forms.ChoiceField(
        label="类型",
        choices=HolidayKind.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择放假或调休上班。"),
    )
    first = day_field("第一天")
    last = day_field("最后一天", "只有一天的，两处填同一天。")
    name = forms.CharField(
        label="节日",
        max_length=40,
        help_text="如：国庆节、中秋节。",
        error_messages={"required": "请填写节日名称。", "max_length": "节日名称最多 40 字。"},
    )
    source = forms.CharField(
        label="依据",
        max_length=100,
        help_text="放假通知的文号，如：国办发明电〔2026〕5号。",
        error_messages={"required": "请填写放假通知的文号。", "max_length": "依据最多 100 字。"},
    )
