"""The verb that suspends, closes or reopens an institution with all that hangs on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from institutions.consent import held_by
from institutions.consequences import StatusChange, consequences_of, listed_keys
from institutions.models import Institution, InstitutionProfile, Status
from institutions.ownership import side_to_ask
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import hold_from

# 换状态时照抄的各项：除了编号、起止与作废，概况里的全部。
NOT_COPIED = {"id", "institution", "status", "starts_on", "ends_on", "voided_at", "void_reason"}
NO_PROFILE = "机构在 {on} 没有有效的概况；请换一个日期。"
IS_CLOSED = "机构已经注销；重新开业请登记为新的机构。"
ASK_FIRST = "{what}须{who}同意；请提交修改申请，对方同意时协议一并处理。"
LIST_CHANGED = "您查看之后，受影响的记录有变；请重新核对下面的名单再提交。"


def change_status(
    *,
    by: Actor,
    institution: Institution,
    change: StatusChange,
    chosen: Mapping[str, Collection[str]],
    listed: Collection[str],
) -> None:
    """From the day on the institution has the status, and what was chosen is settled with it.

    All of it happens or nothing. `listed` is what the clerk was shown; if that is no longer all,
    the change is refused.
    """
    if not change.reason.strip():
        raise ValidationError({"reason": "请写明原因。"})
    with recorded(by=by, reason=change.reason):
        Institution.objects.select_for_update().get(pk=institution.pk)
        profile = refuse_status(by, institution, change)
        found = consequences_of(institution, change)
        if listed_keys(found) != set(listed):
            raise ValidationError(LIST_CHANGED)
        for kind, rows in found:
            wanted = set(chosen.get(kind.name, ()))
            keys = [one.key for one in rows if not one.is_optional or one.key in wanted]
            kind.settle(by, institution, change, keys)
        hold_from(
            by=by,
            model=InstitutionProfile,
            keys={"institution": institution},
            starts_on=change.on,
            values={**_copied(profile), "status": change.status.value},
            reason=change.reason,
        )


def refuse_status(by: Actor, institution: Institution, change: StatusChange) -> InstitutionProfile:
    """The profile the change starts from; ValidationError where it makes no sense."""
    profile = profile_on(institution, change.on)
    if profile is None:
        raise ValidationError({"on": NO_PROFILE.format(on=change.on)})
    if profile.status == Status.CLOSED:
        raise ValidationError({"status": IS_CLOSED})
    if profile.status == change.status:
        raise ValidationError({"status": f"机构在 {change.on} 已是“{change.status.label}”。"})
    other = side_to_ask(by, held_by(profile), "status", change.status.value)
    if other is not None:
        refusal = ASK_FIRST.format(what=change.status.label, who=other.label)
        raise ValidationError({"status": refusal})
    later = InstitutionProfile.objects.kept().filter(
        institution=institution, starts_on__gt=change.on
    )
    if known := later.order_by("starts_on").first():
        raise ValidationError(
            {"on": f"{known.starts_on} 起已登记了另一份概况；请先作废它，或改用之后的日期。"}
        )
    return profile


def profile_on(institution: Institution, day: date) -> InstitutionProfile | None:
    return InstitutionProfile.objects.on(day).filter(institution=institution).first()


def _copied(profile: InstitutionProfile) -> dict[str, Any]:
    names = (field.name for field in InstitutionProfile._meta.concrete_fields)
    return {name: getattr(profile, name) for name in names if name not in NOT_COPIED}
