"""Reading one frozen view in several connections at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

from targets.runs.frozen import reading

T = TypeVar("T")


def in_lanes(snapshot: str, jobs: Sequence[Callable[[], T]]) -> list[T]:
    """What every job returns, in their order; SNAPSHOT_LANES of them read at once.

    As many lanes as processors is best; then the server lends a query no workers besides. An
    error or an interruption stops the other lanes at once and is raised.
    """
    if settings.SNAPSHOT_LANES == 1:
        with reading(snapshot):
            return [job() for job in jobs]
    waiting = deque(enumerate(jobs))
    done: dict[int, T] = {}
    lines: list[Any] = []

    def lane() -> None:
        connection.ensure_connection()
        lines.append(connection.connection)
        try:
            with reading(snapshot), connection.cursor() as cursor:
                cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
                while (taken := _next(waiting)) is not None:
                    place, job = taken
                    done[place] = job()
        finally:
            lines.remove(connection.connection)
            connection.close()  # 这条线程自己的连接

    with ThreadPoolExecutor(settings.SNAPSHOT_LANES) as pool:
        lanes = [pool.submit(lane) for _ in range(settings.SNAPSHOT_LANES)]
        try:
            for one in as_completed(lanes):
                one.result()
        except BaseException:
            waiting.clear()
            for line in tuple(lines):
                line.cancel()
            raise
    return [done[place] for place in range(len(jobs))]


def _next(waiting: deque[tuple[int, Callable[[], T]]]) -> tuple[int, Callable[[], T]] | None:
    """The next job; none when another lane was quicker to take the last one."""
    try:
        return waiting.popleft()
    except IndexError:
        return None
