"""Clearing a stored sheet away before its days are over: somebody in it is being destroyed."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from institutions.imports.files import drop_file
from institutions.imports.running import waited_for
from institutions.imports.searching import Sought
from institutions.models import ImportBatch, ImportState

ENDED = (ImportState.DONE, ImportState.CANCELLED)
NAME_CLEARED = "（文件名已清除）"
CLEARED = "文件里有保存期满、已销毁的个人信息，原文件与逐行内容已提前清除。"
NOT_IMPORTED = "这一份没有导入；其余各行请另做一份再上传。"


def drop_sheet(*, batch: ImportBatch, sought: Sought) -> None:
    """Destroy a sheet in which somebody sought stands; whoever works on it is waited for."""
    with waited_for(batch.pk), transaction.atomic():
        batch.refresh_from_db()
        drop_file(batch)
        batch.message = CLEARED
        if batch.state not in ENDED:
            batch.state, batch.finished_at = ImportState.CANCELLED, Now()
            batch.message += NOT_IMPORTED
        if sought.is_named_in((batch.file_name,)):
            batch.file_name = NAME_CLEARED
        batch.dropped_at = Now()
        fields = ["wrapped_key", "dropped_at", "state", "finished_at", "message", "file_name"]
        batch.save(update_fields=fields)
