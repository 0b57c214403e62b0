"""The forms of an agreement's life: its terms, each side's signing, its early end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from contracts.agreements.actions import BOTH, ELDERLY, MEDICAL, SIDES, Terms
from contracts.models import AgreementMode, PartnershipAgreement, ServiceItem
from institutions.forms.pickers import ActorForm, InstitutionField
from institutions.models import Institution, InstitutionProfile
from yiyang.lib.ages import birthday

# 打错的年份（如 20170、1017）在这里就拦下，不等到算天数时才发现。
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
WRITE_A_DAY = "请写成 2027-12-31 这样的日期。"
ONE_DAY = timedelta(days=1)


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """A day within living memory, typed or picked."""
    outside = f"日期须在 {FIRST_DAY} 与 {LAST_DAY} 之间；请核对年份。"
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST_DAY, outside), MaxValueValidator(LAST_DAY, outside)],
        error_messages={"required": f"请填写{label}。", "invalid": WRITE_A_DAY},
    )


def reason_field(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=200,
        help_text="写给以后查阅的人看，会留在变更记录里；不要写个人姓名、证件号、电话。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": f"请写明{label}。",
            "max_length": f"{label}请写在 200 字以内。",
        },
    )


class PartyField(InstitutionField):
    """One side: searched for in the clerk's scope, by its exact code anywhere.

    A home signs with the city's hospital, which may lie in another district.
    """

    def by_code(self, code: str) -> Institution | None:
        return super().by_code(code) or self._anywhere(code)

    def _anywhere(self, code: str) -> Institution | None:
        profiles = InstitutionProfile.objects.on(self.actor.day).filter(institution__code=code)
        sided = profiles.health_side() if self.side == "health" else profiles.elderly_service()
        found = sided.filter(institution__voided_at=None).select_related("institution").first()
        return found.institution if found else None


class TermsForm(ActorForm):
    """What both sides agree on, the parties being known."""

    mode = forms.ChoiceField(
        label="合作方式",
        choices=AgreementMode.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择合作方式。"),
    )
    items = forms.MultipleChoiceField(
        label="服务项目",
        choices=ServiceItem.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages=dict.fromkeys(("invalid_choice", "invalid_list"), "请从列表里勾选。"),
    )
    starts_on = day_field("生效日期")
    expires_on = day_field("到期日期", required=False, help_text="最后一个有效日；留空为长期有效。")
    medical_signed_on = day_field("医疗方签订日期", required=False, help_text="还没有签的留空。")
    elderly_signed_on = day_field(
        "养老方签订日期", required=False, help_text="双方都填，协议即为已签订；否则是草稿。"
    )
    number = forms.CharField(
        label="协议编号",
        max_length=40,
        required=False,
        help_text="留空则按规则编号；本单位自有编号的照填。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "协议编号最多 40 个字。"},
    )

    def clean(self) -> dict[str, Any]:
        """A signing cannot lie ahead, nor an end before the beginning."""
        cleaned = self.cleaned_data
        for name in ("medical_signed_on", "elderly_signed_on"):
            refuse_future(self, name)
        starts_on, expires_on = cleaned.get("starts_on"), cleaned.get("expires_on")
        if starts_on and expires_on and expires_on < starts_on:
            self.add_error("expires_on", "到期日期不能早于生效日期。")
        return cleaned

    def terms(self, medical: Institution, elderly: Institution) -> Terms:
        cleaned = {name: self.cleaned_data[name] for name in TermsForm.base_fields}
        return Terms(medical, elderly, **{**cleaned, "items": tuple(cleaned["items"])})


class AgreementForm(TermsForm):
    """A whole agreement; one of its parties at least lies in the clerk's scope."""

    medical = PartyField(label="医疗方", side="health")
    elderly = PartyField(label="养老方", side="elderly")
    field_order = ("medical", "elderly", *TermsForm.base_fields)

    def clean(self) -> dict[str, Any]:
        """Add to the terms that the clerk's own district or institution takes part."""
        cleaned = super().clean()
        parties = [cleaned.get("medical"), cleaned.get("elderly")]
        if all(parties):
            pks = [one.pk for one in parties if one]
            if not Institution.objects.visible_to(self.actor).filter(pk__in=pks).exists():
                self.add_error(None, "协议至少一方须在您的授权范围内；请核对双方的编码。")
        return cleaned

    def whole_terms(self) -> Terms:
        return self.terms(self.cleaned_data["medical"], self.cleaned_data["elderly"])


class SignForm(ActorForm):
    """Which side has signed, and on which day."""

    side = forms.ChoiceField(
        label="签订的一方",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择哪一方签了。"),
    )
    on = day_field("签订日期", help_text="以协议上签字盖章的日期为准。")

    def __init__(self, *args: Any, agreement: PartnershipAgreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        side = self.fields["side"]
        assert isinstance(side, forms.ChoiceField)
        side.choices = [(one, SIDES[one]) for one in _unsigned_sides(agreement)]
        if len(side.choices) == 1:
            side.initial = side.choices[0][0]

    def clean(self) -> dict[str, Any]:
        """A signing cannot lie ahead."""
        refuse_future(self, "on")
        return self.cleaned_data


class TerminationForm(forms.Form):
    """From which day the agreement no longer holds, and why."""

    on = day_field("解约日期", help_text="自这一天起不再有效；前一天是最后一个有效日。")
    reason = reason_field("解约原因")


class ReasonForm(forms.Form):
    """Why."""

    reason = reason_field("原因")


def refuse_future(form: Any, name: str) -> None:
    """The day of something that has happened."""
    day = form.cleaned_data.get(name)
    if day is not None and day > form.actor.day:
        form.add_error(name, f"签订日期不能晚于今天（{form.actor.day}）。")


def first_terms(day: date) -> dict[str, Any]:
    """What a new agreement starts with: from today, for one year."""
    return {"mode": AgreementMode.COOPERATION.value, **year_from(day)}


def year_from(day: date) -> dict[str, date]:
    return {"starts_on": day, "expires_on": birthday(day, 1) - ONE_DAY}


def renewed_terms(agreement: PartnershipAgreement) -> dict[str, Any]:
    """A renewal as it is first offered: from the day after, for one year, the same services."""
    assert agreement.expires_on is not None
    return {
        "mode": agreement.mode,
        "items": agreement.items,
        **year_from(agreement.expires_on + ONE_DAY),
    }


def drafted_terms(agreement: PartnershipAgreement) -> dict[str, Any]:
    """A draft as it stands."""
    fields = {name: getattr(agreement, name) for name in TermsForm.base_fields}
    return {**fields, "medical": agreement.medical.code, "elderly": agreement.elderly.code}


def _unsigned_sides(agreement: PartnershipAgreement) -> list[str]:
    if agreement.medical_signed_on is not None:
        return [ELDERLY]
    if agreement.elderly_signed_on is not None:
        return [MEDICAL]
    return [BOTH, MEDICAL, ELDERLY]
