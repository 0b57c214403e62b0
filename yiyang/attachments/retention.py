"""Scans whose retention is over: said first, then destroyed; that there was a scan stays known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import DateField, TextChoices
from django.db.models.functions import Cast

from yiyang.attachments.holders import over_by
from yiyang.attachments.models import Attachment, AttachmentContent
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.changelog.context import SYSTEM, recorded
from yiyang.lib.ages import birth_cutoff


class ScanGround(TextChoices):
    OVER = "OVER", "所属记录结束后保存期满"
    VOIDED = "VOIDED", "附件作废后保存期满"


@dataclass(frozen=True, slots=True)
class DueScan:
    """A scan to be destroyed and why."""

    attachment: Attachment
    ground: ScanGround


def due_scans(as_of: date) -> list[DueScan]:
    """Every scan still kept whose retention is over on `as_of`, oldest first."""
    voided_by = birth_cutoff(as_of, _years("ATTACHMENT_YEARS_AFTER_VOID"))
    ended_by = birth_cutoff(as_of, _years("ATTACHMENT_YEARS_AFTER_END"))
    stored = Attachment.objects.filter(destroyed_at=None)
    voided = stored.annotate(day=Cast("voided_at", DateField())).filter(day__lte=voided_by)
    found = {
        **{one.pk: DueScan(one, ScanGround.VOIDED) for one in voided},
        **{one.pk: DueScan(one, ScanGround.OVER) for one in stored.filter(over_by(ended_by))},
    }
    return [found[pk] for pk in sorted(found)]


def destroy_scans(*, as_of: date, at: datetime) -> int:
    """Destroy the bytes and the key of every scan that is due; stopped half-way, it goes on.

    Name, fingerprint and size stay, with the day the scan was destroyed.
    """
    due = due_scans(as_of)
    for scan in due:
        _destroy(scan, at)
    return len(due)


def _destroy(scan: DueScan, at: datetime) -> None:
    kept = scan.attachment
    record(
        kind=EventKind.DESTROY,
        actor_id=None,
        outcome=Outcome.ALLOWED,
        subject=f"{kept.holder}:{kept.object_id}",
        reason=str(scan.ground.label),
        details={"page": "附件", "attachment": kept.pk},
    )
    with recorded(by=SYSTEM, reason=str(scan.ground.label)):
        AttachmentContent.objects.filter(attachment=kept).update(wrapped=None, sealed=None)
        Attachment.objects.filter(pk=kept.pk, destroyed_at=None).update(destroyed_at=at)


def _years(setting: str) -> int:
    years = int(getattr(settings, setting))
    if years < 1:
        raise ImproperlyConfigured(f"{setting} 至少 1 年：未满一年即销毁，年度考核就无从核对。")
    return years
