"""The forms of a merge: which two and which stays, the decision, the undoing."""

from __future__ import annotations

from typing import Any

from django import forms

from institutions.forms.pickers import ActorForm, InstitutionField

LONGEST_REASON = 150
THIS, OTHER = "this", "other"


def _reason(label: str, longest: int, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        error_messages={
            "required": f"请填写{label}。",
            "max_length": f"{label}最多 {longest} 字，请缩短。",
        },
        **options,
    )


class MergeForm(ActorForm):
    """The other record of the same institution, and which of the two stays."""

    other = InstitutionField(
        label="另一条记录",
        help_text="只用于同一家登记了两次；两家并成一家的，请登记停业与新概况。",
    )
    stays = forms.ChoiceField(
        label="保留哪一条",
        choices=((THIS, "保留本页这一条，另一条并入"), (OTHER, "保留另一条，本页这一条并入")),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择保留哪一条。"),
    )


class MergeReasonForm(forms.Form):
    """Why the two are one; the choice made before comes along hidden."""

    other = forms.CharField(max_length=100, widget=forms.HiddenInput)
    stays = forms.CharField(max_length=10, widget=forms.HiddenInput)
    reason = _reason("理由与依据", LONGEST_REASON, help_text="如：执业许可证号相同，系重复登记。")


class MergeDecisionForm(forms.Form):
    """Agreed or not, with an answer where not."""

    decision = forms.ChoiceField(
        label="审核",
        choices=(("agree", "同意，立即合并"), ("refuse", "不同意")),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择同意或不同意。"),
    )
    answer = _reason("审核意见", 200, required=False, help_text="不同意的须写明。")


class UndoForm(forms.Form):
    """Why a merge is taken back."""

    undo_reason = _reason("撤销的原因", LONGEST_REASON)
