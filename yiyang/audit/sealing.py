"""The one sealer, which hangs every committed event on the HMAC chain, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from yiyang.audit.canonical import BatchFields, link_of
from yiyang.audit.models import AuditBatch, AuditEvent, AuditSeal

SEALER_KEY = 715_002
BATCH_SIZE = 2_000
# 编号先取、后提交：慢一步的写入会晚到。晚到一天以上的不再封存，由查验指为插入。
LATEST_ARRIVAL = timedelta(days=1)


class SealerBusyError(Exception):
    """Another sealer is at work; what is waiting will be sealed by it or by the next."""

    def __init__(self) -> None:
        super().__init__("另一个进程正在封存、锚定或查验审计：请稍后再试。")


@contextmanager
def sealer_lock(*, wait: bool = True) -> Iterator[None]:
    """Be the only one to seal, anchor, expire or verify; open transactions inside."""
    # 会话级的锁：提交之后才放开，下一个封存者一定看得见上一批。
    with transaction.atomic(durable=True):
        pass
    if not _call(f"SELECT pg_{'' if wait else 'try_'}advisory_lock(%s)", SEALER_KEY):
        raise SealerBusyError
    try:
        yield
    finally:
        _call("SELECT pg_advisory_unlock(%s)", SEALER_KEY)


def seal_events(*, at: datetime, wait: bool = True) -> int:
    """Seal every committed event not yet sealed; return how many there were."""
    sealed = 0
    with sealer_lock(wait=wait):
        while batch := seal_one_batch(at=at):
            sealed += batch.last_position - batch.first_position + 1
    return sealed


@transaction.atomic
def seal_one_batch(*, at: datetime) -> AuditBatch | None:
    """Seal the oldest events that wait, inside `sealer_lock()`; None when none does."""
    waiting = list(unsealed_after(arrival_mark(at))[:BATCH_SIZE])
    if not waiting:
        return None
    last = AuditBatch.objects.order_by("number").last()
    fields = BatchFields(
        number=last.number + 1 if last else 1,
        sealed_at=at,
        first_position=last.last_position + 1 if last else 1,
        last_position=(last.last_position if last else 0) + len(waiting),
        last_event_id=max(event_id for event_id, _ in waiting),
        key_id=settings.AUDIT_KEY_ID,
        previous_head=last.head if last else "",
    )
    seals = _linked(fields, waiting)
    batch = AuditBatch(**asdict(fields), head=seals[-1].link)
    batch.save(force_insert=True)
    AuditSeal.objects.bulk_create(seals)
    return batch


def arrival_mark(at: datetime) -> int:
    """Return the event id below which everything must long have been sealed."""
    old = AuditBatch.objects.filter(sealed_at__lt=at - LATEST_ARRIVAL)
    mark: int | None = old.aggregate(mark=Max("last_event_id"))["mark"]
    return mark or 0


def unsealed_after(mark: int) -> Sequence[tuple[int, str]]:
    """Return id and mac of the events past the mark that hang on no chain yet, oldest first."""
    waiting = AuditEvent.objects.filter(pk__gt=mark, seal=None).order_by("pk")
    return waiting.values_list("pk", "mac")  # type: ignore[return-value]


def _linked(fields: BatchFields, waiting: Sequence[tuple[int, str]]) -> list[AuditSeal]:
    """Return the seals of a batch, each link made over the one before it."""
    link, seals = fields.opening(), []
    for position, (event_id, mac) in enumerate(waiting, start=fields.first_position):
        link = link_of(link, position, event_id, mac, key_id=fields.key_id)
        seals.append(
            AuditSeal(event_id=event_id, batch_id=fields.number, position=position, link=link)
        )
    return seals


def _call(sql: str, *parameters: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        (value,) = cursor.fetchone()
    # pg_advisory_lock 答复空串（void），取到锁才会返回。
    return value is not False
