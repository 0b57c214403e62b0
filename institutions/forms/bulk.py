"""The form of a change of many institutions: the new value, from which day, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from institutions.bulk import Attribute, Wanted
from institutions.forms.facts import FOUNDING_YEAR, LAST_YEAR
from institutions.forms.fields import of, reason_field
from institutions.forms.pickers import ActorForm, RegionField
from institutions.models import InstitutionProfile


class BulkForm(ActorForm):
    """One new value for all; which institutions it is for, the page keeps sealed beside it."""

    starts_on = forms.DateField(
        label="从哪天起",
        help_text="以前的情况保留；同一天已有概况的，视为更正。",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "请填写从哪天起。",
            "invalid": "请写成 2026-03-31 这样的日期。",
        },
    )
    reason = reason_field(required=True)
    field_order = ("value", "starts_on", "reason")

    def __init__(self, *args: Any, attribute: Attribute, **options: Any) -> None:
        self.attribute = attribute
        super().__init__(*args, **options)

    @property
    def wanted(self) -> Wanted:
        cleaned = self.cleaned_data
        return Wanted(self.attribute, cleaned["value"], cleaned["starts_on"], cleaned["reason"])

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if not FOUNDING_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(f"年份应在 {FOUNDING_YEAR}—{LAST_YEAR} 之间，请核对。")
        return day


class BulkStatusForm(BulkForm):
    value = of(InstitutionProfile, "status", label="改为")


class BulkOwnershipForm(BulkForm):
    value = of(InstitutionProfile, "ownership", label="改为", required=True)


class BulkRegionForm(BulkForm):
    value = RegionField(label="改到的区划", help_text="填到街道或社区。")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # 查找页带不回勾选的机构，所以不跳回来：查到编码，自己填上。
        region = self.fields["value"]
        assert isinstance(region, RegionField)
        region.here = ""


FORMS: dict[Attribute, type[BulkForm]] = {
    Attribute.STATUS: BulkStatusForm,
    Attribute.OWNERSHIP: BulkOwnershipForm,
    Attribute.REGION: BulkRegionForm,
}
