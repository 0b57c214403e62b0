"""The verbs that enter, end, correct and take back one dated fact or report of an institution."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from institutions.consent import held_by, refuse_without_consent
from institutions.consequences import refuse_unsettled
from institutions.models import Institution, InstitutionProfile
from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import Written, checked_create, hold_from, void
from yiyang.facts import DatedFact, Fact
from yiyang.lib.pinyin import initials

PINYIN_LENGTH = 100


def open_institution(
    *, by: Recorder, code: str, starts_on: date, reason: str, profile: Mapping[str, Any]
) -> Institution:
    """Enter an institution that the register does not have. ValidationError when it has."""
    with recorded(by=by, reason=reason):
        if Institution.objects.filter(code=code).exists():
            raise ValidationError({"code": f"机构编码 {code} 已有登记，请核对，或打开原机构修改。"})
        institution = checked_create(Institution, code=code)
        assert isinstance(institution, Institution)
        hold_profile(
            by=by, institution=institution, starts_on=starts_on, profile=profile, reason=reason
        )
    return institution


def change_institution(
    *,
    by: Recorder,
    institution: Institution,
    starts_on: date,
    reason: str,
    profile: Mapping[str, Any],
) -> Written:
    """From `starts_on` on, until the next known change, the institution is as `profile` says.

    What stops an institution with agreements goes through change_status instead; ValidationError
    for what only the other office, or both together, may change.
    """
    refuse_without_consent(by, institution, starts_on, profile)
    if "status" in profile:
        refuse_unsettled(institution, profile["status"], starts_on)
    with recorded(by=by, reason=reason):
        return hold_profile(
            by=by, institution=institution, starts_on=starts_on, profile=profile, reason=reason
        )


def hold_profile(
    *,
    by: Recorder,
    institution: Institution,
    starts_on: date,
    profile: Mapping[str, Any],
    reason: str,
) -> Written:
    """The change itself, for those who have made sure of the other office's consent."""
    pinyin = initials(profile["name"])[:PINYIN_LENGTH]
    return hold_from(
        by=by,
        model=InstitutionProfile,
        keys={"institution": institution},
        starts_on=starts_on,
        values={**profile, "pinyin": pinyin},
        reason=reason,
    )


def enter_fact(
    *,
    by: Recorder,
    model: type[models.Model],
    institution: Institution,
    values: Mapping[str, Any],
    reason: str,
) -> None:
    """Enter one fact beside those there are. ValidationError where one stands in its place."""
    with recorded(by=by, reason=reason):
        checked_create(model, institution=institution, **values)


def let_hold(
    *,
    by: Recorder,
    model: type[models.Model],
    institution: Institution,
    values: Mapping[str, Any],
    reason: str,
) -> Written:
    """From its start on let one fact stand in the place of the one that held until then."""
    rest = {name: value for name, value in values.items() if name != "starts_on"}
    with recorded(by=by, reason=reason):
        return hold_from(
            by=by,
            model=model,
            keys={"institution": institution},
            starts_on=values["starts_on"],
            values=rest,
            reason=reason,
        )


def correct_fact(*, by: Recorder, fact: Fact, values: Mapping[str, Any], reason: str) -> Written:
    """Void the mistaken row and enter it again as it should have been."""
    if all(getattr(fact, name) == value for name, value in values.items()):
        return Written.UNCHANGED
    fixed = ("id", "voided_at", "void_reason")
    kept = {
        field.name: getattr(fact, field.name)
        for field in fact._meta.concrete_fields
        if field.name not in fixed
    }
    with recorded(by=by, reason=reason):
        _take_back(by, fact, f"更正：{reason}")
        checked_create(type(fact), **{**kept, **values})
    return Written.CHANGED


def end_fact(*, by: Recorder, fact: DatedFact, ends_on: date, reason: str) -> None:
    """Let `ends_on` be the last day the fact holds. ValidationError before its first day."""
    with recorded(by=by, reason=reason):
        fact.ends_on = ends_on
        fact.full_clean()
        fact.save(update_fields=["ends_on"])


def void_fact(*, by: Recorder, fact: Fact, reason: str, reopens: bool = False) -> None:
    """Take back a mistaken row; `reopens` lets the one it followed hold in its place.

    ValidationError without a reason or when it is taken back already.
    """
    with recorded(by=by, reason=reason):
        _take_back(by, fact, reason)
        before = followed_by(fact) if reopens and isinstance(fact, DatedFact) else None
        if before is not None:
            before.ends_on = fact.ends_on  # type: ignore[attr-defined]
            before.full_clean()
            before.save(update_fields=["ends_on"])


def followed_by(fact: DatedFact) -> DatedFact | None:
    """The row of the same institution that ended the day before this one began."""
    rows: Any = type(fact)._default_manager
    rows = rows.filter(
        institution=fact.institution_id,  # type: ignore[attr-defined]
        voided_at=None,
        ends_on=fact.starts_on - timedelta(days=1),
    )
    before: DatedFact | None = rows.first()
    return before


def void_profile(*, by: Recorder, profile: InstitutionProfile, reason: str) -> None:
    """Take back a mistaken change: what the institution was before holds on in its place.

    ValidationError where nothing stands before or after it: then it is the institution itself.
    """
    with recorded(by=by, reason=reason):
        others = InstitutionProfile.objects.kept().filter(institution=profile.institution_id)
        if not others.exclude(pk=profile.pk).exists():
            raise ValidationError("这是机构仅有的一份概况，不能作废；填错了的请在“修改概况”里改。")
        before = followed_by(profile)
        if isinstance(before, InstitutionProfile):
            refuse_without_consent(by, profile.institution, profile.starts_on, held_by(before))
            refuse_unsettled(profile.institution, before.status, profile.starts_on)
        void_fact(by=by, fact=profile, reason=reason, reopens=True)


def _take_back(by: Recorder, fact: Fact, reason: str) -> None:
    # 两个人同时更正同一条：后到的要看到已经作废，而不是再补出一条。
    rows = type(fact)._default_manager.select_for_update()
    if not rows.filter(pk=fact.pk, voided_at=None).exists():
        raise ValidationError("这条记录已被作废或更正，请回到机构页查看。")
    void(by=by, fact=fact, reason=reason[:200])
