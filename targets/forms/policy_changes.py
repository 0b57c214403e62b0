"""The forms that send back, end, confirm and correct a policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from targets.forms.fields import choice_field, day_field, text_field
from targets.forms.policies import NOT_JUDGED, read_threshold
from targets.indicators.base import Indicator
from targets.models import PolicyDocument, ValidityStatus
from targets.policies.thresholds import HOW_TO_WRITE, Threshold


class ReasonForm(forms.Form):
    """Why: nothing is sent back, given up or confirmed without it."""

    reason = text_field("原因", 200)


class EndForm(forms.Form):
    """How and when a published policy ended; `agreed` comes with the second, confirming post."""

    status = choice_field("时效", ValidityStatus.choices)
    superseded_by = forms.ModelChoiceField(
        label="取代它的文件",
        queryset=PolicyDocument.objects.none(),
        required=False,
        empty_label="不是被取代",
        error_messages={"invalid_choice": "请从列表里选择；没有的请先录入并发布。"},
    )
    from_day = day_field(
        "自哪天起", "当日起不再有效。失效日期不明的留空，按最后一项目标的到期日计。", required=False
    )
    seen_on = day_field("查得的日期", "哪天在来源上看到的。")
    reason = text_field("依据", 200, "如：新文件第十条写明本通知同时废止。")
    agreed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["superseded_by"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = others


class ConfirmForm(forms.Form):
    """Which rows somebody has compared with the original, and which original that was."""

    rows = forms.MultipleChoiceField(
        label="核实了哪几项",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请勾选核实了哪几项。",
            "invalid_choice": "请从列表里勾选；已核实的不再列出。",
            "invalid_list": "请从列表里勾选。",
        },
    )
    ground = text_field("依据", 190, "看的是哪一份原件，如：自治区政府公报 2022 年第 5 期。")

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.fields["rows"]
        assert isinstance(rows, forms.MultipleChoiceField)
        rows.choices = choices


class RevisionForm(forms.Form):
    """What a published target should say instead, and why."""

    judged_reading = choice_field("判定口径", (), required=False)
    threshold = text_field("目标值", 40)
    due_on = day_field("到期日", "没有年份的留空。", required=False)
    wording = text_field("目标说明", 200, "说明里写有数字的，请一并改。")
    reason = text_field("更正的原因与依据", 300, "印在目标表的脚注里，请写明出处。")

    def __init__(self, *args: Any, readings: Sequence[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_ratio = readings[0].is_ratio
        self.fields["threshold"].help_text = HOW_TO_WRITE[self.is_ratio]
        reading = self.fields["judged_reading"]
        assert isinstance(reading, forms.ChoiceField)
        reading.choices = [*((r.reading, r.reading_title) for r in readings), NOT_JUDGED]

    def clean_threshold(self) -> Threshold:
        return read_threshold(self.cleaned_data["threshold"], is_ratio=self.is_ratio)


class DecisionForm(forms.Form):
    """Agreed or not, with an answer where not."""

    decision = choice_field("审核", (("agree", "同意，立即更正"), ("refuse", "不同意")))
    answer = text_field("审核意见", 300, "不同意的须写明。", required=False)
