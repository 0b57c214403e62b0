"""The removal of sealed batches that have been kept long enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min

from yiyang.audit.anchors import AnchorKind, append_anchor, read_anchors
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.models import AuditBatch
from yiyang.audit.recording import record
from yiyang.audit.sealing import sealer_lock


@dataclass(frozen=True, slots=True)
class Due:
    """What may go: everything up to an anchored head."""

    position: int
    head: str
    events: int


def due_for_expiry(*, at: datetime, path: Path) -> Due | None:
    """Return the batches, whole and up to an anchored head, that are older than the setting."""
    limit = at - timedelta(days=settings.AUDIT_KEEP_DAYS)
    bounds = AuditBatch.objects.aggregate(first=Min("first_position"), last=Max("last_position"))
    # 锚点之前的事件都早于锚点；数据库里的函数再逐条核对一遍。最后一批留着：链要从它接下去。
    possible = [
        anchor
        for anchor in read_anchors(path)
        if anchor.at < limit and (bounds["first"] or 0) <= anchor.position < (bounds["last"] or 0)
    ]
    if not possible:
        return None
    through = max(possible, key=lambda anchor: anchor.position)
    count = through.position - bounds["first"] + 1
    return Due(through.position, through.head, count)


def expire_events(*, at: datetime, path: Path) -> Due | None:
    """Remove what is due; the anchor file first says that the chain may begin after it."""
    with sealer_lock():
        due = due_for_expiry(at=at, path=path)
        if due is None:
            return None
        # 先锚定再删：中途停下，链还从老地方开始，再运行一次即可。
        append_anchor(path, kind=AnchorKind.START, at=at, position=due.position, head=due.head)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT yiyang_expire_audit(%s, %s)", [due.position, settings.AUDIT_KEEP_DAYS]
            )
    record(
        kind=EventKind.AUDIT_EXPIRY,
        actor_id=None,
        outcome=Outcome.ALLOWED,
        details={"events": due.events, "through": due.position},
    )
    return due
