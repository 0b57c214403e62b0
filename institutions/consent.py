"""What of an institution an actor may not change without the other office's consent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from institutions.models import Institution, InstitutionProfile
from institutions.ownership import label_of, side_to_ask
from yiyang.access.scope import Actor
from yiyang.changelog.context import Recorder

# 概况里可以申请改的各项；拼音首字母随名称走。
ASKABLE = (
    *("name", "credit_code", "status", "region", "address", "ownership", "host"),
    *("category", "level", "grade", "departments", "elderly_kind", "elderly_grade"),
)
NEEDS_CONSENT = "{label}须{side}同意才能改；请在机构页提交修改申请。"
Changes = dict[str, dict[str, Any]]


def refuse_without_consent(
    by: Recorder, institution: Institution, day: date, wanted: Mapping[str, Any]
) -> None:
    """ValidationError for what `by` may only ask for, one sentence a field.

    An institution not registered by then has no other side yet; a machine asks nobody.
    """
    if not isinstance(by, Actor):
        return
    profile = InstitutionProfile.objects.on(day).filter(institution=institution).first()
    if profile is None:
        return
    if refused := refusals(by, profile, wanted):
        raise ValidationError(list(refused.values()))


def refusals(by: Actor, profile: InstitutionProfile, wanted: Mapping[str, Any]) -> dict[str, str]:
    """The wanted changes that need consent, with the words that say so, field by field."""
    held = held_by(profile)
    asked = {
        name: side_to_ask(by, held, name, change["new"])
        for name, change in differences(profile, wanted).items()
    }
    return {
        name: NEEDS_CONSENT.format(label=label_of(InstitutionProfile, name), side=side.label)
        for name, side in asked.items()
        if side is not None
    }


def differences(profile: InstitutionProfile, wanted: Mapping[str, Any]) -> Changes:
    """For each field that is to differ, the stored value now and the wanted one."""
    held = held_by(profile)
    return {
        name: {"old": held[name], "new": stored(wanted[name])}
        for name in ASKABLE
        if name in wanted and not is_same(held[name], stored(wanted[name]))
    }


def held_by(profile: InstitutionProfile) -> dict[str, Any]:
    """The fields a request may be about, as the profile stores them."""
    return {name: stored(getattr(profile, attribute_of(name))) for name in ASKABLE}


def stored(value: Any) -> Any:
    """A value as the register stores it: records by their key, lists in any order."""
    if isinstance(value, Model):
        return value.pk
    return list(value) if isinstance(value, list | tuple) else value


def is_same(old: Any, new: Any) -> bool:
    if isinstance(old, list) and isinstance(new, list):
        return sorted(old) == sorted(new)
    return bool(old == new)


def attribute_of(name: str) -> str:
    return str(InstitutionProfile._meta.get_field(name).attname)  # type: ignore[union-attr]
