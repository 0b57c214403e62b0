"""The forms of doctor teams and of sign-ups with them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from contracts.models import DoctorTeam, FamilyDoctorSignup, TeamArea
from contracts.pickers import TeamField
from institutions.forms.facts import FOUNDING_YEAR, LAST_YEAR
from institutions.forms.fields import of, reason_field
from institutions.forms.pickers import ActorForm, InstitutionField, RegionField


class DatedForm(ActorForm):
    """A form whose days lie within living memory."""

    def clean(self) -> dict[str, Any]:
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, date) and not FOUNDING_YEAR <= value.year <= LAST_YEAR:
                self.add_error(name, f"年份应在 {FOUNDING_YEAR}—{LAST_YEAR} 之间，请核对。")
        return self.cleaned_data


class TeamForm(DatedForm):
    """A new team."""

    code = of(DoctorTeam, "code", help_text="家庭医生签约系统里的团队编码。")
    name = of(DoctorTeam, "name")
    institution = InstitutionField(label="所属机构", side="health")
    starts_on = of(DoctorTeam, "starts_on")
    reason = reason_field(required=False)


class TeamNameForm(ActorForm):
    """Another name of a team."""

    name = of(DoctorTeam, "name")
    reason = reason_field(required=True)


class AreaForm(DatedForm):
    """A community that a team is to answer for."""

    region = RegionField(label="责任社区")
    starts_on = of(TeamArea, "starts_on")
    reason = reason_field(required=False)


class AreaCorrectionForm(DatedForm):
    """A community of a team as it should have been entered, and why."""

    region = RegionField(label="责任社区")
    starts_on = of(TeamArea, "starts_on")
    ends_on = of(TeamArea, "ends_on")
    reason = reason_field(required=True)


class SignupForm(DatedForm):
    """The terms of a sign-up."""

    team = TeamField(label="家庭医生团队")
    signed_on = of(FamilyDoctorSignup, "signed_on")
    starts_on = of(FamilyDoctorSignup, "starts_on")
    expires_on = of(FamilyDoctorSignup, "expires_on", help_text="最后一个有效日；签约期至少一年。")
    auto_renews = of(FamilyDoctorSignup, "auto_renews")


class TerminationForm(DatedForm):
    """The first day a sign-up no longer holds, and why."""

    on = of(
        FamilyDoctorSignup,
        "terminated_on",
        required=True,
        label="解约日期",
        help_text="当日起不再有效。",
    )
    reason = reason_field(required=True)


def a_year_on(starts_on: date) -> date:
    """The last day of a year that begins on `starts_on`."""
    try:
        return starts_on.replace(year=starts_on.year + 1) - timedelta(days=1)
    except ValueError:  # 2 月 29 日：到次年 2 月 28 日满一年
        return date(starts_on.year + 1, 2, 28)


def terms_from(starts_on: date, signed_on: date) -> dict[str, Any]:
    """The usual terms: a year from `starts_on`."""
    return {"signed_on": signed_on, "starts_on": starts_on, "expires_on": a_year_on(starts_on)}
