"""An audit event in the words and columns its page and its file share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.timezone import get_current_timezone

from yiyang.audit.kinds import Outcome
from yiyang.audit.models import AuditEvent, AuditEventQuerySet
from yiyang.lib.sheets import safe_cell

NOBODY = "未登录或系统"
TONES = {Outcome.ALLOWED: "good", Outcome.DENIED: "warn", Outcome.FAILED: "bad"}
HEADINGS = (
    *("编号", "时刻", "事项", "结果", "账号", "对象", "理由", "细节"),
    *("请求编号", "来源地址", "会话散列"),
)
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """One event, ready to print."""

    event: AuditEvent

    @property
    def account(self) -> str:
        if self.event.actor_id is None:
            return NOBODY
        return str(self.event.actor) if self.event.actor else f"账号 {self.event.actor_id}"

    @property
    def at(self) -> str:
        return f"{self.event.at.astimezone(get_current_timezone()):%Y-%m-%d %H:%M:%S}"

    @property
    def colour(self) -> str:
        return TONES[Outcome(self.event.outcome)]

    @property
    def details(self) -> str:
        return "；".join(f"{name}={value}" for name, value in self.event.details.items())

    @property
    def line(self) -> tuple[str, ...]:
        """Return the event under HEADINGS."""
        event = self.event
        return (
            *(str(event.pk), self.at, event.get_kind_display(), event.get_outcome_display()),
            *(self.account, event.subject, event.reason, self.details),
            *(event.request_id, event.network, event.session_digest),
        )


def file_lines(events: AuditEventQuerySet, title: str) -> Iterator[tuple[str, ...]]:
    """Yield title, headings and every event, newest first, harmless in Excel."""
    mark = f"（{settings.DEMO_MARK}）" if settings.DEMO else ""
    yield (f"{title}{mark}",)
    yield HEADINGS
    rows = events.select_related("actor").order_by("-pk").iterator(chunk_size=CHUNK)
    for event in rows:
        yield tuple(safe_cell(cell) for cell in ShownEvent(event).line)
