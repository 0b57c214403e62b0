"""How the work on a batch is sent behind: to a worker, or done at once where there is no broker."""

from __future__ import annotations

from django.db import transaction

SILENT_SECONDS = 60


def check(batch_id: int) -> None:
    """Have the batch checked once the present transaction is committed."""
    from institutions.tasks import check_import  # noqa: PLC0415 - tasks import the actions

    transaction.on_commit(lambda: check_import.delay(batch_id))


def run(batch_id: int) -> None:
    """Have the batch imported once the present transaction is committed."""
    from institutions.tasks import run_import  # noqa: PLC0415 - tasks import the actions

    transaction.on_commit(lambda: run_import.delay(batch_id))
