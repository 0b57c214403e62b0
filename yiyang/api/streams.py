"""A whole register in one answer, sent as it is read: CSV for people, NDJSON for systems."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.http import StreamingHttpResponse

from yiyang.access.scope import Actor
from yiyang.api.asking import Asked
from yiyang.api.bodies import json_text
from yiyang.api.documents import with_cells, with_documents
from yiyang.api.resources import Document
from yiyang.lib.demo import demo_mark
from yiyang.lib.filenames import saved_as
from yiyang.lib.sheets import safe_cell

ROWS_AT_ONCE = 2000
BLOCK_CHARACTERS = 64 * 1024


def ndjson_stream(asked: Asked, actor: Actor) -> StreamingHttpResponse:
    """One document a line, in the order of the pages."""
    return _streamed(asked, _blocks(f"{text}\n" for text in _texts(asked, actor)), "x-ndjson")


def csv_stream(asked: Asked, actor: Actor) -> StreamingHttpResponse:
    """One row a line under the fields' names; a list is joined by semicolons."""
    lines = chain([list(asked.names)], _cells(asked, actor))
    return _streamed(asked, _csv_blocks(lines), "csv")


def _streamed(asked: Asked, blocks: Iterator[str], kind: str) -> StreamingHttpResponse:
    main = "text" if kind == "csv" else "application"
    response = StreamingHttpResponse(blocks, content_type=f"{main}/{kind}; charset=utf-8")
    mark = demo_mark("-{}")
    name = f"{asked.resource.code}{mark}.{kind.removeprefix('x-')}"
    return saved_as(name, response)


def _texts(asked: Asked, actor: Actor) -> Iterator[str]:
    if asked.resource.documents is None:
        rows = with_documents(asked.rows, asked.resource, asked.names)
        yield from rows.iterator(chunk_size=ROWS_AT_ONCE)
        return
    for one in _made(asked, actor):
        yield json_text({name: one[name] for name in asked.names})


def _cells(asked: Asked, actor: Actor) -> Iterator[Iterable[Any]]:
    if asked.resource.documents is None:
        rows = with_cells(asked.rows, asked.resource, asked.names)
        yield from rows.iterator(chunk_size=ROWS_AT_ONCE)
        return
    for one in _made(asked, actor):
        yield [one[name] for name in asked.names]


def _made(asked: Asked, actor: Actor) -> Iterator[Document]:
    """The documents of a resource that makes its own, a block of rows at a time."""
    assert asked.resource.documents is not None
    key, after = asked.resource.key, -1
    while block := list(asked.rows.filter(**{f"{key}__gt": after})[:ROWS_AT_ONCE]):
        yield from asked.resource.documents(block, actor, asked.day)
        after = block[-1].pk


def _csv_blocks(lines: Iterable[Iterable[Any]]) -> Iterator[str]:
    block = io.StringIO()
    writer = csv.writer(block)
    for line in lines:
        writer.writerow([_cell(value) for value in line])
        if block.tell() >= BLOCK_CHARACTERS:
            yield block.getvalue()
            block.seek(0)
            block.truncate()
    yield block.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return safe_cell(";".join(str(one) for one in value))
    if isinstance(value, dict):
        return json_text(value)
    return value if isinstance(value, int | float) else safe_cell(str(value))


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    """Lines gathered into blocks, so that a long register is not sent line by line."""
    kept: list[str] = []
    size = 0
    for line in lines:
        kept.append(line)
        size += len(line)
        if size >= BLOCK_CHARACTERS:
            yield "".join(kept)
            kept, size = [], 0
    yield "".join(kept)
