"""The forms that enter a policy: its facts, clauses, targets, yearly steps and tasks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from institutions.models import Region
from targets.forms.fields import choice_field, day_field, long_text_field, text_field
from targets.indicators.base import Indicator
from targets.models import PolicyClause, TaskMode
from targets.policies.thresholds import (
    HOW_TO_WRITE,
    NotAThreshold,
    Threshold,
    parse_number,
    parse_threshold,
)

BETWEEN_NAMES = re.compile(r"[、，,；;\s]+")
LONGEST_NAME, MOST_NAMES = 60, 40
NOT_JUDGED = ("", "不由机器判定")


class PolicyForm(forms.Form):
    """The facts of a policy as its head page states them."""

    number = text_field("发文字号", 60, "照原文写，如：乌海政办发〔2026〕12号。")
    title = text_field("标题", 200)
    issuer = text_field("发文机关", 100)
    signed_on = day_field("成文日期")
    published_on = day_field("公开日期", "没有公开的留空。", required=False)
    region = forms.ModelChoiceField(
        label="适用区划",
        queryset=Region.objects.none(),
        empty_label="请选择区划",
        help_text="连同下级区划一起适用；国家、自治区的文件选本市。",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择区划。"),
    )
    status_seen_on = day_field("查得有效的日期", "哪天查过这份文件现行有效。")
    is_checked = forms.BooleanField(
        label="已对照原件核实",
        required=False,
        help_text="照转载、报道录入的不要勾选；这份政策与它的目标会标“待核实”，核实后再改。",
    )
    source_note = long_text_field(
        "来源与校勘说明", 4000, "原件在哪里，哪些字句有疑问，怎样读的。", required=False
    )

    def __init__(self, *args: Any, regions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        assert isinstance(region, forms.ModelChoiceField)
        region.queryset = regions


class ClauseForm(forms.Form):
    """A clause: how the document numbers it, and what it is about."""

    reference = text_field("条款", 40, "照原文的编号写，如：二（二）、第三条。")
    topic = text_field("短题", 100, "用自己的话概括，不抄原文。")


class TargetForm(forms.Form):
    """A target on the indicator picked before; the value is typed as a clerk writes it."""

    clause = forms.ModelChoiceField(
        label="条款",
        queryset=PolicyClause.objects.none(),
        empty_label="请选择",
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "请选择条款；没有的请先录入条款。"
        ),
    )
    wording = text_field("目标说明", 200, "目标表上的名称，如：医疗机构绿色通道 80% 以上。")
    threshold = text_field("目标值", 40)
    due_on = day_field("到期日", "只写年份的填当年 12 月 31 日；没有年份的留空。", required=False)
    judged_reading = choice_field("判定口径", (), required=False)
    has_upper_failure = forms.BooleanField(
        label="超过上限算未达标",
        required=False,
        help_text="只对“1—2 所”这样有上下限的目标有用；不勾选时超过上限也算达标。",
    )
    region = forms.ModelChoiceField(
        label="适用区划",
        queryset=Region.objects.none(),
        empty_label="请选择区划",
        help_text="占比的目标对下级区划逐一判定；个数的目标只判所选的区划。",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择区划。"),
    )
    note = long_text_field("口径说明", 300, "原文没有写清、这里怎样读的。", required=False)

    def __init__(
        self,
        *args: Any,
        readings: Sequence[Indicator],
        clauses: Any,
        regions: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.is_ratio = readings[0].is_ratio
        self.fields["threshold"].help_text = HOW_TO_WRITE[self.is_ratio]
        clause, region = self.fields["clause"], self.fields["region"]
        assert isinstance(clause, forms.ModelChoiceField)
        assert isinstance(region, forms.ModelChoiceField)
        clause.queryset, region.queryset = clauses, regions
        reading = self.fields["judged_reading"]
        assert isinstance(reading, forms.ChoiceField)
        reading.choices = [*((r.reading, r.reading_title) for r in readings), NOT_JUDGED]

    def clean_threshold(self) -> Threshold:
        return read_threshold(self.cleaned_data["threshold"], is_ratio=self.is_ratio)


class MilestoneForm(forms.Form):
    """A yearly step towards a target."""

    step_on = day_field("节点日", "在成文日期与到期日之间。")
    step = text_field("阶段目标", 20)

    def __init__(self, *args: Any, is_ratio: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_ratio = is_ratio
        self.fields["step"].help_text = "如：60%。" if is_ratio else "如：3 家。"

    def clean_step(self) -> Decimal:
        try:
            return parse_number(self.cleaned_data["step"], is_ratio=self.is_ratio)
        except NotAThreshold as error:
            raise forms.ValidationError(str(error)) from error


class TaskForm(forms.Form):
    """A task of the annex, its bureaus as printed."""

    title = text_field("短题", 100, "用自己的话概括，不抄原文。")
    printed_number = forms.IntegerField(
        label="原序号",
        min_value=1,
        max_value=9999,
        help_text="照附件印的序号；跳号、重号都照写。",
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "请填写 1 到 9999 的整数。"
        ),
    )
    mode = choice_field("责任形式", TaskMode.choices)
    main = long_text_field(
        "主责部门", 1000, "牵头、分别负责或单独负责的部门，照原文名称写，用顿号或换行分开。"
    )
    support = long_text_field("配合部门", 1000, "没有的留空。", required=False)
    is_open_ended = forms.BooleanField(label="名单以“等部门”结尾", required=False)

    def clean_main(self) -> list[str]:
        return _names(self.cleaned_data["main"])

    def clean_support(self) -> list[str]:
        return _names(self.cleaned_data["support"])


def read_threshold(text: str, *, is_ratio: bool) -> Threshold:
    """The threshold typed; a form's error where it cannot be read."""
    try:
        return parse_threshold(text, is_ratio=is_ratio)
    except NotAThreshold as error:
        raise forms.ValidationError(str(error)) from error


def _names(text: str) -> list[str]:
    names = [name for name in BETWEEN_NAMES.split(text) if name]
    if len(names) > MOST_NAMES:
        raise forms.ValidationError(f"最多 {MOST_NAMES} 个部门，现有 {len(names)} 个。")
    if long := next((name for name in names if len(name) > LONGEST_NAME), ""):
        raise forms.ValidationError(
            f"“{long[:20]}…”有 {len(long)} 字，部门名称之间请用顿号或换行分开。"
        )
    return names
