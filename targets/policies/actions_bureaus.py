"""The verbs on bureaus: open one, name it from a day, hand its duties to a successor."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q

from targets.models import Bureau, BureauName
from targets.policies.rights import require_enterer
from targets.policies.slugs import slug_of
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create, hold_from


def open_bureau(*, by: Actor, name: str, starts_on: date, note: str = "") -> Bureau:
    """A new bureau with its official name from the day on."""
    require_enterer(by)
    _refuse_shared(name, starts_on)
    with recorded(by=by, reason="部门名录：新增部门"):
        code = slug_of(name, lambda slug: Bureau.objects.filter(code=slug).exists())
        bureau = checked_create(Bureau, code=code, note=note)
        assert isinstance(bureau, Bureau)
        checked_create(BureauName, bureau=bureau, name=name, is_official=True, starts_on=starts_on)
    return bureau


def name_bureau(
    *, by: Actor, bureau: Bureau, name: str, is_official: bool, starts_on: date, reason: str
) -> None:
    """Call the bureau so from the day on; a former official name ends the day before."""
    require_enterer(by)
    _refuse_shared(name, starts_on, but=bureau)
    if is_official:
        hold_from(
            by=by,
            model=BureauName,
            keys={"bureau": bureau, "is_official": True},
            starts_on=starts_on,
            values={"name": name},
            reason=reason,
        )
        return
    with recorded(by=by, reason=reason):
        checked_create(BureauName, bureau=bureau, name=name, is_official=False, starts_on=starts_on)


def succeed_bureau(
    *, by: Actor, bureau: Bureau, successor: Bureau, from_day: date, reason: str
) -> None:
    """From the day on the duties are another bureau's; its open names end the day before."""
    require_enterer(by)
    _refuse_circle(bureau, successor)
    last = from_day - timedelta(days=1)
    with recorded(by=by, reason=reason):
        rows = Bureau.objects.filter(pk=bureau.pk)
        rows.update(successor=successor, succeeded_on=from_day)
        names = BureauName.objects.kept().filter(bureau=bureau, starts_on__lte=last)
        names.filter(Q(ends_on=None) | Q(ends_on__gt=last)).update(ends_on=last)


def _refuse_shared(name: str, day: date, but: Bureau | None = None) -> None:
    """Two bureaus of one name on one day: no task could tell them apart."""
    named = BureauName.objects.kept().filter(name=name)
    others = named.exclude(bureau=but) if but else named
    holder = others.filter(Q(ends_on=None) | Q(ends_on__gte=day)).first()
    if holder is not None:
        raise ValidationError(
            {"name": f"已有部门叫“{name}”（自 {holder.starts_on} 起），请改用全称。"}
        )
    if but and named.filter(bureau=but).filter(Q(ends_on=None) | Q(ends_on__gte=day)).exists():
        raise ValidationError({"name": f"这个部门已经叫“{name}”，不必再写。"})


def _refuse_circle(bureau: Bureau, successor: Bureau) -> None:
    heir: Bureau | None = successor
    while heir is not None:
        if heir.pk == bureau.pk:
            raise ValidationError(
                {"successor": "承接关系绕成了圈：承接部门又由这个部门承接，请另选。"}
            )
        heir = heir.successor
