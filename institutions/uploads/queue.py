"""How the work on an upload is sent behind: to a worker, or done at once without a broker."""

from __future__ import annotations

from django.db import transaction


def run(upload_id: int) -> None:
    """Have the upload worked through once the present transaction is committed."""
    from institutions.tasks import run_upload  # noqa: PLC0415 - tasks import the actions

    transaction.on_commit(lambda: run_upload.delay(upload_id))
