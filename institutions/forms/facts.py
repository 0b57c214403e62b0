"""The forms of an institution's dated facts and reports."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar

from django import forms

from institutions.forms.fields import of, reason_field, several
from institutions.forms.pickers import ActorForm, InstitutionField
from institutions.models import (
    BedCount,
    CareService,
    ChannelStep,
    InstitutionContact,
    InsuranceDesignation,
    Licence,
    Note,
    Occupancy,
    StaffCount,
)
from yiyang.access.http import ActorRequest
from yiyang.lib.identifiers import phone

FOUNDING_YEAR, LAST_YEAR = 1949, 2199


class FactForm(ActorForm):
    """One fact: its values, then why. `chooser` is the field that decides whose part it is."""

    chooser: ClassVar[str] = ""
    # 从某日起接替原记录的，不问截止日：到下一次变更为止。
    follows_on: ClassVar[bool] = False

    def __init__(
        self,
        *args: Any,
        request: ActorRequest,
        offered: Collection[str] = (),
        is_correction: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, request=request, **options)
        if self.chooser:
            self._offer(offered)
        if self.follows_on and not is_correction:
            self.fields.pop("ends_on", None)
        self.fields["reason"] = reason_field(required=is_correction)

    def _offer(self, offered: Collection[str]) -> None:
        chosen = self.fields[self.chooser]
        assert isinstance(chosen, forms.ChoiceField)
        known: list[Any] = list(chosen.choices)  # type: ignore[arg-type]
        choices = [one for one in known if one[0] == "" or one[0] in offered]
        chosen.choices = choices[1:] if len(choices) == 2 else choices  # noqa: PLR2004

    @property
    def values(self) -> dict[str, Any]:
        """What the fact is to hold: all but the reason."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        for name in ("starts_on", "ends_on", "counted_on"):
            day = cleaned.get(name)
            if day and not FOUNDING_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, f"年份应在 {FOUNDING_YEAR}—{LAST_YEAR} 之间，请核对。")
        counted_on: date | None = cleaned.get("counted_on")
        if counted_on and counted_on > self.actor.day:
            self.add_error("counted_on", "统计日不能晚于今天。")
        return cleaned


class LicenceForm(FactForm):
    chooser = "kind"
    kind = of(Licence, "kind")
    number = of(Licence, "number")
    issued_by = of(Licence, "issued_by")
    full_time_beds = of(Licence, "full_time_beds")
    starts_on = of(Licence, "starts_on")
    ends_on = of(Licence, "ends_on", help_text="最后一个有效日；长期有效的留空。")


class ChannelForm(FactForm):
    follows_on = True
    steps = several("覆盖环节", ChannelStep)
    starts_on = of(Licence, "starts_on")
    ends_on = of(Licence, "ends_on")


class CareServiceForm(FactForm):
    form = of(CareService, "form")
    gives_medical = of(CareService, "gives_medical")
    gives_rehabilitation = of(CareService, "gives_rehabilitation")
    provider = InstitutionField(label="提供机构", side="health", required=False)
    starts_on = of(CareService, "starts_on")
    ends_on = of(CareService, "ends_on")


class DesignationForm(FactForm):
    scheme = of(InsuranceDesignation, "scheme")
    code = of(InsuranceDesignation, "code")
    starts_on = of(InsuranceDesignation, "starts_on")
    ends_on = of(InsuranceDesignation, "ends_on")


class ContactForm(FactForm):
    follows_on = True
    name = of(InstitutionContact, "name")
    phone = of(InstitutionContact, "phone", help_text="11 位手机号，或带区号的固定电话。")
    starts_on = of(InstitutionContact, "starts_on")
    ends_on = of(InstitutionContact, "ends_on")

    def clean_phone(self) -> str:
        try:
            return phone(self.cleaned_data["phone"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class BedsForm(FactForm):
    chooser = "register"
    counted_on = of(BedCount, "counted_on")
    register = of(BedCount, "register")
    basis = of(BedCount, "basis")
    total = of(BedCount, "total")
    nursing = of(BedCount, "nursing")
    rehabilitation = of(BedCount, "rehabilitation")
    hospice = of(BedCount, "hospice")
    day_care = of(BedCount, "day_care")
    in_both = of(BedCount, "in_both")
    in_both_care = of(BedCount, "in_both_care")


class OccupancyForm(FactForm):
    counted_on = of(Occupancy, "counted_on", help_text="当月最后一天。")
    occupants = of(Occupancy, "occupants")
    dependent = of(Occupancy, "dependent")
    partly_dependent = of(Occupancy, "partly_dependent")
    aged_80_plus = of(Occupancy, "aged_80_plus")


class StaffForm(FactForm):
    counted_on = of(StaffCount, "counted_on")
    physicians = of(StaffCount, "physicians")
    nurses = of(StaffCount, "nurses")
    care_workers = of(StaffCount, "care_workers")
    rehabilitation_staff = of(StaffCount, "rehabilitation_staff")
    multi_site_physicians = of(StaffCount, "multi_site_physicians")


class NoteForm(FactForm):
    text = of(Note, "text", widget=forms.Textarea({"rows": 3}))


class EndForm(ActorForm):
    """The last day a fact holds, and why."""

    ends_on = of(Licence, "ends_on", required=True)
    reason = reason_field(required=True)

    def clean_ends_on(self) -> date:
        day: date = self.cleaned_data["ends_on"]
        if not FOUNDING_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(f"年份应在 {FOUNDING_YEAR}—{LAST_YEAR} 之间，请核对。")
        return day


class VoidForm(ActorForm):
    """Why a row is taken back, and whether the one before it holds on."""

    reason = reason_field(required=True)

    def __init__(self, *args: Any, has_before: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if has_before:
            self.fields["reopens"] = forms.BooleanField(
                label="前一条接着有效，到这条原来的截止日", required=False, initial=True
            )
