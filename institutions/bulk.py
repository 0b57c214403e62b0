"""Changing one attribute of many institutions from a day on: planned, shown, then written so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from institutions.actions_facts import change_institution
from institutions.actions_status import change_status, refuse_status
from institutions.consent import held_by, refusals, stored
from institutions.consequences import StatusChange, consequences_of
from institutions.editing import may_edit_profile
from institutions.models import Institution, InstitutionProfile, Ownership, Region, Status
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded

MOST_AT_ONCE = 500
NO_PROFILE = "这一天没有登记概况，请换一个日期。"
NOT_YOURS = "由另一部门登记，您的角色不能改。"
HANGS_ON_IT = "有 {} 份协议等记录随之处理，请到机构页面逐家办理。"
ONLY_UNTIL = "只改到 {} 前一日：那天起已登记另一份概况。"
CHANGED = "预览之后登记有变动，没有写入；请重新预览。"


class Attribute(models.TextChoices):
    """What may be changed of many at once."""

    STATUS = "status", "状态"
    OWNERSHIP = "ownership", "性质"
    REGION = "region", "所在区划"


class Outcome(StrEnum):
    """What is to become of one institution."""

    CHANGE = "改"
    UNCHANGED = "不变"
    REFUSED = "不能改"

    @property
    def tone(self) -> str:
        return {"改": "good", "不变": "none", "不能改": "bad"}[self.value]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One attribute, its new value, from which day, and why."""

    attribute: Attribute
    value: str | Region
    starts_on: date
    reason: str

    @property
    def words(self) -> str:
        return _words(self.attribute, stored(self.value), str(self.value))


@dataclass(frozen=True, slots=True)
class Line:
    """One institution before and after; `why` says why not, or how far."""

    institution: Institution
    profile: InstitutionProfile | None
    before: str
    after: str
    outcome: Outcome
    why: str = ""

    @property
    def name(self) -> str:
        return self.profile.name if self.profile else self.institution.code


def planned(by: Actor, institution_ids: Collection[int], wanted: Wanted) -> list[Line]:
    """What would become of each institution the actor may see, in the order of their codes."""
    seen = Institution.objects.kept().visible_to(by).filter(pk__in=institution_ids)
    institutions = list(seen.order_by("code")[:MOST_AT_ONCE])
    profiles = InstitutionProfile.objects.kept().filter(institution__in=institutions)
    holding = {
        one.institution_id: one for one in profiles.on(wanted.starts_on).select_related("region")
    }
    later = dict(
        profiles.filter(starts_on__gt=wanted.starts_on)
        .order_by("-starts_on")
        .values_list("institution", "starts_on")
    )
    return [_line(by, one, holding.get(one.pk), wanted, later.get(one.pk)) for one in institutions]


def digest_of(lines: Sequence[Line], wanted: Wanted) -> str:
    """A seal over everything previewed: any difference gives another one."""
    told = [
        (line.institution.pk, line.profile.pk if line.profile else 0, line.before, line.outcome)
        for line in lines
    ]
    terms = (wanted.attribute.value, stored(wanted.value), str(wanted.starts_on), wanted.reason)
    return hashlib.sha256(json.dumps([told, terms], ensure_ascii=False).encode()).hexdigest()


def change_many(
    *, by: Actor, institution_ids: Collection[int], wanted: Wanted, digest: str
) -> list[Line]:
    """Write exactly what was previewed under the seal, or nothing. ValidationError if it moved."""
    with recorded(by=by, reason=wanted.reason):
        list(
            Institution.objects.select_for_update()
            .filter(pk__in=institution_ids)
            .order_by("pk")
            .values_list("pk")
        )
        lines = planned(by, institution_ids, wanted)
        if digest_of(lines, wanted) != digest:
            raise ValidationError(CHANGED)
        for line in lines:
            if line.outcome is Outcome.CHANGE:
                _write(by, line, wanted)
    return lines


def _line(
    by: Actor,
    institution: Institution,
    profile: InstitutionProfile | None,
    wanted: Wanted,
    later: date | None,
) -> Line:
    if profile is None:
        return Line(institution, None, "", "", Outcome.REFUSED, NO_PROFILE)
    before = _held(profile, wanted.attribute)
    if held_by(profile)[wanted.attribute.value] == stored(wanted.value):
        return Line(institution, profile, before, before, Outcome.UNCHANGED)
    refused = _refusal(by, institution, profile, wanted)
    if refused:
        return Line(institution, profile, before, before, Outcome.REFUSED, refused)
    why = ONLY_UNTIL.format(later) if later else ""
    return Line(institution, profile, before, wanted.words, Outcome.CHANGE, why)


def _refusal(
    by: Actor, institution: Institution, profile: InstitutionProfile, wanted: Wanted
) -> str:
    """Why this institution cannot be changed so; empty when it can."""
    kinds = {"category": profile.category, "elderly_kind": profile.elderly_kind}
    if not may_edit_profile(by, institution, **kinds):
        return NOT_YOURS
    told = refusals(by, profile, {wanted.attribute.value: wanted.value})
    if told:
        return next(iter(told.values()))
    if wanted.attribute is not Attribute.STATUS:
        return ""
    change = _status_change(wanted)
    try:
        refuse_status(by, institution, change)
    except ValidationError as error:
        return "；".join(error.messages)
    touched = sum(len(rows) for _, rows in consequences_of(institution, change))
    return HANGS_ON_IT.format(touched) if touched else ""


def _write(by: Actor, line: Line, wanted: Wanted) -> None:
    if wanted.attribute is Attribute.STATUS:
        change = _status_change(wanted)
        change_status(by=by, institution=line.institution, change=change, chosen={}, listed=())
        return
    assert line.profile is not None
    change_institution(
        by=by,
        institution=line.institution,
        starts_on=wanted.starts_on,
        reason=wanted.reason,
        profile={**_copied(line.profile), wanted.attribute.value: wanted.value},
    )


def _copied(profile: InstitutionProfile) -> dict[str, Any]:
    """The profile as it is, but for its days and what follows from the name."""
    apart = {"id", "institution", "pinyin", "starts_on", "ends_on", "voided_at", "void_reason"}
    names = (field.name for field in InstitutionProfile._meta.concrete_fields)
    return {name: getattr(profile, name) for name in names if name not in apart}


def _status_change(wanted: Wanted) -> StatusChange:
    return StatusChange(Status(str(wanted.value)), wanted.starts_on, wanted.reason)


def _held(profile: InstitutionProfile, attribute: Attribute) -> str:
    value = held_by(profile)[attribute.value]
    return _words(attribute, value, profile.region.name)


def _words(attribute: Attribute, value: Any, region: str) -> str:
    if attribute is Attribute.STATUS:
        return str(Status(value).label)
    if attribute is Attribute.OWNERSHIP:
        return str(Ownership(value).label) if value else "未填"
    return region
