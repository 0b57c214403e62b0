"""The verbs that staff use on targets and the gaps to them."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError

from institutions.models import Institution
from targets.indicators.catalogue import CODES
from targets.models import ContactNote
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create

LONGEST_NOTE = 300


def record_contact(
    *, by: Actor, institution: Institution, indicator: str, on: date, text: str
) -> ContactNote:
    """Note that the institution was called about the indicator; ValidationError says what is wrong.

    The institution must lie within the actor's scope.
    """
    note = text.strip()
    if not note:
        raise ValidationError("请写明联系的情况，至少一个字。")
    if len(note) > LONGEST_NOTE:
        raise ValidationError(f"联系情况最多 {LONGEST_NOTE} 字，现有 {len(note)} 字。")
    if on > by.day:
        raise ValidationError(f"联系日期 {on} 还没有到；请填今天或以前的日期。")
    if indicator not in CODES:
        raise ValidationError(f"没有指标 {indicator}；请从指标页进入。")
    if not Institution.objects.visible_to(by).filter(pk=institution.pk).exists():
        raise ValidationError("这个机构不在您的授权范围。")
    with recorded(by=by, reason="联系记录"):
        created = checked_create(
            ContactNote,
            institution=institution,
            indicator=indicator,
            contacted_on=on,
            author_id=by.user_id,
            text=note,
        )
    assert isinstance(created, ContactNote)
    return created
