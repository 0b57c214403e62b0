"""The preview of a batch: pages of lines of one kind, sealed, written when the checking is over."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from institutions.imports.files import key_of, opened, sealed
from institutions.imports.lines import Checked, Line
from institutions.ingest.registers import Fault
from institutions.models import ImportBatch, ImportPage, RowKind

PAGE_LINES = 50
IN_MEMORY = 8 * 1024 * 1024
WRITTEN_AT_ONCE = 200


class Pages:
    """Collects checked lines into sealed pages, outside the database until `store()`.

    They wait in a file that has no name, already sealed: the transaction that makes them is
    rolled back, and memory must not grow with the sheet.
    """

    def __init__(self, batch: ImportBatch, *, only_errors: bool = False) -> None:
        self.counts: dict[RowKind, int] = dict.fromkeys(RowKind, 0)
        self._batch, self._key = batch, key_of(batch)
        self._only_errors = only_errors
        self._waiting: dict[RowKind, list[list[Any]]] = {kind: [] for kind in RowKind}
        self._made: dict[RowKind, int] = dict.fromkeys(RowKind, 0)
        self._index: list[tuple[RowKind, int, int]] = []
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - __exit__ 关掉

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, checked: Checked) -> None:
        kind = checked.kind
        self.counts[kind] += 1
        if self._only_errors and kind is not RowKind.ERROR:
            return
        self._waiting[kind].append(_packed(checked))
        if len(self._waiting[kind]) == PAGE_LINES:
            self._seal(kind)

    def store(self) -> None:
        """Put the pages in place of the batch's earlier ones."""
        for kind in RowKind:
            if self._waiting[kind]:
                self._seal(kind)
        ImportPage.objects.filter(batch=self._batch).delete()
        self._file.seek(0)
        for start in range(0, len(self._index), WRITTEN_AT_ONCE):
            ImportPage.objects.bulk_create(
                ImportPage(
                    batch=self._batch, kind=kind, number=number, sealed=self._file.read(size)
                )
                for kind, number, size in self._index[start : start + WRITTEN_AT_ONCE]
            )

    def _seal(self, kind: RowKind) -> None:
        self._made[kind] += 1
        number = self._made[kind]
        written = json.dumps(self._waiting[kind], ensure_ascii=False, separators=(",", ":"))
        field = field_of(kind, number)
        page = sealed(written.encode(), key=self._key, field=field, uid=self._batch.uid)
        self._file.write(page)
        self._index.append((kind, number, len(page)))
        self._waiting[kind] = []


def field_of(kind: str, number: int) -> str:
    return f"page-{kind}-{number}"


def _packed(checked: Checked) -> list[Any]:
    faults = [[fault.cell, fault.heading, fault.text] for fault in checked.faults]
    return [checked.line.number, list(checked.line.cells), dict(checked.old), faults, checked.note]


def read_page(batch: ImportBatch, kind: RowKind, number: int) -> list[Checked]:
    """The lines of one page; empty where there is none."""
    page = ImportPage.objects.filter(batch=batch, kind=kind, number=number).first()
    return [] if page is None else list(_opened(page, key_of(batch), batch.uid))


def all_pages(batch: ImportBatch) -> Iterator[Checked]:
    """Every line kept, kind by kind."""
    key = key_of(batch)
    pages = ImportPage.objects.filter(batch=batch).order_by("kind", "number")
    for page in pages.iterator(chunk_size=WRITTEN_AT_ONCE):
        yield from _opened(page, key, batch.uid)


def _opened(page: ImportPage, key: bytes, uid: UUID) -> Iterator[Checked]:
    field = field_of(page.kind, page.number)
    # 升级以前存下的预览没有说明一项。
    for number, cells, old, faults, *note in json.loads(
        opened(page.sealed, key=key, field=field, uid=uid)
    ):
        yield Checked(
            Line(number, tuple(cells)),
            RowKind(page.kind),
            old,
            tuple(Fault(text, cell, heading) for cell, heading, text in faults),
            "".join(note),
        )
