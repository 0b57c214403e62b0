"""The forms that propose an edition and send one back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from targets.forms.fields import choice_field, day_field, text_field
from targets.models import IndicatorRun

MONTHS_OF_A_QUARTER = 3
ORDINALS = "一二三四"


class EditionForm(forms.Form):
    """Which run, for which period, under which title."""

    run = choice_field("量度批次", ())
    first_day = day_field("统计期自", "统计期到所选批次的统计日为止；存量数只看末日。")
    title = text_field("标题", 100, "如：2026年第三季度医养结合指标。")
    note = text_field("说明", 300, "可不填；更正后另出新版的，请写明更正了什么。", required=False)

    def __init__(self, *args: Any, runs: Sequence[IndicatorRun], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.runs = {str(run.pk): run for run in runs}
        run_field = self.fields["run"]
        assert isinstance(run_field, forms.ChoiceField)
        run_field.choices = [(pk, run_title(run)) for pk, run in self.runs.items()]

    def clean_run(self) -> IndicatorRun:
        return self.runs[self.cleaned_data["run"]]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        run, first_day = cleaned.get("run"), cleaned.get("first_day")
        if run and first_day and first_day > run.as_of:
            self.add_error("first_day", f"统计期的首日不能晚于批次的统计日 {run.as_of}。")
        return cleaned


def run_title(run: IndicatorRun) -> str:
    reason = f"，重算：{run.reason}" if run.reason else ""
    return f"{run.as_of}　批次 {run.pk}{reason}"


def quarter_of(day: date) -> dict[str, Any]:
    """What the form offers for a day: its quarter, named as offices name it."""
    quarter = (day.month - 1) // MONTHS_OF_A_QUARTER
    return {
        "first_day": day.replace(month=quarter * MONTHS_OF_A_QUARTER + 1, day=1),
        "title": f"{day.year}年第{ORDINALS[quarter]}季度医养结合指标",
    }
