"""The forms of 季度监测: open a quarter, fill in a return, take a step, propose a correction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from targets.forms.fields import offer_steps
from targets.models import ItemSource, ReturnItem, ReturnVerb
from targets.models.returns import LONGEST_NOTE
from targets.returns.actions import LONGEST_TEXT
from targets.returns.quarters import DueDays, Quarter
from yiyang.holidays.forms import day_field

MOST_DIGITS = 12
MAX_SHEET_BYTES = 1024 * 1024
NO_PERSONS = "写机构与事项，不写老年人姓名、证件号。"


class PeriodForm(forms.Form):
    """Which quarter is asked for, and by when."""

    year = forms.IntegerField(
        label="年度",
        min_value=2015,
        max_value=2100,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "请填四位数的年度。"
        ),
    )
    quarter = forms.TypedChoiceField(
        label="季度",
        choices=[(str(n), f"第{'一二三四'[n - 1]}季度") for n in (1, 2, 3, 4)],
        coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择季度。"),
    )
    institution_due = day_field("机构报出期限", "须是工作日。")
    district_due = day_field("区审核上报期限", "不早于机构的期限。")
    city_due = day_field("市汇总期限", "不早于区的期限。")

    def asked(self) -> tuple[Quarter, DueDays]:
        said = self.cleaned_data
        days = (said["institution_due"], said["district_due"], said["city_due"])
        return Quarter(said["year"], said["quarter"]), DueDays(*days)


def number_field(item: ReturnItem) -> forms.DecimalField:
    places = 2 if item.is_percent else 0
    said = "请填 0 或更大的数，至多两位小数。" if places else "请填 0 或更大的整数。"
    return forms.DecimalField(
        label=f"{item.code} {item.label}",
        required=False,
        min_value=Decimal(0),
        max_digits=MOST_DIGITS,
        decimal_places=places,
        widget=forms.NumberInput(attrs={"step": "0.01" if places else "1", "min": "0"}),
        error_messages=dict.fromkeys(
            (
                *("invalid", "min_value", "max_digits", "max_decimal_places"),
                "max_whole_digits",
            ),
            said,
        ),
    )


def note_field(item: ReturnItem) -> forms.CharField:
    return forms.CharField(
        label=f"{item.code} 的说明",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.TextInput(attrs={"maxlength": str(LONGEST_NOTE)}),
        error_messages={"max_length": f"说明最多 {LONGEST_NOTE} 字。"},
    )


class SheetForm(forms.Form):
    """A number and a note for each item of a return; a share has its note only."""

    def __init__(self, *args: Any, items: Iterable[ReturnItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            if item.source != ItemSource.QUOTIENT:
                self.fields[f"value-{item.code}"] = number_field(item)
            self.fields[f"note-{item.code}"] = note_field(item)

    def entered(self) -> dict[str, tuple[Decimal | None, str]]:
        said = self.cleaned_data
        codes = [item.code for item in self.items]
        return {code: (said.get(f"value-{code}"), said[f"note-{code}"]) for code in codes}


class SheetFileForm(forms.Form):
    """A return as a workbook, sent back."""

    file = forms.FileField(
        label="填好的表",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={
            **dict.fromkeys(("required", "empty", "missing", "invalid"), "请选择填好的表。"),
            "max_length": "文件名太长；请改短后再传。",
        },
    )

    def content(self) -> bytes:
        """The file's bytes, hardly more than a return may have."""
        data: bytes = self.cleaned_data["file"].read(MAX_SHEET_BYTES + 1)
        return data


class CorrectionForm(forms.Form):
    """Other numbers for a closed return, and why."""

    reason = forms.CharField(
        label="更正原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"写明错在哪里、凭什么改。{NO_PERSONS}",
        error_messages={"required": "请写明更正原因。", "max_length": "更正原因最多 300 字。"},
    )

    def __init__(self, *args: Any, items: Sequence[ReturnItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            self.fields[f"value-{item.code}"] = number_field(item)
        self.order_fields([name for name in self.fields if name != "reason"])

    def numbers(self) -> Mapping[str, Decimal]:
        said = self.cleaned_data
        asked = {item.code: said[f"value-{item.code}"] for item in self.items}
        return {code: number for code, number in asked.items() if number is not None}


class ReturnStepForm(forms.Form):
    """One of the steps that may be taken now."""

    verb = forms.ChoiceField(label="办理")
    text = forms.CharField(
        label="情况或退回原因",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"退回必填；有机构缺报时报出也必填。{NO_PERSONS}",
        error_messages={"max_length": f"情况最多 {LONGEST_TEXT} 字。"},
    )

    def __init__(self, *args: Any, verbs: Sequence[ReturnVerb], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_steps(self, "verb", verbs)


class CorrectionDecisionForm(forms.Form):
    """Whether a correction is approved."""

    decision = forms.ChoiceField(
        label="审核",
        choices=[("agree", "同意更正"), ("refuse", "不同意")],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择同意或不同意。"),
    )
    answer = forms.CharField(
        label="意见",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不同意须写明意见。",
        error_messages={"max_length": "意见最多 300 字。"},
    )

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("decision") == "refuse" and not (said.get("answer") or "").strip():
            self.add_error("answer", "不同意更正，请写明意见。")
        return said
