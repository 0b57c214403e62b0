"""Checking and importing a batch: one transaction, told on the way, undone whole when refused."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now

from institutions.imports.files import FileGoneError, open_file
from institutions.imports.lines import Line
from institutions.imports.pages import Pages
from institutions.imports.registry import Register, Sending, register_named
from institutions.imports.table import Head, data_lines
from institutions.models import ImportBatch, ImportState, RowKind
from yiyang.access.scope import Actor, known_actor, unknown_actor
from yiyang.changelog.context import recorded
from yiyang.lib.sheets import read_rows

BATCH_LOCK, REGISTER_LOCK = 715_010, 715_011
TOLD_EVERY_SECONDS = 1.0
LOOKED_EVERY_ROWS = 50
MOST_NOTES = 40
MESSAGE_LENGTH = 500
TELL = """
UPDATE institutions_importbatch SET done_rows = %s, heard_at = clock_timestamp() WHERE id = %s
RETURNING cancel_asked_at IS NOT NULL
"""


class CancelledError(Exception):
    """The sender asked to stop."""


class RefusedError(Exception):
    """The sheet cannot be taken as a whole; the message says why and what to do."""


def batch_name(batch: ImportBatch) -> str:
    """What the change log calls the batch."""
    return f"import:{batch.pk}"


def check_batch(batch_id: int, *, day: date, at: Callable[[], datetime]) -> None:
    """Find what each line would do, by doing it and taking it back: nothing stays written."""
    with _held(batch_id, {ImportState.MATCHED}) as batch:
        if batch is None:
            return
        with Pages(batch) as pages:
            refusal, rows, notes = _taken(batch, pages, day=day, keep=False)
            with transaction.atomic():
                pages.store()
                batch.counts = counted(pages)
                batch.rows, batch.notes = rows, notes[:MOST_NOTES]
                refusal = refusal or _half(batch, rows, day)
                _close(batch, refusal, ImportState.PREVIEWED, at())


def run_batch(batch_id: int, *, day: date, at: Callable[[], datetime]) -> None:
    """Import a confirmed batch, all of it or nothing."""
    with _held(batch_id, {ImportState.CONFIRMED, ImportState.RUNNING}) as batch:
        if batch is None:
            return
        ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.RUNNING, heard_at=at())
        with Pages(batch, only_errors=True) as pages:
            refusal, _, _ = _taken(batch, pages, day=day, keep=True)
            if refusal is None:
                return
            with transaction.atomic():
                if pages.counts[RowKind.ERROR]:
                    pages.store()
                    batch.counts = counted(pages)
                _close(batch, refusal, ImportState.FAILED, at())


def _taken(
    batch: ImportBatch, pages: Pages, *, day: date, keep: bool
) -> tuple[Exception | None, int, list[str]]:
    """Take every line in one transaction; why it was undone, how many lines, what was left out."""
    notes: list[str] = []
    rows = 0
    try:
        register, actor = _register_of(batch), _author_of(batch, day)
        name = batch_name(batch)
        sending = Sending(register.sheet, actor, tuple(batch.columns), name)
        with _held_still(), _Told(batch) as told, transaction.atomic():
            _serialise(register)
            with recorded(by=actor, reason=f"导入{register.title}", batch=name):
                for checked in register.take(sending, _lines(batch, notes.append)):
                    pages.add(checked)
                    rows += 1
                    told.passed(rows)
            _settle(batch, pages, rows, keep=keep)
    except (CancelledError, RefusedError, FileGoneError, ValueError) as error:
        return error, rows, notes
    return None, rows, notes


@contextmanager
def _held_still() -> Iterator[None]:
    """Keep the collector from going over the whole program again and again: a fifth of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _settle(batch: ImportBatch, pages: Pages, rows: int, *, keep: bool) -> None:
    """Decide at the end of the transaction whether it stays."""
    if not rows:
        raise RefusedError("没有一行数据可以导入，请核对文件。")
    if not keep:
        transaction.set_rollback(True)
        return
    if wrong := pages.counts[RowKind.ERROR]:
        raise RefusedError(f"有 {wrong} 行有误，整份都没有导入；请改正后重新上传。")
    # 与登记同一笔提交：要么都在，要么都不在。
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportState.DONE,
        finished_at=Now(),
        message="",
        counts=counted(pages),
        done_rows=rows,
    )


