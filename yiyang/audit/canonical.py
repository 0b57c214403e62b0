"""The one byte form of an event and of a chain link that the macs are made over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime

from yiyang.audit.keys import mac_of
from yiyang.audit.models import AuditBatch, AuditEvent


@dataclass(frozen=True, slots=True)
class EventFields:
    """Everything an event says; what is not here is not vouched for."""

    id: int
    at: datetime
    kind: str
    outcome: str
    actor_id: int | None
    subject: str
    reason: str
    details: Mapping[str, str | int]
    request_id: str
    network: str
    session_digest: str
    key_id: str

    def mac(self) -> str:
        """Return the event's own mac: a row written past the portal cannot have one."""
        said = asdict(self) | {"at": _instant(self.at), "details": dict(self.details)}
        return mac_of(b"event|" + _bytes(said), key_id=self.key_id)


@dataclass(frozen=True, slots=True)
class BatchFields:
    """Everything a batch says before its first link."""

    number: int
    sealed_at: datetime
    first_position: int
    last_position: int
    last_event_id: int
    key_id: str
    previous_head: str

    def opening(self) -> str:
        """Return the link the batch's first event hangs on."""
        said = asdict(self) | {"sealed_at": _instant(self.sealed_at)}
        return mac_of(b"batch|" + _bytes(said), key_id=self.key_id)


def event_fields(event: AuditEvent) -> EventFields:
    """Return what a stored event says."""
    return EventFields(**{field.name: getattr(event, field.name) for field in fields(EventFields)})


def batch_fields(batch: AuditBatch) -> BatchFields:
    """Return what a stored batch says."""
    return BatchFields(**{field.name: getattr(batch, field.name) for field in fields(BatchFields)})


def link_of(previous: str, position: int, event_id: int, event_mac: str, *, key_id: str) -> str:
    """Return the chain's value at a position; the one before it is part of it."""
    return mac_of(b"link|" + _bytes([previous, position, event_id, event_mac]), key_id=key_id)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _bytes(said: object) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
