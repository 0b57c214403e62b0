"""A family-doctor team entered under its code."""

from __future__ import annotations

from datetime import date
from typing import Any

from contracts.models import DoctorTeam
from institutions.models import Institution
from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import Written, checked_create
from yiyang.lib.pinyin import initials


def enter_team(
    *,
    by: Recorder,
    code: str,
    name: str,
    institution: Institution,
    starts_on: date,
    ends_on: date | None,
) -> Written:
    """Enter a team, or correct what is known under its code; the same again changes nothing."""
    values: dict[str, Any] = {
        "name": name,
        "pinyin": initials(name)[:60],
        "institution": institution,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    with recorded(by=by, reason="家庭医生团队"):
        known = DoctorTeam.objects.filter(code=code).first()
        if known is None:
            checked_create(DoctorTeam, code=code, **values)
            return Written.NEW
        if all(getattr(known, field) == value for field, value in values.items()):
            return Written.UNCHANGED
        for field, value in values.items():
            setattr(known, field, value)
        known.full_clean()
        known.save(update_fields=list(values))
        return Written.CHANGED