def counted(pages: Pages) -> dict[str, int]:
    """How many lines of each kind, as the batch keeps it."""
    return {kind.value: number for kind, number in pages.counts.items()}


def _close(batch: ImportBatch, refusal: Exception | None, state: ImportState, at: datetime) -> None:
    """Write down how it ended; what was refused keeps its reason."""
    batch.state = state if refusal is None else ImportState.FAILED
    if isinstance(refusal, CancelledError):
        batch.state = ImportState.CANCELLED
    batch.message = str(refusal or "")[:MESSAGE_LENGTH]
    batch.finished_at = at if batch.state != ImportState.PREVIEWED else None
    batch.done_rows = batch.rows if refusal is None else batch.done_rows
    fields = ["state", "message", "finished_at", "done_rows", "counts", "rows", "notes"]
    batch.save(update_fields=fields)


def _half(batch: ImportBatch, sent: int, day: date) -> Exception | None:
    """Refuse a whole register that is much shorter than what the register holds."""
    if not batch.is_whole:
        return None
    held = _register_of(batch).sheet.held(_author_of(batch, day))
    if sent * 100 >= held * (100 - settings.IMPORT_SHORT_PERCENT):
        return None
    return RefusedError(
        f"您选了“整份台账”，登记里您的范围内有 {held} 条，文件只有 {sent} 行，像是只有一部分。"
        "请核对文件是否完整；如果只是补充或更正几行，请回到“对应列”改选“只补充或更正这些行”。"
    )


def _register_of(batch: ImportBatch) -> Register:
    register = register_named(batch.register)
    if register is None:
        raise RefusedError("这份登记已不能导入，请联系系统管理员。")
    return register


def _author_of(batch: ImportBatch, day: date) -> Actor:
    """The sender as they stand today: rights taken back since the upload count no more."""
    author = batch.author
    actor = known_actor(author.pk, author.role, day) if author.is_active else unknown_actor(day)
    if not _register_of(batch).sheet.opens_to(actor):
        raise RefusedError("发件人的账号已停用，或已无权导入这份登记。")
    return actor


def _lines(batch: ImportBatch, told: Callable[[str], None]) -> Iterator[Line]:
    head = Head(batch.header_row, batch.header_rows, tuple(batch.header))
    yield from data_lines(read_rows(open_file(batch)), head, told)


def _serialise(register: Register) -> None:
    """One import of a register at a time: two would lock each other's rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [REGISTER_LOCK, register.name]
        )


@contextmanager
def _held(batch_id: int, states: set[ImportState]) -> Iterator[ImportBatch | None]:
    """The batch while nobody else works on it; None when somebody does or it is not its turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [BATCH_LOCK, batch_id])
        if not cursor.fetchone()[0]:
            yield None
            return
    try:
        batch = ImportBatch.objects.select_related("author").filter(pk=batch_id).first()
        yield batch if batch is not None and batch.state in states else None
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [BATCH_LOCK, batch_id])


@contextmanager
def waited_for(batch_id: int) -> Iterator[None]:
    """Nobody works on the batch within the block; whoever does is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [BATCH_LOCK, batch_id])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [BATCH_LOCK, batch_id])


def is_held(batch: ImportBatch) -> bool:
    """Whether some process works on the batch now: a killed one lets go of its lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid = %s AND objid = %s AND objsubid = 2)",
            [BATCH_LOCK, batch.pk],
        )
        return bool(cursor.fetchone()[0])


class _Told:
    """Says how far the work is, and hears whether to stop, over a connection of its own.

    The work's own transaction shows nothing until it ends.
    """

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch
        self._own: BaseDatabaseWrapper = connection.copy()
        self._last = time.monotonic()

    def __enter__(self) -> _Told:
        return self

    def __exit__(self, *_: object) -> None:
        self._own.close()

    def passed(self, rows: int) -> None:
        if rows % LOOKED_EVERY_ROWS or time.monotonic() - self._last < TOLD_EVERY_SECONDS:
            return
        self._last = time.monotonic()
        self.tell(rows)

    def tell(self, rows: int) -> None:
        with self._own.cursor() as cursor:
            cursor.execute(TELL, [rows, self._batch.pk])
            found = cursor.fetchone()
        if found and found[0]:
            raise CancelledError("已按您的要求停下，什么都没有写入。")
