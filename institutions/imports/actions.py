"""The verbs of an import: receive a sheet, match its columns, confirm, cancel, start again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction

from institutions.imports import queue
from institutions.imports.files import PIECE_BYTES, digest_of, drop_file, store_pieces
from institutions.imports.matching import digest_of as header_digest
from institutions.imports.matching import knows, lacking
from institutions.imports.registry import Register, register_named
from institutions.imports.running import is_held
from institutions.imports.table import NO_DATA, Head, data_lines, find_head, plain
from institutions.models import ColumnMatch, ImportBatch, ImportState
from yiyang.access.models import User
from yiyang.access.scope import Actor
from yiyang.lib.crypto import new_data_key, wrap
from yiyang.lib.masking import without_numbers
from yiyang.lib.sheets import CONTROL, read_rows

READ_WHOLE_BYTES = 2 * 1024 * 1024
NAME_LENGTH = 200
PASTED = "粘贴的单元格"
NOT_NOW = "这个批次现在不能这样办，请刷新页面看它的状态。"
BEFORE_CONFIRMING = (ImportState.UPLOADED, ImportState.PREVIEWED, ImportState.FAILED)
# 只写改了的：密钥可能刚刚换了包裹，整行写回会把旧的写回去。
RESTARTED = ("state", "message", "done_rows", "heard_at", "cancel_asked_at")
CANCELLABLE = (*BEFORE_CONFIRMING, ImportState.MATCHED, ImportState.CONFIRMED, ImportState.RUNNING)


def receive_sheet(
    *, by: Actor, register: Register, file: BinaryIO, name: str, at: datetime
) -> ImportBatch:
    """Keep a sheet sealed once its header is found. ValidationError says what to mend."""
    head = _head_of(register, file)
    uid = uuid4()
    batch = ImportBatch(
        uid=uid,
        author=User.objects.get(pk=by.user_id),
        register=register.name,
        file_name=_shown_name(name),
        sha256=digest_of(file),
        size=file.seek(0, io.SEEK_END),
        wrapped_key=wrap(new_data_key(), uid),
        header_row=head.row,
        header_rows=head.rows,
        header=list(head.headings),
        columns=[""] * len(head.headings),
        state=ImportState.UPLOADED,
        uploaded_at=at,
    )
    file.seek(0)
    with transaction.atomic():
        batch.save(force_insert=True)
        store_pieces(batch, _blocks(file))
    return batch


def sheet_of_cells(text: str) -> BinaryIO:
    """A block of cells as it is copied out of a spreadsheet, as a file that can be read."""
    lines = csv.reader(io.StringIO(text.strip("\r\n"), newline=""), delimiter="\t")
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    return io.BytesIO(written.getvalue().encode())


def match_columns(
    *, by: Actor, batch: ImportBatch, columns: Sequence[str], is_whole: bool, at: datetime
) -> None:
    """Say which column is which; remembered for this account and header, then checked behind."""
    if batch.state not in BEFORE_CONFIRMING:
        raise ValidationError(NOT_NOW)
    register = register_of(batch)
    _refuse_wrong_columns(register, batch, columns)
    with transaction.atomic():
        batch.columns, batch.is_whole = list(columns), is_whole
        batch.state, batch.message = ImportState.MATCHED, ""
        batch.done_rows, batch.heard_at, batch.cancel_asked_at = 0, at, None
        batch.save(update_fields=[*RESTARTED, "columns", "is_whole"])
        ColumnMatch.objects.update_or_create(
            user_id=by.user_id,
            register=batch.register,
            header_digest=header_digest(batch.header),
            defaults={"columns": list(columns), "used_at": at},
        )
        queue.check(batch.pk)


def confirm_import(*, by: Actor, batch: ImportBatch, at: datetime) -> None:
    """Let a previewed sheet without mistakes be imported."""
    if batch.author_id != by.user_id:
        raise ValidationError("只有发件人自己能确认这份导入。")
    if batch.state != ImportState.PREVIEWED:
        raise ValidationError(NOT_NOW)
    if batch.counts.get("ERROR"):
        raise ValidationError("还有行有误：一份要么全部导入，要么一行不导。请改正后重新上传。")
    _queue(batch, at)


def start_again(*, by: Actor, batch: ImportBatch, at: datetime) -> None:
    """Take up a batch whose worker was killed or never came."""
    if batch.author_id != by.user_id or not is_stuck(batch, at):
        raise ValidationError(NOT_NOW)
    if batch.state == ImportState.MATCHED:
        batch.heard_at, batch.cancel_asked_at = at, None
        batch.save(update_fields=["heard_at", "cancel_asked_at"])
        queue.check(batch.pk)
        return
    _queue(batch, at)


def _queue(batch: ImportBatch, at: datetime) -> None:
    with transaction.atomic():
        batch.state, batch.message = ImportState.CONFIRMED, ""
        batch.confirmed_at, batch.heard_at, batch.finished_at = at, at, None
        batch.done_rows, batch.cancel_asked_at = 0, None
        batch.save(update_fields=[*RESTARTED, "confirmed_at", "finished_at"])
        queue.run(batch.pk)


def is_stuck(batch: ImportBatch, at: datetime) -> bool:
    """Whether the background has gone silent: killed in its work, or never begun."""
    if batch.state == ImportState.FAILED:
        return batch.confirmed_at is not None and not batch.counts.get("ERROR")
    if not batch.is_under_way or batch.heard_at is None:
        return False
    silent = (at - batch.heard_at).total_seconds() > queue.SILENT_SECONDS
    return silent and not is_held(batch)


def cancel_import(*, by: Actor, batch: ImportBatch, at: datetime) -> None:
    """Stop a batch: at once when nothing works on it, else at the next line looked at."""
    if batch.author_id != by.user_id:
        raise ValidationError("只有发件人自己能取消这份导入。")
    if batch.state not in CANCELLABLE:
        raise ValidationError(NOT_NOW)
    with transaction.atomic():
        batch.cancel_asked_at = at
        fields = ["cancel_asked_at"]
        if not batch.is_under_way or not is_held(batch):
            batch.state, batch.finished_at = ImportState.CANCELLED, at
            fields += ["state", "finished_at"]
        batch.save(update_fields=fields)


def drop_old_files(*, before: datetime, at: datetime) -> int:
    """Destroy the stored files of batches that ended, or were left lying, before the instant."""
    old = ImportBatch.objects.filter(uploaded_at__lt=before, dropped_at=None)
    dropped = 0
    for batch in old.iterator(chunk_size=100):
        with transaction.atomic():
            drop_file(batch)
            batch.dropped_at = at
            if batch.state in BEFORE_CONFIRMING:
                batch.state, batch.finished_at = ImportState.CANCELLED, at
            batch.save(update_fields=["wrapped_key", "dropped_at", "state", "finished_at"])
        dropped += 1
    return dropped


def register_of(batch: ImportBatch) -> Register:
    register = register_named(batch.register)
    if register is None:
        raise ValidationError("这份登记已不能导入，请联系系统管理员。")
    return register


def _head_of(register: Register, file: BinaryIO) -> Head:
    """The header; a small file is read to its end, so that a broken one is refused at once."""
    known = knows(register.sheet)
    try:
        head = find_head(read_rows(file), lambda cell: plain(cell) in known)
        lines = data_lines(read_rows(file), head, lambda _: None)
        if next(lines, None) is None:
            raise ValueError(NO_DATA)
        if file.seek(0, io.SEEK_END) <= READ_WHOLE_BYTES:
            for _ in data_lines(read_rows(file), head, lambda _: None):
                pass
    except ValueError as error:
        raise ValidationError(str(error)) from None
    return head


def _refuse_wrong_columns(register: Register, batch: ImportBatch, columns: Sequence[str]) -> None:
    if len(columns) != len(batch.header):
        raise ValidationError("列数与文件不符，请刷新页面重新对应。")
    used = [name for name in columns if name]
    twice = {register.sheet.cell(name).heading for name in used if used.count(name) > 1}
    if twice:
        raise ValidationError(f"这些登记项对应了不止一列：{'、'.join(sorted(twice))}。")
    if missing := lacking(register.sheet, columns):
        raise ValidationError(f"这些必填的登记项还没有对应的列：{'、'.join(missing)}。")


def _shown_name(name: str) -> str:
    """The file's own name without folders, ID numbers or anything a page could stumble over."""
    last = CONTROL.sub("", name.replace("\\", "/")).rsplit("/", 1)[-1]
    return without_numbers(last)[:NAME_LENGTH] or "未命名"


def _blocks(file: Any) -> Iterator[bytes]:
    while block := file.read(PIECE_BYTES):
        yield block
