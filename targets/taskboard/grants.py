"""The verbs that give a liaison a bureau and take it back."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError

from targets.models import Bureau, BureauGrant
from yiyang.access.actions import audit_account, refuse_own
from yiyang.access.models import User
from yiyang.access.roles import Permission
from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import checked_create, void

NOT_A_LIAISON = "只有部门联络员归属部门；请先在本页把角色改为部门联络员。"


def grant_bureau(*, by: Recorder, user: User, bureau: Bureau, on: date) -> None:
    """From `on` let somebody else's account speak for a bureau."""
    refuse_own(by, user)
    if Permission.UPDATE_TASKS not in user.definition.permissions:
        raise ValidationError(NOT_A_LIAISON)
    with recorded(by=by, reason="授权部门"):
        checked_create(BureauGrant, user=user, bureau=bureau, starts_on=on)
    audit_account(by, user, "grant", details={"bureau": bureau.code})


def end_bureau_grant(*, by: Recorder, grant: BureauGrant, user: User, on: date) -> None:
    """Take the bureau back at once: the day before `on` is the last."""
    refuse_own(by, user)
    if grant.starts_on >= on:
        void(by=by, fact=grant, reason="当日收回授权")
    else:
        with recorded(by=by, reason="收回部门授权"):
            BureauGrant.objects.filter(pk=grant.pk).update(ends_on=on - timedelta(days=1))
    audit_account(by, user, "grant_end", details={"bureau_grant": grant.pk})
