"""The nightly anchoring of the chain's head."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from yiyang.audit.anchors import AnchorKind, append_anchor
from yiyang.audit.models import AuditBatch
from yiyang.audit.sealing import seal_one_batch, sealer_lock


def anchor_head(*, at: datetime, path: Path) -> AuditBatch | None:
    """Seal what waits and write the head outside the database; None while nothing happened."""
    with sealer_lock():
        while seal_one_batch(at=at):
            pass
        last = AuditBatch.objects.order_by("number").last()
        if last is not None:
            append_anchor(
                path, kind=AnchorKind.HEAD, at=at, position=last.last_position, head=last.head
            )
    return last
