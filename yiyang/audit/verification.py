"""The proof that the audit is what was written: every event, its place, and nothing besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils.timezone import get_current_timezone

from yiyang.audit.anchors import Anchor, AnchorKind, read_anchors
from yiyang.audit.canonical import batch_fields, event_fields, link_of
from yiyang.audit.keys import UnknownKeyError, same_mac
from yiyang.audit.models import AuditBatch, AuditEvent, AuditSeal
from yiyang.audit.sealing import LATEST_ARRIVAL, arrival_mark, sealer_lock

CHUNK = 2_000


class BrokenChainError(Exception):
    """The audit was tampered with; the message names the first place found."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found to be whole."""

    batches: int
    events: int
    waiting: int
    anchored_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the proof has come: the last batch, position and head that held."""

    batch: int
    position: int
    head: str


def verify_audit(*, at: datetime, path: Path) -> Verified:
    """Prove the chain against the anchors, or raise BrokenChainError naming the first fault."""
    with sealer_lock():
        anchors = read_anchors(path)
        start = reached = _start(anchors)
        heads = {anchor.position: anchor for anchor in anchors if anchor.position > start.position}
        for batch in AuditBatch.objects.order_by("number").iterator():
            reached = _verified_batch(batch, reached, heads)
        _refuse_cut_tail(reached, anchors, at)
        _refuse_stray_seals(start, reached)
        waiting = _verify_waiting(at)
    return Verified(
        batches=reached.batch - start.batch,
        events=reached.position - start.position,
        waiting=waiting,
        anchored_at=anchors[-1].at if anchors else None,
    )


def _start(anchors: Sequence[Anchor]) -> Reached:
    """Return where the chain may begin: at its origin, or where due events were removed."""
    first = AuditBatch.objects.order_by("number").first()
    if first is None or (first.number, first.first_position) == (1, 1):
        return Reached(0, 0, "")
    before = first.first_position - 1
    for anchor in anchors:
        if anchor.kind is AnchorKind.START and anchor.position == before:
            return Reached(first.number - 1, before, anchor.head)
    raise BrokenChainError(
        f"审计链从第 {first.number} 批（第 {first.first_position} 位）开始，"
        "此前的不是按期清除的：头部被截去。"
    )


def _verified_batch(batch: AuditBatch, reached: Reached, heads: Mapping[int, Anchor]) -> Reached:
    """Prove one batch against what came before it, and return how far that reaches."""
    if (batch.number, batch.first_position) != (reached.batch + 1, reached.position + 1):
        raise BrokenChainError(f"第 {reached.batch + 1} 批缺失，或批次被重排。")
    if not same_mac(batch.previous_head, reached.head):
        raise BrokenChainError(f"第 {batch.number} 批接不上前一批的链头：批次被改动或调换。")
    try:
        link = batch_fields(batch).opening()
        for seal, event in _sealed_events(batch):
            mac = _verified_mac(event)
            link = link_of(link, seal.position, event.pk, mac, key_id=batch.key_id)
            if seal.batch_id != batch.number or not same_mac(seal.link, link):
                raise BrokenChainError(f"{_place(seal)}的次序或封存被改动，或它那一批被改动。")
            _compare(heads, seal.position, link)
    except UnknownKeyError as error:
        raise BrokenChainError(f"第 {batch.number} 批：{error}") from error
    if not same_mac(batch.head, link):
        raise BrokenChainError(f"第 {batch.number} 批的链头与其中的事件不符：批次被改动。")
    return Reached(batch.number, batch.last_position, link)


def _sealed_events(batch: AuditBatch) -> Iterator[tuple[AuditSeal, AuditEvent]]:
    """Yield the seals of a batch with their events; a missing one of either raises."""
    positions = (batch.first_position, batch.last_position)
    seals = {seal.position: seal for seal in AuditSeal.objects.filter(position__range=positions)}
    events = AuditEvent.objects.in_bulk([seal.pk for seal in seals.values()])
    for position in range(batch.first_position, batch.last_position + 1):
        seal = seals.get(position)
        if seal is None:
            raise BrokenChainError(f"第 {batch.number} 批缺链上第 {position} 位：封存被删除。")
        event = events.get(seal.pk)
        if event is None:
            raise BrokenChainError(f"{_place(seal)}已被删除。")
        yield seal, event


def _verified_mac(event: AuditEvent) -> str:
    if not same_mac(event.mac, event_fields(event).mac()):
        raise BrokenChainError(f"事件 {event.pk} 的内容被改动，或不是门户写入的。")
    return event.mac


def _place(seal: AuditSeal) -> str:
    return f"事件 {seal.pk}（链上第 {seal.position} 位）"


def _compare(heads: Mapping[int, Anchor], position: int, link: str) -> None:
    anchor = heads.get(position)
    if anchor is not None and not same_mac(anchor.head, link):
        raise BrokenChainError(f"链上第 {position} 位与 {_day(anchor)} 的锚点不符：链被重写。")


def _day(anchor: Anchor) -> str:
    return f"{anchor.at.astimezone(get_current_timezone()):%Y-%m-%d}"


def _refuse_cut_tail(reached: Reached, anchors: Sequence[Anchor], at: datetime) -> None:
    """Raise when the anchors know of more than the chain holds, or are themselves missing."""
    furthest = max(anchors, key=lambda anchor: anchor.position, default=None)
    if furthest is not None and furthest.position > reached.position:
        raise BrokenChainError(
            f"{_day(furthest)} 的锚点记有链上第 {furthest.position} 位，"
            f"现在只到第 {reached.position} 位：尾部被截去。"
        )
    if furthest is None and AuditBatch.objects.filter(sealed_at__lt=at - 2 * LATEST_ARRIVAL):
        raise BrokenChainError(
            "没有锚点，无法证明尾部没有截去：请查明锚点文件去向，再运行 anchor_audit。"
        )


def _refuse_stray_seals(start: Reached, reached: Reached) -> None:
    inside = (start.position + 1, reached.position)
    stray = AuditSeal.objects.exclude(position__range=inside).order_by("position").first()
    if stray is not None:
        raise BrokenChainError(f"{_place(stray)}的封存不属于任何一批：是插入的。")


def _verify_waiting(at: datetime) -> int:
    """Prove the events that wait to be sealed; return how many there are."""
    mark, count = arrival_mark(at), 0
    waiting = AuditEvent.objects.filter(seal=None).order_by("pk")
    for event in waiting.iterator(chunk_size=CHUNK):
        count += 1
        try:
            _verified_mac(event)
        except UnknownKeyError as error:
            raise BrokenChainError(f"事件 {event.pk}：{error}") from error
        if event.pk <= mark:
            raise BrokenChainError(f"事件 {event.pk} 从未封存，后面的早已封存：是插入的。")
    return count
