"""Small files that are what they say, made by hand, for tests."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime
from typing import Any

from yiyang.attachments.actions import attach
from yiyang.attachments.holders import Holder
from yiyang.attachments.models import Attachment
from yiyang.changelog.context import SYSTEM

AT = datetime(2020, 1, 1, tzinfo=UTC)


def pdf(inside: bytes = b"", stream: bytes = b"picture") -> bytes:
    """A PDF with `inside` among its objects and `stream` as the bytes of its picture."""
    return (
        b"%PDF-1.7\n1 0 obj << /Type /Catalog "
        + inside
        + b" >> endobj\n2 0 obj << /Length 7 >> stream\n"
        + stream
        + b"\nendstream endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
    )


def png(width: int = 2, height: int = 3) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def jpeg(width: int = 2, height: int = 3) -> bytes:
    """The marks a reader goes by: start, frame with its size, scan, end."""
    frame = b"\xff\xc0" + struct.pack(">HBHH", 11, 8, height, width) + b"\x01\x01\x11\x00"
    scan = b"\xff\xda" + struct.pack(">H", 8) + b"\x01\x01\x00\x00\x3f\x00"
    jfif = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + b"\0" * 9
    return b"\xff\xd8" + jfif + frame + scan + b"data\xff\xd9"


def make_attachment(holder: Holder, object_id: int, **changed: Any) -> Attachment:
    """A small PDF kept with the record."""
    filled: dict[str, Any] = {"name": "扫描件.pdf", "content": pdf(), "at": AT, **changed}
    return attach(by=SYSTEM, holder=holder, object_id=object_id, **filled)
