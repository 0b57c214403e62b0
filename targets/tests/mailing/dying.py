"""A sender that is killed at a place of its work; run as a process of its own.

python -m targets.tests.mailing.dying before|after
"""

import os
import signal
import sys

import django


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(place: str) -> None:
    """Send what is due, and die right before or right after the message is handed over."""
    django.setup()
    from django.utils import timezone  # noqa: PLC0415 — 须在 setup 之后

    from targets.mailing.outbox import send_due  # noqa: PLC0415
    from targets.mailing.transport import FolderTransport  # noqa: PLC0415

    link = FolderTransport._link

    def linked_then_dead(self: FolderTransport, *places: object) -> None:
        link(self, *places)  # type: ignore[arg-type]
        die()

    dying = {"before": die, "after": linked_then_dead}[place]
    FolderTransport._link = dying  # type: ignore[method-assign,assignment]
    send_due(timezone.now)


if __name__ == "__main__":
    main(sys.argv[1])
