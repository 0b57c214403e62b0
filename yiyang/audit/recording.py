"""The one way an event enters the audit: committed at once, whatever becomes of the caller."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from yiyang.audit.canonical import EventFields
from yiyang.audit.context import current_source, note_recorded
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.models import SUBJECT_PATTERN, AuditEvent
from yiyang.lib.masking import without_numbers

Details = Mapping[str, str | int]
REASON_LENGTH = AuditEvent._meta.get_field("reason").max_length or 0
SUBJECT_LENGTH = AuditEvent._meta.get_field("subject").max_length or 0
INSERT = """
INSERT INTO yiyang_auditevent
    (id, at, kind, outcome, actor_id, subject, reason, details,
     request_id, network, session_digest, key_id, mac)
VALUES
    (%(id)s, %(at)s, %(kind)s, %(outcome)s, %(actor_id)s, %(subject)s, %(reason)s, %(details)s,
     %(request_id)s, %(network)s, %(session_digest)s, %(key_id)s, %(mac)s)
"""
_local = threading.local()


def record(
    *,
    kind: EventKind,
    actor_id: int | None,
    outcome: Outcome,
    subject: str = "",
    reason: str = "",
    details: Details | None = None,
) -> int:
    """Commit one event on the audit's own connection and return its id.

    Call it before the answer leaves: an event that cannot be written raises, and nothing is shown.
    """
    if not re.fullmatch(SUBJECT_PATTERN, subject) or len(subject) > SUBJECT_LENGTH:
        raise ValueError("审计对象须写成“表名:编号”，人写 person:uid，不写姓名。")
    request_id, network, session_digest = current_source()
    own = _own_connection()
    with own.cursor() as cursor:
        # 两次往返、不开事务：编号与时刻先取来，才能算进校验值。
        cursor.execute("SELECT nextval('yiyang_auditevent_id_seq'), clock_timestamp()")
        event_id, at = cursor.fetchone()
        event = EventFields(
            id=event_id,
            at=at,
            kind=kind.value,
            outcome=outcome.value,
            actor_id=actor_id,
            subject=subject,
            reason=without_numbers(reason)[:REASON_LENGTH],
            details=_checked(details or {}),
            request_id=request_id,
            network=network,
            session_digest=session_digest,
            key_id=settings.AUDIT_KEY_ID,
        )
        cursor.execute(INSERT, _values(event))
    # 默认连接在请求结束时由 Django 放手，这一条由自己：CONN_MAX_AGE 为 0 时用完即断。
    own.close_if_unusable_or_obsolete()
    note_recorded(kind)
    return event.id


def _checked(details: Details) -> dict[str, str | int]:
    """Keep texts and whole numbers only: whole rows and objects do not belong in the audit."""
    for name, value in details.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise TypeError(f"审计细节 {name} 只能是文字或整数。")
    return {
        name: without_numbers(value) if isinstance(value, str) else value
        for name, value in details.items()
    }


def _values(event: EventFields) -> dict[str, str | int | datetime | None]:
    written = json.dumps(dict(event.details), ensure_ascii=False)
    return asdict(event) | {"details": written, "mac": event.mac()}


def _own_connection() -> BaseDatabaseWrapper:
    """Return this thread's audit connection: the same database and role, its own transactions.

    Not an alias in DATABASES: nothing but this INSERT may ever go over it.
    """
    own: BaseDatabaseWrapper | None = getattr(_local, "connection", None)
    if own is None or own.settings_dict["NAME"] != connection.settings_dict["NAME"]:
        own = _local.connection = connection.copy()
    own.close_if_unusable_or_obsolete()
    return own


def close_own_connection() -> None:
    """Let go of this thread's audit connection; the next event opens another."""
    own: BaseDatabaseWrapper | None = getattr(_local, "connection", None)
    if own is not None:
        own.close()
