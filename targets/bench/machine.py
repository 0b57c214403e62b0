"""What a benchmark ran on: processor, memory, server and the settings that decide speed."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from targets.bench.database import BenchDatabase

SETTINGS = (
    "server_version",
    "shared_buffers",
    "work_mem",
    "hash_mem_multiplier",
    "effective_cache_size",
    "max_parallel_workers_per_gather",
    "parallel_tuple_cost",
    "jit",
    "fsync",
    "synchronous_commit",
)
KIB_PER_GIB = 1024 * 1024


def described(database: BenchDatabase) -> dict[str, Any]:
    """The machine and the settings a run reads under, the same for ours and the floor."""
    settings = database.run("settings", names=",".join(SETTINGS))
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": _memory_gib(),
        "python": platform.python_version(),
        **{name: settings[name] for name in (*SETTINGS, "snapshot_lanes")},
    }


def _memory_gib() -> int:
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    kib = next(int(line.split()[1]) for line in lines if line.startswith("MemTotal"))
    return round(kib / KIB_PER_GIB)
