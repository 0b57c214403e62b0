"""The forms of the task board: report on a part, set a milestone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from targets.forms.fields import offer_steps
from targets.models import ReportKind
from targets.models.taskboard import WHOLE
from targets.taskboard.actions import LONGEST_TEXT
from yiyang.holidays.forms import day_field


class ReportForm(forms.Form):
    """What one may say of a part in its present state."""

    kind = forms.ChoiceField(label="办理")
    text = forms.CharField(
        label="情况",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写机构与事项，不写老年人姓名、证件号。",
        error_messages={"max_length": f"情况最多 {LONGEST_TEXT} 字。"},
    )
    percentage = forms.IntegerField(
        label="完成比例（%，可不填）",
        required=False,
        min_value=0,
        max_value=WHOLE,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "完成比例请填 0 至 100 的整数。"
        ),
    )

    def __init__(self, *args: Any, kinds: Sequence[ReportKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_steps(self, "kind", kinds)


class MilestoneForm(forms.Form):
    """A milestone's title and day."""

    title = forms.CharField(
        label="节点",
        max_length=100,
        help_text="如：出台实施细则。",
        error_messages={"required": "请填写节点内容。", "max_length": "节点内容最多 100 字。"},
    )
    due_on = day_field("完成期限", "逢休息日顺延到下一个工作日。")


class MilestoneCorrectionForm(MilestoneForm):
    """A milestone written anew, and why."""

    reason = forms.CharField(
        label="更正的原因",
        max_length=200,
        error_messages={"required": "请填写更正的原因。", "max_length": "原因最多 200 字。"},
    )
