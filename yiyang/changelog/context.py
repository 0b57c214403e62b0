"""Who writes, from which batch and why: told to the database for the triggers to record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Final, Literal

from django.db import connection, transaction

from yiyang.access.models import User
from yiyang.access.scope import Actor
from yiyang.lib.masking import without_numbers


class Machine(Enum):
    """A writer that is no person."""

    SYSTEM = "system"


SYSTEM: Final = Machine.SYSTEM

Recorder = User | Actor | Literal[Machine.SYSTEM]

SETTINGS = ("yiyang.actor", "yiyang.batch", "yiyang.reason")


class ActorMissingError(ValueError):
    """A write that does not say who makes it."""

    def __init__(self) -> None:
        super().__init__(
            "写入登记必须说明操作人：recorded(by=已登录的用户)；系统任务用 by=SYSTEM。"
        )


@contextmanager
def recorded(*, by: Recorder | None, reason: str = "", batch: str = "") -> Iterator[None]:
    """Run the block in one transaction whose changes are logged under this actor.

    Within another block the outer one's batch holds on: an action knows nothing of the file.
    """
    actor = _actor_value(by)
    nested = connection.in_atomic_block
    with transaction.atomic():
        outer = _current() if nested else None
        # 理由随日志永久留存：写进去的手机、证件号码一律抹去。
        _tell((actor, batch or (outer[1] if outer else ""), without_numbers(reason)))
        yield
        # SET LOCAL outlives a savepoint: without this, what the caller writes next in its own
        # transaction would be logged under our actor. A rollback undoes the setting by itself.
        if outer is not None:
            _tell(outer)


def _actor_value(by: Recorder | None) -> str:
    if by is SYSTEM:
        return ""
    user_id = by.user_id if isinstance(by, Actor) else getattr(by, "pk", None)
    if user_id is None:
        raise ActorMissingError
    return str(user_id)


def _current() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting(name, true), '')"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS wanted(name, place) ORDER BY place",
            [list(SETTINGS)],
        )
        return tuple(value for (value,) in cursor.fetchall())


def _tell(values: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(name, value, true)"
            " FROM unnest(%s::text[], %s::text[]) AS told(name, value)",
            [list(SETTINGS), list(values)],
        )
