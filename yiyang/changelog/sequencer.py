"""The one sequencer that numbers changes after commit, gapless and in an order never revised.

A number from a sequence default is drawn before commit, so a reader past number 9 would miss
an 8 that commits later. Numbers given here cover only what is committed and visible.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# The same key is checked inside yiyang_number_changes(): migration 0002_changelog_functions.
SEQUENCER_KEY = 715_001


@contextmanager
def sequencer_lock() -> Iterator[None]:
    """Be the only sequencer; open the transaction inside, never outside."""
    # A session lock, taken before the transaction: a REPEATABLE READ transaction that asked for
    # the lock itself would already hold its snapshot, from before the previous sequencer's
    # commit, and would give the same numbers again. Released only after commit for that reason.
    _refuse_open_transaction()
    _call("SELECT pg_advisory_lock(%s)", SEQUENCER_KEY)
    try:
        yield
    finally:
        _call("SELECT pg_advisory_unlock(%s)", SEQUENCER_KEY)


def number_changes() -> int:
    """Number every committed change; the highest number now given, 0 for an empty log."""
    with sequencer_lock(), transaction.atomic(durable=True):
        return number_visible_changes()


def number_unless_busy() -> None:
    """Number what is committed, unless another sequencer is at it: its numbers do as well."""
    _refuse_open_transaction()
    if not _call("SELECT count(*) FROM (SELECT FROM yiyang_changepending LIMIT 1) one"):
        return
    if not _call("SELECT pg_try_advisory_lock(%s)::int", SEQUENCER_KEY):
        return
    try:
        with transaction.atomic(durable=True):
            number_visible_changes()
    finally:
        _call("SELECT pg_advisory_unlock(%s)", SEQUENCER_KEY)


def number_visible_changes() -> int:
    """Number what this transaction sees; for a run inside `sequencer_lock()`."""
    return _call("SELECT yiyang_number_changes()")


def _refuse_open_transaction() -> None:
    # durable=True raises inside a caller's transaction, and tolerates a test's own wrapper.
    with transaction.atomic(durable=True):
        pass


def _call(sql: str, *parameters: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        (value,) = cursor.fetchone()
    return int(value or 0)
