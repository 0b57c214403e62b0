"""Sheets sent for import, for tests."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter
from django.utils import timezone

from institutions.imports.actions import (
    confirm_import,
    match_columns,
    receive_sheet,
    sheet_of_cells,
)
from institutions.imports.matching import suggest
from institutions.imports.registry import register_named
from institutions.imports.running import check_batch, run_batch
from institutions.models import ImportBatch
from yiyang.access.models import User
from yiyang.access.scope import Actor, known_actor

BEDS_CELLS = (
    "机构编码\t统计日\t登记口径\t核定或实有\t床位总数\nT-999999\t2017-06-30\t卫健核定\t实有\t20\n"
)
TODAY = date(2026, 3, 2)


def actor_of(user: User, day: date = TODAY) -> Actor:
    return known_actor(user.pk, user.role, day)


def send(user: User, register: str, content: bytes, name: str = "表.xlsx") -> ImportBatch:
    """A sheet uploaded by the account."""
    found = register_named(register)
    assert found is not None
    return receive_sheet(
        by=actor_of(user), register=found, file=io.BytesIO(content), name=name, at=timezone.now()
    )


def send_cells(user: User, register: str, cells: str) -> ImportBatch:
    """A pasted block of cells."""
    return send(user, register, sheet_of_cells(cells).read(), "粘贴的单元格")


def match(user: User, batch: ImportBatch, *, is_whole: bool = False, **columns: str) -> None:
    """Match the columns as suggested, but for those named by their heading."""
    found = register_named(batch.register)
    assert found is not None
    suggested = suggest(found.sheet, batch.header, actor_of(user)).columns
    chosen = [
        columns.get(heading, name) for heading, name in zip(batch.header, suggested, strict=True)
    ]
    match_columns(
        by=actor_of(user), batch=batch, columns=chosen, is_whole=is_whole, at=timezone.now()
    )


def preview(user: User, batch: ImportBatch, *, day: date = TODAY, **given: Any) -> ImportBatch:
    """Match and check; what a worker would do is done here."""
    match(user, batch, **given)
    check_batch(batch.pk, day=day, at=timezone.now)
    batch.refresh_from_db()
    return batch


def confirm(user: User, batch: ImportBatch, *, day: date = TODAY) -> ImportBatch:
    """Confirm and import."""
    confirm_import(by=actor_of(user), batch=batch, at=timezone.now())
    run_batch(batch.pk, day=day, at=timezone.now)
    batch.refresh_from_db()
    return batch


def counts(batch: ImportBatch) -> tuple[int, ...]:
    """New, changed, unchanged, wrong."""
    kinds = ("NEW", "CHANGED", "UNCHANGED", "ERROR")
    return tuple(batch.counts.get(kind, 0) for kind in kinds)


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    """An xlsx of these cells."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(number, column, value)
    return buffer.getvalue()
