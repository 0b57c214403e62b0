"""The anchor file: written to the disk, readable by us alone, and false nowhere unnoticed."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from yiyang.audit.anchors import AnchorError, AnchorKind, append_anchor, read_anchors
from yiyang.audit.tests.conftest import NOW


@pytest.fixture
def anchored(anchor_path: Path) -> Path:
    """Three anchors."""
    for number in (1, 2, 3):
        at = NOW + timedelta(days=number)
        append_anchor(anchor_path, kind=AnchorKind.HEAD, at=at, position=number * 10, head="ab")
    return anchor_path


def test_anchors_are_read_as_written(anchored: Path) -> None:
    read = [(anchor.at, anchor.position, anchor.head) for anchor in read_anchors(anchored)]
    assert read == [(NOW + timedelta(days=number), number * 10, "ab") for number in (1, 2, 3)]


def test_no_file_is_no_anchor(anchor_path: Path) -> None:
    assert read_anchors(anchor_path) == []


def test_nobody_else_may_read_it(anchored: Path) -> None:
    assert stat.S_IMODE(anchored.stat().st_mode) == 0o600


def changed(lines: list[str], **said: object) -> list[str]:
    return [lines[0], json.dumps(json.loads(lines[1]) | said), lines[2]]


FALSIFICATIONS: dict[str, Callable[[list[str]], list[str]]] = {
    "a position changed": lambda lines: changed(lines, position=21),
    "a head changed": lambda lines: changed(lines, head="cd"),
    "a day changed": lambda lines: changed(lines, at="2020-01-01T00:00:00+00:00"),
    "a kind changed": lambda lines: changed(lines, kind="start"),
    "a key named that is not there": lambda lines: changed(lines, key_id="zz"),
    "a line removed": lambda lines: [lines[0], lines[2]],
    "the first line removed": lambda lines: lines[1:],
    "two lines exchanged": lambda lines: [lines[1], lines[0], lines[2]],
    "a line spoilt": lambda lines: [lines[0], "spoilt", lines[2]],
    "a line repeated": lambda lines: [*lines, lines[2]],
}


@pytest.mark.parametrize("falsification", FALSIFICATIONS)
def test_a_falsified_file_is_refused(anchored: Path, falsification: str) -> None:
    lines = anchored.read_text().splitlines()
    anchored.write_text("\n".join(FALSIFICATIONS[falsification](lines)) + "\n")
    with pytest.raises(AnchorError, match="锚点文件第"):
        read_anchors(anchored)


def test_a_line_half_written_when_the_power_failed_is_passed_over(anchored: Path) -> None:
    with anchored.open("a") as file:
        file.write('{"kind": "head", "at": "2027')
    append_anchor(anchored, kind=AnchorKind.HEAD, at=NOW, position=40, head="ab")
    assert [anchor.position for anchor in read_anchors(anchored)] == [10, 20, 30, 40]


@pytest.mark.django_db
@pytest.mark.usefixtures("no_events")
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, settings: object) -> None:
    from yiyang.audit.tests.conftest import look  # noqa: PLC0415

    look()
    (tmp_path / "file").write_text("")
    settings.AUDIT_ANCHOR_FILE = tmp_path / "file" / "anchors"  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match=r"锚点文件.*请检查权限"):
        call_command("anchor_audit")


def test_the_line_is_on_the_disk_before_we_go_on(
    anchor_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync

    def noting(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    append_anchor(anchor_path, kind=AnchorKind.HEAD, at=NOW, position=1, head="ab")
    assert synced == [anchor_path.stat().st_ino, anchor_path.parent.stat().st_ino]
