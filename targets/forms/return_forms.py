"""The forms that edit a draft of a 季度监测 form: its head, its lines, its checks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from targets.forms.fields import offer
from targets.indicators.base import Indicator
from targets.indicators.catalogue import CATALOGUE
from targets.models import Answerer, CheckKind, ItemKind, ItemSource, ItemUnit, ReturnItem
from targets.models.return_forms import ITEM_CODE, LONGEST_CODE
from targets.returns.forms_actions import MOST_ITEMS
from targets.returns.soundness import source_fault
from targets.returns.sources import REGISTER_COUNTS
from yiyang.holidays.forms import day_field

SEPARATORS = re.compile(r"[\s,，、；;]+")
QUOTIENT = re.compile(r"\A([0-9A-Z]{1,10})\s*[/÷]\s*([0-9A-Z]{1,10})\Z")
NOT_QUOTIENT = "请写成“分子代码/分母代码”，如 17/16。"
HARD = [("yes", "不符不能提交"), ("no", "须写明说明")]


def _text(label: str, longest: int, *, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=longest,
        help_text=hint,
        error_messages={
            "required": f"请填写{label}。",
            "max_length": f"{label}最多 {longest} 字。",
        },
    )


def _pick(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), f"请从列表里选择{label}。"),
    )


def _place() -> forms.IntegerField:
    return forms.IntegerField(
        label="行序",
        min_value=1,
        max_value=MOST_ITEMS,
        required=False,
        help_text="不填排在最后。",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"请填 1 至 {MOST_ITEMS} 的整数。"
        ),
    )


def sources() -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything a number can be fetched from, as groups of one list."""
    ratios = [one for one in CATALOGUE if one.is_ratio]
    tops, bottoms = (
        [(f"{side}:{one.code}/{one.reading}", _named(one)) for one in found]
        for side, found in ((ItemSource.NUMERATOR, CATALOGUE), (ItemSource.DENOMINATOR, ratios))
    )
    counts = [(f"{ItemSource.REGISTER}:{key}", one.title) for key, one in REGISTER_COUNTS.items()]
    typed = [
        (f"{ItemSource.HAND}:", "手工填报"),
        (f"{ItemSource.QUOTIENT}:", "本表两项相除（%），代码写在下一栏"),
    ]
    return [("不取数", typed), ("登记计数", counts), ("指标分子", tops), ("指标分母", bottoms)]


def _named(indicator: Indicator) -> str:
    return f"{indicator.title}（{indicator.reading_title}）"


class FormHeadForm(forms.Form):
    """What the head of a form says."""

    title = _text("名称", 100)
    table_number = _text("表号", 40, required=False)
    issued_by = _text("制定机关", 60, required=False)
    approval_number = _text(
        "批准文号", 60, required=False, hint="没有批准文号的，各处标“内部工作表”。"
    )
    valid_from = day_field("有效期起", "启用时上一版止于前一天。")
    valid_until = day_field("有效期止", "最后一个有效日；不填为长期。", required=False)
    note = _text("说明", 500, required=False)


class ItemForm(forms.Form):
    """One line of a form."""

    code = _text("代码", LONGEST_CODE, hint="数字与大写字母；跨版不变，上季、上年同季按它对照。")
    label = _text("指标名称", 60)
    unit = _pick("计量单位", ItemUnit.choices)
    kind = _pick("时期", ItemKind.choices)
    answered_by = _pick("谁来填", Answerer.choices)
    part_of = _text("其中项所属代码", LONGEST_CODE, required=False, hint="不是其中项的不填。")
    fetch = _pick("取数来源", [])
    quotient = _text("相除的两项", 21, required=False, hint=NOT_QUOTIENT)
    definition = _text("指标解释", 300, required=False)
    position = _place()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "fetch", sources())
        self.fields["code"].validators.append(ITEM_CODE)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        source, _, key = (said.get("fetch") or "").partition(":")
        if source == ItemSource.QUOTIENT:
            found = QUOTIENT.match((said.get("quotient") or "").strip().upper())
            if found is None:
                self.add_error("quotient", NOT_QUOTIENT)
            key = "/".join(found.groups()) if found else ""
        elif fault := source_fault(source, key, said.get("answered_by") or ""):
            self.add_error("fetch", fault)
        said["source"], said["source_key"] = source, key
        return said

    def said(self) -> dict[str, Any]:
        """What was entered, as the action takes it."""
        entered = dict(self.cleaned_data)
        for name in ("fetch", "quotient"):
            entered.pop(name)
        return _without_place(entered)


class CheckForm(forms.Form):
    """One check of a form."""

    kind = _pick("审核关系", CheckKind.choices)
    left = _pick("左项", [])
    terms = _text(
        "右项代码",
        300,
        required=False,
        hint="合计填各分项，不大于填一项，比率填分子、分母；用空格隔开。其余的不填。",
    )
    tolerance = forms.DecimalField(
        label="容差",
        min_value=Decimal(0),
        max_digits=10,
        decimal_places=2,
        initial=Decimal(0),
        help_text="合计、比率按数填，如 0.01；环比、同比按百分数填，20 即 20%。",
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_digits", "max_decimal_places"),
            "请填 0 或更大的数，至多两位小数。",
        ),
    )
    least = forms.DecimalField(
        label="变动不足此数的不问",
        min_value=Decimal(0),
        max_digits=10,
        decimal_places=2,
        initial=Decimal(0),
        help_text="只用于环比、同比；数很小时一家之差不必说明。",
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_digits", "max_decimal_places"),
            "请填 0 或更大的数，至多两位小数。",
        ),
    )
    is_hard = _pick("不符时", HARD)

    def __init__(self, *args: Any, items: Sequence[ReturnItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "left", [(item.code, str(item)) for item in items])
        self.codes = {item.code for item in items}

    def clean_terms(self) -> list[str]:
        codes = [code.upper() for code in SEPARATORS.split(self.cleaned_data["terms"]) if code]
        unknown = [code for code in codes if code not in self.codes]
        if unknown:
            raise forms.ValidationError(f"代码 {'、'.join(unknown)[:40]} 不在本表。")
        return codes

    def said(self) -> dict[str, Any]:
        entered = dict(self.cleaned_data)
        return entered | {"is_hard": entered["is_hard"] == "yes"}


def _without_place(entered: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in entered.items() if name != "position" or one}
