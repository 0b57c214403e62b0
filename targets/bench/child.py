"""One piece of benchmark work in a process of its own, so that its memory is its own.

`python -m targets.bench.child WORK key=value …` prints one JSON object as its last line.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import django

WARM_UPS = 1
REPEATS = 3
KIB_PER_MB = 1024


def _fill(rows: str, regions: str) -> dict[str, Any]:
    from targets.bench.filling import fill

    fill(rows=int(rows), regions=regions)
    return {}


def _floor(as_of: str, region: str, scope: str) -> dict[str, Any]:
    from targets.bench import floor
    from targets.snapshots import find_region

    place, day = find_region(region), date.fromisoformat(as_of)
    return best(lambda: floor.run(day=day, region=place.pk, is_whole=scope == "whole"))


def _snapshot(as_of: str, region: str) -> dict[str, Any]:
    from targets.snapshots import find_region, take_snapshot

    place, day = find_region(region), date.fromisoformat(as_of)
    return best(lambda: take_snapshot(as_of=day, region=place, reason="bench"))


def _analyst(as_of: str) -> dict[str, Any]:
    from targets.bench import analyst

    return analyst.run(date.fromisoformat(as_of))


def _sheet(rows: str, path: str) -> dict[str, Any]:
    from targets.bench.import_work import write_sheet

    write_sheet(int(rows), Path(path))
    return {}


def _import(path: str) -> dict[str, Any]:
    from targets.bench.import_work import take

    return take(Path(path))


def _import_floor(folder: str) -> dict[str, Any]:
    from targets.bench.import_work import copy_bare

    return copy_bare(Path(folder))


def _more_institutions(number: str) -> dict[str, Any]:
    from targets.bench.page_work import more_institutions

    return more_institutions(int(number))


def _pages() -> dict[str, Any]:
    from targets.bench.page_work import timed

    return timed(peak_mb)


def _api() -> dict[str, Any]:
    from targets.bench.api_work import timed

    return timed(peak_mb)


def _linelist() -> dict[str, Any]:
    from targets.bench.linelist_work import timed

    return timed(peak_mb)


def _workbook(regions: str) -> dict[str, Any]:
    from targets.bench.workbook_work import timed

    return timed(int(regions), peak_mb)


def _settings(names: str) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connection, transaction

    from targets.runs.frozen import read_much

    with transaction.atomic(), connection.cursor() as cursor:
        read_much(cursor)
        cursor.execute(
            "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)",
            [names.split(",")],
        )
        return {**dict(cursor.fetchall()), "snapshot_lanes": settings.SNAPSHOT_LANES}


def best(work: Callable[[], Any]) -> dict[str, Any]:
    """The least seconds of several warm runs, with every one of them."""
    seconds = []
    for _ in range(WARM_UPS + REPEATS):
        started = time.perf_counter()
        work()
        seconds.append(round(time.perf_counter() - started, 4))
    return {"seconds": min(seconds[WARM_UPS:]), "runs": seconds}


def peak_mb() -> float:
    """The most memory this process has held."""
    # 不用 ru_maxrss：它把父进程分叉时的大小也算进来。
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(kib) / KIB_PER_MB, 1)


WORKS: dict[str, Callable[..., dict[str, Any]]] = {
    "analyst": _analyst,
    "api": _api,
    "fill": _fill,
    "floor": _floor,
    "import": _import,
    "import_floor": _import_floor,
    "linelist": _linelist,
    "more_institutions": _more_institutions,
    "pages": _pages,
    "settings": _settings,
    "sheet": _sheet,
    "snapshot": _snapshot,
    "workbook": _workbook,
}


def main(arguments: list[str]) -> None:
    """Do the work named first and print what it took."""
    django.setup()
    name, *pairs = arguments
    result = WORKS[name](**dict(pair.split("=", 1) for pair in pairs))
    print(json.dumps({**result, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main(sys.argv[1:])
