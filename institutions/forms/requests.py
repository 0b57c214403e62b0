"""The form that asks the other office to change what it registers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from institutions.consent import ASKABLE, held_by
from institutions.forms.facts import FOUNDING_YEAR, LAST_YEAR
from institutions.forms.fields import of, several
from institutions.forms.pickers import ActorForm, InstitutionField, RegionField
from institutions.models import Department, InstitutionProfile, Status
from institutions.ownership import side_to_ask
from institutions.requests import LONGEST_REASON
from yiyang.access.scope import Actor
from yiyang.lib.identifiers import credit_code

REASON_LENGTH = 150


class ChangeRequestForm(ActorForm):
    """Only what the other side keeps is asked for; what is one's own is changed directly."""

    starts_on = of(
        InstitutionProfile,
        "starts_on",
        label="从哪天起",
        help_text="同意后，从这一天起按新的登记。",
    )
    region = RegionField(label="所在区划", help_text="填到街道或社区。")
    host = InstitutionField(label="举办单位（内设机构填）", required=False)
    departments = several("科室", Department, required=False)
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
                self.fields[name] = of(InstitutionProfile, name)
        self.asked = asked_of(self.actor, profile)
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
        if not FOUNDING_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(f"年份应在 {FOUNDING_YEAR}—{LAST_YEAR} 之间，请核对。")
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


def asked_of(actor: Actor, profile: InstitutionProfile) -> tuple[str, ...]:
    """The fields the actor may not change alone."""
    held = held_by(profile)
    return tuple(
        name for name in ASKABLE if side_to_ask(actor, held, name, Status.CLOSED) is not None
    )


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
