"""How the outbox stands, in numbers only: for /healthz, a command and the administrator's page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from targets.models import MailState, ReportMail

OVERDUE_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class MailStanding:
    """How many mails wait, have waited too long, did not go out, or may not have."""

    waiting: int
    overdue: int
    dead: int
    in_doubt: int

    @property
    def is_troubled(self) -> bool:
        return bool(self.dead or self.in_doubt)

    @property
    def numbers(self) -> dict[str, int]:
        return asdict(self)


def standing_at(at: datetime) -> MailStanding:
    """The outbox as it stands, in one query; what somebody has seen to no longer counts."""
    waiting = Q(state__in=[MailState.PENDING, MailState.SENDING])
    unseen = Q(acknowledged_at=None)
    counted = ReportMail.objects.filter(waiting | Q(state__in=[MailState.DEAD, MailState.IN_DOUBT]))
    return MailStanding(
        **counted.aggregate(
            waiting=Count("pk", filter=waiting),
            overdue=Count("pk", filter=waiting & Q(due_at__lt=at - OVERDUE_AFTER)),
            dead=Count("pk", filter=unseen & Q(state=MailState.DEAD)),
            in_doubt=Count("pk", filter=unseen & Q(state=MailState.IN_DOUBT)),
        )
    )
