"""The forms that enter an institution and change what it is from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from institutions.consent import refusals
from institutions.forms.facts import FOUNDING_YEAR, LAST_YEAR
from institutions.forms.fields import of, reason_field, several
from institutions.forms.pickers import ActorForm, InstitutionField, RegionField
from institutions.models import Department, Institution, InstitutionProfile
from yiyang.access.roles import Permission
from yiyang.lib.identifiers import credit_code

HEALTH_FIELDS = ("category", "level", "grade", "departments")
ELDERLY_FIELDS = ("elderly_kind", "elderly_grade")
# 口径读的就是这几项：改了，指标会变（rules.md 13—17、21）。
MOVES_INDICATORS = ("status", "category", "level", "departments", "elderly_kind", "host", "region")
HINT = "写文号或事由，记入变更记录；不要写个人姓名、证件号。"
DAY_REQUIRED = {"required": "请填写从哪天起。", "invalid": "请写成 2026-03-31 这样的日期。"}


class ProfileForm(ActorForm):
    """What the institution is from a day on; the other office's fields stay as they are."""

    starts_on = forms.DateField(
        label="从哪天起",
        help_text="从这一天起到下一次已登记的变更为止；以前的情况保留。",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages=DAY_REQUIRED,
    )
    name = of(InstitutionProfile, "name")
    status = of(InstitutionProfile, "status")
    region = RegionField(label="所在区划", help_text="填到街道或社区。")
    address = of(InstitutionProfile, "address")
    credit_code = of(InstitutionProfile, "credit_code")
    ownership = of(InstitutionProfile, "ownership")
    category = of(InstitutionProfile, "category")
    level = of(InstitutionProfile, "level")
    grade = of(InstitutionProfile, "grade")
    departments = several("科室", Department, required=False)
    elderly_kind = of(InstitutionProfile, "elderly_kind")
    elderly_grade = of(InstitutionProfile, "elderly_grade")
    host = InstitutionField(label="举办单位（内设机构填）", required=False)
    reason = reason_field(required=False)

    def __init__(self, *args: Any, current: InstitutionProfile | None = None, **options: Any):
        super().__init__(*args, **options)
        self.current = current
        for name in self._kept_by_others():
            self.fields[name].disabled = True
            self.fields[name].help_text = "由另一部门登记；要改，请提交修改申请。"
        self.fields["reason"].label = "原因"
        if current is not None:
            self.fields["reason"].help_text = f"改动影响指标的各项时必填。{HINT}"

    def _kept_by_others(self) -> tuple[str, ...]:
        health = self.actor.may(Permission.EDIT_HEALTH)
        elderly = self.actor.may(Permission.EDIT_ELDERLY)
        return (*(() if health else HEALTH_FIELDS), *(() if elderly else ELDERLY_FIELDS))

    @property
    def profile(self) -> dict[str, Any]:
        """The profile as it is to hold."""
        apart = ("starts_on", "reason", "code", "confirmed")
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if not FOUNDING_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(f"年份应在 {FOUNDING_YEAR}—{LAST_YEAR} 之间，请核对。")
        return day

    def clean_credit_code(self) -> str:
        text: str = self.cleaned_data["credit_code"]
        try:
            return credit_code(text) if text else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_departments(self) -> list[str]:
        """The departments in the order they stand in where they are the same ones."""
        ticked: list[str] = self.cleaned_data["departments"]
        held = list(self.current.departments) if self.current else []
        return held if set(held) == set(ticked) else ticked

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if not (cleaned.get("category") or cleaned.get("elderly_kind")):
            self.add_error(None, "请填写卫生机构类别或养老服务机构类型，至少一项。")
        if self.current:
            for name, told in refusals(self.actor, self.current, cleaned).items():
                self.add_error(name, told)
        labels = self.moving_labels(cleaned) if self.current else []
        if labels and not cleaned.get("reason"):
            self.add_error(
                "reason", f"改动了{'、'.join(labels)}，会使指标变动，请写明原因：文号或事由。"
            )
        return cleaned

    def moving_labels(self, cleaned: Mapping[str, Any]) -> list[str]:
        """Which of the fields that indicators read are to change."""
        return [
            str(self.fields[name].label)
            for name in MOVES_INDICATORS
            if name in cleaned and cleaned[name] != getattr(self.current, name)
        ]


class InstitutionForm(ProfileForm):
    """A new institution under the city's code."""

    code = of(Institution, "code", help_text="本市统一编码：数字、字母和连字符，2—32 位。")
    field_order = ("code",)
