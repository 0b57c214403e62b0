"""The forms of 督办: propose an order, take a step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings

from institutions.models import Region
from targets.bureau_names import BureauNames
from targets.forms.fields import offer, offer_steps
from targets.indicators.catalogue import CODES
from targets.models import (
    Basis,
    Bureau,
    Frequency,
    PolicyTask,
    SupervisionKind,
    SupervisionVerb,
    Urgency,
)
from targets.models.supervision import LONGEST_CONTENT, LONGEST_TEXT
from targets.supervision.actions import Draft, Unit
from targets.supervision.undertakers import districts
from yiyang.holidays.forms import day_field

LONGEST_TERM = 750
LARGEST_ID = 2**63 - 1
UnitChoices = list[tuple[str, list[tuple[str, str]]]]


def unit_choices(names: BureauNames, day: date) -> UnitChoices:
    """Bureaus and districts an order may be given to, as groups of one list."""
    bureaus = [(f"bureau-{pk}", name) for pk, name in names.choices()]
    city = Region.objects.filter(code=settings.PORTAL_REGION).first()
    areas = [(f"region-{pk}", name) for pk, name in districts(city, day)] if city else []
    return [group for group in (("区", areas), ("部门", bureaus)) if group[1]]


def unit_key(unit: Unit) -> str:
    return f"bureau-{unit.pk}" if isinstance(unit, Bureau) else f"region-{unit.pk}"


def unit_of(key: str) -> Unit:
    """The unit behind a choice that the form has already checked against its list."""
    kind, _, pk = key.partition("-")
    if kind == "bureau":
        return Bureau.objects.get(pk=int(pk))
    return Region.objects.get(pk=int(pk))


class SupervisionForm(forms.Form):
    """What an order says."""

    title = forms.CharField(
        label="标题",
        max_length=100,
        error_messages={"required": "请填写标题。", "max_length": "标题最多 100 字。"},
    )
    kind = forms.ChoiceField(label="类型", choices=SupervisionKind.choices)
    urgency = forms.ChoiceField(label="紧急程度", choices=Urgency.choices)
    lead = forms.ChoiceField(
        label="牵头单位", error_messages=dict.fromkeys(("required",), "请选择牵头单位。")
    )
    assistants = forms.MultipleChoiceField(
        label="协办单位",
        required=False,
        help_text="可多选；没有的不选。",
        widget=forms.CheckboxSelectMultiple,
    )
    basis_text = forms.CharField(
        label="依据",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="文件、会议、批示或数字的出处。",
        error_messages={"required": "请写明依据。", "max_length": "依据最多 500 字。"},
    )
    content = forms.CharField(
        label="督办内容",
        max_length=LONGEST_CONTENT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="要办什么、办到什么程度；写机构与事项，不写老年人姓名、证件号。",
        error_messages={
            "required": "请写明督办内容。",
            "max_length": f"督办内容最多 {LONGEST_CONTENT} 字。",
        },
    )
    frequency = forms.ChoiceField(label="反馈频次", choices=Frequency.choices)
    allowed_days = forms.IntegerField(
        label="办理期限（工作日）",
        required=False,
        min_value=1,
        max_value=LONGEST_TERM,
        help_text="自交办次日起算；与下一栏二者填一。",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"请填 1 至 {LONGEST_TERM} 的整数。"
        ),
    )
    due_by = day_field("或：完成期限", "逢休息日顺延到下一个工作日。", required=False)
    task = forms.IntegerField(
        required=False, min_value=1, max_value=LARGEST_ID, widget=forms.HiddenInput
    )
    indicator = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: UnitChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "lead", [("", "请选择"), *units])
        offer(self, "assistants", units)
        for field in self.fields.values():
            field.error_messages.setdefault("invalid_choice", f"请从列表里选择{field.label}。")
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = f"请从列表里选择{field.label}。"

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        terms = [cleaned.get(name) for name in ("allowed_days", "due_by")]
        if not self.errors and sum(term is not None for term in terms) != 1:
            self.add_error("allowed_days", "期限请填工作日数或完成期限，二者填一。")
        task, indicator = cleaned.get("task"), cleaned.get("indicator")
        if task and not PolicyTask.objects.published().filter(pk=task).exists():
            raise forms.ValidationError("依据的任务已不在台账里；请从任务页面重新发起。")
        if indicator and indicator not in CODES:
            raise forms.ValidationError("依据的指标不在口径表里；请从指标页面重新发起。")
        if task and indicator:
            raise forms.ValidationError("依据只能是一项任务或一项指标；请从它的页面重新发起。")
        return cleaned

    def draft(self) -> tuple[Draft, list[Unit]]:
        """What was entered, as the action takes it."""
        entered: dict[str, Any] = dict(self.cleaned_data)
        lead = unit_of(entered.pop("lead"))
        assistants = [unit_of(key) for key in entered.pop("assistants")]
        pk = entered.pop("task")
        task = PolicyTask.objects.published().get(pk=pk) if pk else None
        basis = Basis.TASK if task else Basis.INDICATOR if entered["indicator"] else Basis.OTHER
        side = "lead_bureau" if isinstance(lead, Bureau) else "lead_region"
        return Draft(**entered | {"basis": basis, "task": task, side: lead}), assistants


class StepForm(forms.Form):
    """One of the steps that may be taken now."""

    verb = forms.ChoiceField(label="办理")
    text = forms.CharField(
        label="情况或原因",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写机构与事项，不写老年人姓名、证件号。",
        error_messages={"max_length": f"情况最多 {LONGEST_TEXT} 字。"},
    )
    asked_by = day_field("请于此日前反馈", "只在催办时填，可不填。", required=False)

    def __init__(self, *args: Any, verbs: Sequence[SupervisionVerb], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_steps(self, "verb", verbs)
        if SupervisionVerb.CHASE not in verbs:
            del self.fields["asked_by"]
