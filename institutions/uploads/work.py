"""The newest whole register on the work list, while rows of it are not in ours."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse

from institutions.models import RegisterUpload, UploadRow
from institutions.models.uploads import UploadQuerySet, UploadRowQuerySet
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.api.writing import RowStatus
from yiyang.work import WorkGroup, WorkSource

KEEPING = (Permission.EDIT_ELDERLY, Permission.EDIT_HEALTH, Permission.REVIEW)
NOT_WRITTEN = (RowStatus.REFUSED.value, RowStatus.NEEDS_CONSENT.value)
# 过了两个月还没有新的整册，就不再催看旧的。
RECENT = timedelta(days=62)


def may_reconcile(actor: Actor) -> bool:
    """Whether the actor keeps or answers for one side of the registers."""
    return any(actor.may(permission) for permission in KEEPING)


def recent(actor: Actor, day: date) -> UploadQuerySet:
    """The recent registers worked through, the newest first."""
    done = RegisterUpload.objects.visible_to(actor).done()
    return done.filter(month_end__gt=day - RECENT).order_by("-month_end", "-pk")


def newest(actor: Actor, day: date) -> RegisterUpload | None:
    return recent(actor, day).first()


def not_written(actor: Actor, day: date) -> UploadRowQuerySet:
    """Rows of the newest register in the actor's scope that did not enter ours."""
    rows = UploadRow.objects.visible_to(actor).filter(status__in=NOT_WRITTEN)
    return rows.filter(upload__in=recent(actor, day).values("pk")[:1])


def page(actor: Actor, day: date) -> str:
    upload = newest(actor, day)
    if upload is None:
        return reverse("reconciliation-list")
    return reverse("reconciliation-detail", args=[upload.uid])


NOT_RECONCILED = WorkSource(
    id="upload-rows",
    title="民政整册里没有写入登记的行",
    group=WorkGroup.CHECK,
    order=40,
    permission=Permission.VIEW_INSTITUTIONS,
    suits=may_reconcile,
    rows=not_written,
    more_url=page,
    hint="请在“两册核对”里看原因：改正后由民政重新报送，须同意的在修改申请里答复。",
)
