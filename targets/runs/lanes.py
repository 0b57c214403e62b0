"""Reading one frozen view in several connections at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

from targets.runs.frozen import reading

T = TypeVar("T")


def in_lanes(snapshot: str, jobs: Sequence[Callable[[], T]]) -> list[T]:
    """What every job returns, in their order; SNAPSHOT_LANES of them read at once.

    Joins use all processors by themselves, sums and results only one: a second lane fills the
    gaps. An error or an interruption stops the other lanes at once and is raised.
    """
    if settings.SNAPSHOT_LANES == 1:
        with reading(snapshot):
            return [job() for job in jobs]
    under_way: set[Any] = set()

    def read(job: Callable[[], T]) -> T:
        connection.ensure_connection()
        under_way.add(line := connection.connection)
        try:
            with reading(snapshot):
                return job()
        finally:
            under_way.discard(line)
            connection.close()  # 这条线程自己的连接

    with ThreadPoolExecutor(settings.SNAPSHOT_LANES) as pool:
        try:
            return list(pool.map(read, jobs))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for line in tuple(under_way):
                line.cancel()
            raise
