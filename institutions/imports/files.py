"""The file of a batch: kept in sealed pieces, read back piece by piece, dropped when done with."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any, Final
from uuid import UUID

from institutions.models import ImportBatch, ImportPage, ImportPiece
from yiyang.lib.crypto import open_bytes, seal_bytes, unwrap

TABLE: Final = "institutions_importbatch"
PIECE_BYTES: Final = 1024 * 1024
# 大的 .xlsx 交替着读工作表与共享字符串：只留一块，每次都要重新解密。
HELD_PIECES: Final = 3
GONE = "文件已按保存期限清除，请重新上传。"


class FileGoneError(Exception):
    """The batch's file was dropped after its days."""

    def __init__(self) -> None:
        super().__init__(GONE)


def key_of(batch: ImportBatch) -> bytes:
    """The batch's own key; FileGoneError once it was destroyed."""
    if batch.wrapped_key is None:
        raise FileGoneError
    return unwrap(batch.wrapped_key, batch.uid)


def sealed(plain: bytes, *, key: bytes, field: str, uid: UUID) -> bytes:
    """Pack and encrypt what belongs to a batch."""
    return seal_bytes(zlib.compress(plain, 1), data_key=key, table=TABLE, field=field, uid=uid)


def opened(value: Any, *, key: bytes, field: str, uid: UUID) -> bytes:
    """What sealed() was given, or SealError when it was altered."""
    return zlib.decompress(open_bytes(value, data_key=key, table=TABLE, field=field, uid=uid))


def store_pieces(batch: ImportBatch, blocks: Iterable[bytes]) -> None:
    """Keep the file of a batch, a piece at a time."""
    key = key_of(batch)
    for number, piece in enumerate(_pieces(blocks)):
        ImportPiece.objects.create(
            batch=batch,
            number=number,
            size=len(piece),
            sealed=sealed(piece, key=key, field=f"piece-{number}", uid=batch.uid),
        )


def _pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for block in blocks:
        held += block
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held:
        yield bytes(held)


def digest_of(file: Any) -> str:
    """The fingerprint of an open file, read from its start."""
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(PIECE_BYTES):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def open_file(batch: ImportBatch) -> io.BufferedReader:
    """The file of a batch as an open file; no more than a few pieces of it are in memory."""
    return io.BufferedReader(_SealedFile(batch), PIECE_BYTES)


class _SealedFile(io.RawIOBase):
    """A read-only file over the sealed pieces."""

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__()
        self._batch, self._key = batch, key_of(batch)
        sizes = ImportPiece.objects.filter(batch=batch).order_by("number")
        self._ends = list(accumulate(sizes.values_list("size", flat=True)))
        self._at = 0
        self._held: dict[int, bytes] = {}

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    @property
    def _size(self) -> int:
        return self._ends[-1] if self._ends else 0

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        number = self._at // PIECE_BYTES
        start = self._at - number * PIECE_BYTES
        taken = self._piece(number)[start : start + len(buffer)]
        buffer[: len(taken)] = taken
        self._at += len(taken)
        return len(taken)

    def _piece(self, number: int) -> bytes:
        piece = self._held.pop(number, None) or self._opened(number)
        if len(self._held) == HELD_PIECES:
            del self._held[next(iter(self._held))]
        self._held[number] = piece  # 最近用的排在最后
        return piece

    def _opened(self, number: int) -> bytes:
        piece = ImportPiece.objects.get(batch=self._batch, number=number)
        return opened(piece.sealed, key=self._key, field=f"piece-{number}", uid=self._batch.uid)


def drop_file(batch: ImportBatch) -> None:
    """Destroy the file, its preview and the key: no backup of them can be read any more."""
    ImportPage.objects.filter(batch=batch).delete()
    ImportPiece.objects.filter(batch=batch).delete()
    batch.wrapped_key = None
