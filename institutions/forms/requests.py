"""The form that asks the other office to change what it registers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from institutions.forms.pickers import ActorForm, InstitutionField, RegionField
from institutions.models import Department, InstitutionProfile, Status
from institutions.ownership import side_to_ask
from institutions.requests import ASKABLE, LONGEST_REASON, held_by
from yiyang.access.scope import Actor
from yiyang.lib.identifiers import credit_code

EARLIEST_YEAR, LATEST_YEAR = 1949, 2199
CHOOSE = "请从列表里选择。"
REASON_LENGTH = 150


class ChangeRequestForm(ActorForm):
    """Only what the other side keeps is asked for; what is one's own is changed directly."""

    starts_on = forms.DateField(
        label="从哪天起",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="同意后，从这一天起按新的登记。",
        error_messages={
            "required": "请填写从哪天起。",
            "invalid": "请写成 2026-03-31 这样的日期。",
        },
    )
    region = RegionField(label="所在区划")
    host = InstitutionField(label="举办单位（内设机构填）", required=False)
    departments = forms.MultipleChoiceField(
        label="科室",
        choices=Department.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": CHOOSE},
    )
    reason = forms.CharField(
        label="理由",
        max_length=REASON_LENGTH,
        help_text="写文号或事由，给答复的人看；不要写个人姓名、证件号。",
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "请写明理由：文号或事由。"},
    )
    field_order = ("starts_on", *ASKABLE, "reason")

    def __init__(self, *args: Any, profile: InstitutionProfile, **options: Any) -> None:
        held = held_by(profile)
        options["initial"] = {
            **held,
            "region": profile.region,
            "host": profile.host,
            **options.get("initial", {}),
        }
        super().__init__(*args, **options)
        for name in ASKABLE:
            if name not in self.fields:
                self.fields[name] = _field_of(name)
        self.asked = asked_of(self.actor, held)
        for name in set(ASKABLE) - set(self.asked):
            del self.fields[name]
        self._only_closing(held)
        self.order_fields(self.field_order)

    @property
    def wanted(self) -> dict[str, Any]:
        """The profile's fields as they should be."""
        return {name: self.cleaned_data[name] for name in self.asked}

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise ValidationError(f"年份应在 {EARLIEST_YEAR}—{LATEST_YEAR} 之间，请核对。")
        return day

    def clean_credit_code(self) -> str:
        text: str = self.cleaned_data["credit_code"]
        try:
            return credit_code(text) if text else ""
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def _only_closing(self, held: Mapping[str, Any]) -> None:
        """Where only closing needs the other side's consent, nothing else is offered."""
        status = self.fields.get("status")
        if status is None or side_to_ask(self.actor, held, "status", Status.SUSPENDED):
            return
        offered = {held["status"], Status.CLOSED.value}
        cast(forms.ChoiceField, status).choices = [
            one for one in Status.choices if one[0] in offered
        ]


def asked_of(actor: Actor, held: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields the actor may not change alone."""
    return tuple(
        name for name in ASKABLE if side_to_ask(actor, held, name, Status.CLOSED) is not None
    )


def _field_of(name: str) -> forms.Field:
    field: Any = InstitutionProfile._meta.get_field(name)
    made: forms.Field = field.formfield()
    made.error_messages |= {"required": f"请填写{field.verbose_name}。", "invalid_choice": CHOOSE}
    return made


class AnswerForm(forms.Form):
    """The checker's answer in words."""

    answer = forms.CharField(
        label="答复",
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )


class ReturnForm(AnswerForm):
    """Sending a request back needs a reason."""

    answer = forms.CharField(
        label="退回的原因",
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "退回必须写明原因，让提出人知道怎么改。"},
    )
