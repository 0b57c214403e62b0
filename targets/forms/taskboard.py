"""The forms of the task board: filter, report on a part, set a milestone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from targets.models import ReportKind, TaskMode, TaskState
from targets.models.taskboard import WHOLE
from targets.supervision.lights import WARNING, Light
from targets.taskboard.actions import LONGEST_TEXT
from targets.taskboard.board import ShownTask
from yiyang.holidays.forms import day_field

Choices = Sequence[tuple[Any, str]]
WARNING_CHOICES = [(one.value, one.label) for one in Light if one in WARNING]


class TaskFilter(forms.Form):
    """Policy, bureau, mode, state and light; what is not filled in filters nothing."""

    policy = forms.ChoiceField(label="政策", required=False)
    bureau = forms.TypedChoiceField(label="部门", required=False, coerce=int, empty_value=None)
    mode = forms.ChoiceField(
        label="责任形式", required=False, choices=[("", "全部"), *TaskMode.choices]
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *TaskState.choices]
    )
    light = forms.ChoiceField(
        label="期限", required=False, choices=[("", "全部"), *WARNING_CHOICES]
    )

    def __init__(self, *args: Any, policies: Choices, bureaus: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("policy", policies), ("bureau", bureaus)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "全部"), *choices]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = f"请从列表里选择{field.label}。"

    def keep(self, rows: Iterable[ShownTask]) -> list[ShownTask]:
        """The rows that fit everything chosen."""
        return [row for row in rows if self._fits(row)]

    def _fits(self, row: ShownTask) -> bool:
        asked = self.cleaned_data
        bureaus = {part.bureau.bureau_id for part in row.parts}
        return (
            asked["policy"] in {"", row.task.policy.slug}
            and (asked["bureau"] is None or asked["bureau"] in bureaus)
            and asked["mode"] in {"", row.task.mode}
            and asked["state"] in {"", row.state.value}
            and asked["light"] in {"", row.light.value}
        )


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
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(one.value, one.label) for one in kinds]
        kind.error_messages |= dict.fromkeys(
            ("required", "invalid_choice"), "请选择怎样办理；状态可能刚有变化，请刷新页面。"
        )


class MilestoneForm(forms.Form):
    """A milestone's title and day."""

    title = forms.CharField(
        label="节点",
        max_length=100,
        help_text="如：出台实施细则。",
        error_messages={"required": "请填写节点内容。", "max_length": "节点内容最多 100 字。"},
    )
    due_on = day_field("完成期限", "逢休息日顺延到下一个工作日。")
