"""The one way policies come in from files: read, check, then write all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings

from targets.ingest.checks import Known, check
from targets.ingest.reading import read_files
from targets.ingest.registering import register
from targets.ingest.writing import Alignment, Loaded
from yiyang.changelog.context import Recorder, recorded

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "policies"


def load_policies(
    paths: Sequence[Path] = (SHIPPED,),
    *,
    by: Recorder,
    at: datetime,
    known: Known,
    overwrite: bool = False,
) -> Loaded:
    """Bring the register in line with the files, or raise FilesRefused with nothing changed.

    `known` maps (indicator, reading) to its unit. Rows last written by a person keep their
    values unless `overwrite`.
    """
    region = settings.PORTAL_REGION
    entries = read_files(paths, region)
    names = "、".join(dict.fromkeys(path.name for path in paths))
    alignment = Alignment(overwrite=overwrite)
    with recorded(by=by, reason=f"装载政策数据文件：{names}"):
        check(entries, known, region)
        register(entries, alignment, at)
    return alignment.loaded
