"""The chain's heads written outside the database, to a file that only grows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from django.conf import settings

from yiyang.audit.keys import UnknownKeyError, mac_of, same_mac


class AnchorKind(StrEnum):
    """HEAD: the chain reached this position. START: what lay before was removed when it was due."""

    HEAD = "head"
    START = "start"


class AnchorError(Exception):
    """The anchor file cannot be written, or is not as it was written."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One line of the file, vouched for with the line before it."""

    kind: AnchorKind
    at: datetime
    position: int
    head: str
    key_id: str
    previous: str = ""
    mac: str = field(default="", compare=False)

    def expected_mac(self) -> str:
        """Return the mac this line must carry."""
        said = [self.kind, _instant(self.at), self.position, self.head, self.key_id, self.previous]
        return mac_of(b"anchor|" + json.dumps(said).encode(), key_id=self.key_id)

    def line(self) -> str:
        """Return the line with its mac."""
        said = asdict(self) | {"at": _instant(self.at), "mac": self.expected_mac()}
        return json.dumps(said) + "\n"


def read_anchors(path: Path) -> list[Anchor]:
    """Return every anchor, oldest first; a line altered, moved or missing raises."""
    anchors: list[Anchor] = []
    for number, anchor in _lines(path):
        previous = anchors[-1].mac if anchors else ""
        try:
            whole = same_mac(anchor.mac, anchor.expected_mac())
        except UnknownKeyError as error:
            raise AnchorError(f"锚点文件第 {number} 行：{error}") from error
        if not whole or not same_mac(anchor.previous, previous):
            raise AnchorError(f"锚点文件第 {number} 行被改动，或它之前有行被删去、挪动。")
        anchors.append(anchor)
    return anchors


def append_anchor(path: Path, *, kind: AnchorKind, at: datetime, position: int, head: str) -> None:
    """Add one line and wait until it is on the disk."""
    written = read_anchors(path)
    anchor = Anchor(
        kind=kind,
        at=at,
        position=position,
        head=head,
        key_id=settings.AUDIT_KEY_ID,
        previous=written[-1].mac if written else "",
    )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _append(path, anchor.line())
    except OSError as error:
        raise AnchorError(f"写不了锚点文件 {path}：{error.strerror}。请检查权限与磁盘。") from error


def _append(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        # 上一次写到一半断了电：另起一行，残行留着，读时跳过。
        file.write(b"\n" * _is_torn(path) + line.encode())
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _is_torn(path: Path) -> bool:
    content = path.read_bytes()
    return bool(content) and not content.endswith(b"\n")


def _lines(path: Path) -> Iterator[tuple[int, Anchor]]:
    """Yield the readable lines; the links between them show whether one is missing."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    except OSError as error:
        raise AnchorError(f"读不了锚点文件 {path}：{error.strerror}。请检查权限。") from error
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            said = json.loads(line)
            at, kind = datetime.fromisoformat(said.pop("at")), AnchorKind(said.pop("kind"))
            yield number, Anchor(kind=kind, at=at, **said)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
