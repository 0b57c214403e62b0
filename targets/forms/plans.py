"""The forms that draw up a what-if plan."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from institutions.models import Region
from targets.indicators.catalogue import readings_of
from targets.models import StepKind, Target
from targets.plans.choices import Offer, plan_regions
from yiyang.access.scope import Actor

LARGEST_ID = 2**63 - 1
SUBJECT_LABELS = {
    StepKind.SIGN_AGREEMENT: "草拟的协议",
    StepKind.NEW_AGREEMENT: "医疗方",
    StepKind.OPEN_CHANNEL: "医疗卫生机构",
    StepKind.ADD_BEDS: "养老服务机构",
    StepKind.CONVERT_BEDS: "养老服务机构",
    StepKind.RENEW_LICENCE: "到期的证照或备案",
    StepKind.CHANGE_TARGET: "目标",
}
AMOUNT_LABELS = {
    StepKind.ADD_BEDS: ("增加的护理型床位（张）", "按最近一季度之内的民政床位报表加上去。"),
    StepKind.CONVERT_BEDS: ("转为护理型的床位（张）", "不能多于现有的普通床位。"),
    StepKind.CHANGE_TARGET: ("新目标值", "占比填百分数，65 表示 65%；数量填整数。"),
}


class PlanForm(forms.Form):
    """A plan's name, region and day."""

    name = forms.CharField(
        label="方案名称", max_length=100, error_messages={"required": "请填写方案名称。"}
    )
    region = forms.ModelChoiceField(
        label="区划",
        queryset=Region.objects.none(),
        empty_label="请选择区划",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择区划。"),
    )
    as_of = forms.DateField(
        label="设想的统计日",
        help_text="按这一天的登记测算；可以是将来，到期的协议与证照按日期失效。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=dict.fromkeys(("required", "invalid"), "请写成 2027-12-31 这样的日期。"),
    )
    note = forms.CharField(label="说明", max_length=300, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        assert isinstance(region, forms.ModelChoiceField)
        region.queryset = plan_regions(actor)


class StepForm(forms.Form):
    """One supposed step; which fields it has depends on its kind."""

    def __init__(
        self,
        *args: Any,
        kind: StepKind,
        subjects: Offer,
        partners: Offer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["subject"] = _picker(SUBJECT_LABELS[kind], subjects.choices)
        if partners is not None:
            self.fields["partner"] = _picker("养老方", partners.choices)
        if kind in AMOUNT_LABELS:
            label, help_text = AMOUNT_LABELS[kind]
            self.fields["amount"] = forms.DecimalField(
                label=label,
                help_text=help_text,
                max_digits=9,
                decimal_places=4,
                error_messages={"required": "请填写数量。", "invalid": "请填写数字。"},
            )

    def clean(self) -> dict[str, Any]:
        """Turn a typed percentage into the exact share a target holds."""
        cleaned = self.cleaned_data
        amount, picked = cleaned.get("amount"), cleaned.get("subject")
        if self.kind is StepKind.CHANGE_TARGET and amount is not None and picked is not None:
            target = Target.objects.published().filter(pk=picked).first()
            if target is not None and readings_of(target.indicator)[0].is_ratio:
                cleaned["amount"] = amount / Decimal(100)
        return cleaned


def _picker(label: str, choices: Sequence[tuple[int, str]]) -> forms.IntegerField:
    """A select of the records offered; whether the picked one fits is for the action to say."""
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=LARGEST_ID,
        widget=forms.Select(choices=[("", "请选择"), *choices]),
        error_messages={
            "required": f"请选择{label}。",
            **dict.fromkeys(("invalid", "min_value", "max_value"), f"请从列表里选择{label}。"),
        },
    )
