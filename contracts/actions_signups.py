"""The verbs that sign a person up with a doctor team, renew that and end it (rules.md 10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from contracts.models import DoctorTeam, FamilyDoctorSignup, Person
from contracts.reasons import refuse_identity
from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import checked_create, void

ONE_TEAM = "contracts_signup_one_team"
OVERLAPS = "这段时间已有有效的签约：一人同一时间只能签一个团队，请先解约或改起止日期。"


def sign_up(
    *,
    by: Recorder,
    person: Person,
    team: DoctorTeam,
    signed_on: date,
    starts_on: date,
    expires_on: date,
    auto_renews: bool,
    renewal_of: FamilyDoctorSignup | None = None,
) -> FamilyDoctorSignup:
    """Sign a living person up for a year at least. ValidationError where another one holds."""
    _refuse_gone(person, starts_on)
    _refuse_idle(team, starts_on)
    with _told_in_words(), recorded(by=by, reason="续签" if renewal_of else "签约"):
        signup = checked_create(
            FamilyDoctorSignup,
            person=person,
            team=team,
            signed_on=signed_on,
            starts_on=starts_on,
            expires_on=expires_on,
            auto_renews=auto_renews,
            renewal_of=renewal_of,
        )
    assert isinstance(signup, FamilyDoctorSignup)
    return signup


def renew_signup(
    *, by: Recorder, signup: FamilyDoctorSignup, starts_on: date, **terms: Any
) -> FamilyDoctorSignup:
    """Follow a sign-up by another. ValidationError where it was ended or renews by itself."""
    if signup.terminated_on is not None:
        raise ValidationError("这份签约已解约，不能续签；请另行签约。")
    if FamilyDoctorSignup.objects.kept().filter(renewal_of=signup).exists():
        raise ValidationError("这份签约已经续签过；再往后续，请从最近的一份续。")
    if signup.auto_renews:
        raise ValidationError("这份签约期满自动续约，不用续签；要换团队的，请先解约。")
    if starts_on <= signup.expires_on:
        first = signup.expires_on + timedelta(days=1)
        raise ValidationError({"starts_on": f"续签从原签约到期的次日起，最早 {first}。"})
    return sign_up(by=by, person=signup.person, starts_on=starts_on, renewal_of=signup, **terms)


def terminate_signup(*, by: Recorder, signup: FamilyDoctorSignup, on: date, reason: str) -> None:
    """End a sign-up early; `on` is the first day it no longer holds."""
    if signup.terminated_on is not None:
        raise ValidationError(f"这份签约已于 {signup.terminated_on} 解约。")
    if on > signup.expires_on and not signup.auto_renews:
        raise ValidationError({"on": f"这份签约 {signup.expires_on} 到期，到期后不用解约。"})
    refuse_identity(reason, signup.person)
    with recorded(by=by, reason=reason):
        signup.terminated_on, signup.termination_reason = on, reason.strip()
        signup.full_clean(exclude=["person"])
        signup.save(update_fields=["terminated_on", "termination_reason"])


def void_signup(*, by: Recorder, signup: FamilyDoctorSignup, reason: str) -> None:
    """Take back a sign-up entered by mistake. ValidationError when another renews it."""
    if FamilyDoctorSignup.objects.kept().filter(renewal_of=signup).exists():
        raise ValidationError("已有一份签约续自这份，请先作废续签的那一份。")
    refuse_identity(reason, signup.person)
    with recorded(by=by, reason=reason):
        # 作废的一份不再占着“续自”：原签约还可以另行续签。
        FamilyDoctorSignup.objects.filter(pk=signup.pk).update(renewal_of=None)
        void(by=by, fact=signup, reason=reason)


def _refuse_gone(person: Person, day: date) -> None:
    if person.duplicate_of_id is not None:
        raise ValidationError("这是重复记录，请到保留的那份档案办理签约。")
    if person.died_on is not None and person.died_on <= day:
        raise ValidationError("该人已去世，不能签约。")


def _refuse_idle(team: DoctorTeam, day: date) -> None:
    if team.starts_on > day or (team.ends_on is not None and team.ends_on < day):
        raise ValidationError({"team": f"该团队 {day} 不在岗，请另选团队或改生效日期。"})


@contextmanager
def _told_in_words() -> Iterator[None]:
    """Turn the trigger's refusal into words a form can show."""
    try:
        yield
    except IntegrityError as error:
        diagnostics = getattr(error.__cause__, "diag", None)
        if getattr(diagnostics, "constraint_name", "") != ONE_TEAM:
            raise
        raise ValidationError(OVERLAPS) from None
