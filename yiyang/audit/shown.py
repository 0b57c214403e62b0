"""An audit event in the words and columns its page and its file share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.timezone import get_current_timezone

from yiyang.audit.kinds import Outcome
from yiyang.audit.models import AuditEvent, AuditEventQuerySet
from yiyang.lib.demo import demo_mark
from yiyang.lib.sheets import safe_cell

NOBODY = "未登录或系统"
# 细节一栏各项的名称；没有列出的照原名显示。
DETAIL_TITLES = {
    "account": "账号",
    "as_of": "统计日",
    "attachment": "附件编号",
    "change": "变更",
    "columns": "列",
    "dropped": "并入的档案",
    "events": "事件数",
    "field": "项目",
    "fields": "改动的项目",
    "filters": "筛选",
    "first": "从",
    "format": "格式",
    "kind": "事项",
    "last": "到",
    "method": "方法",
    "outcome": "结果",
    "page": "页面",
    "path": "地址",
    "persons": "人数",
    "plan": "销毁计划",
    "region": "区划",
    "request_id": "请求编号",
    "role": "角色",
    "rows": "行数",
    "sessions": "会话数",
    "status": "状态码",
    "subject": "对象",
    "through": "到链上位置",
    "uids": "档案编号",
}
HEADINGS = (
    *("编号", "时刻", "事项", "结果", "账号", "对象", "理由", "细节"),
    *("请求编号", "来源地址", "会话散列"),
)
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Tone:
    """An outcome as a reader meets it: word, colour name and icon, so no colour stands alone."""

    word: str
    colour: str
    icon: str


TONES = {
    Outcome.ALLOWED: Tone("成功", "good", "check"),
    Outcome.DENIED: Tone("拒绝", "warn", "dash"),
    Outcome.FAILED: Tone("失败", "bad", "cross"),
}


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
    def tone(self) -> Tone:
        return TONES[Outcome(self.event.outcome)]

    @property
    def details(self) -> list[tuple[str, str | int]]:
        """Return title and value of each detail, in the order of their names."""
        told = sorted(self.event.details.items())
        return [(DETAIL_TITLES.get(name, name), value) for name, value in told]

    @property
    def line(self) -> tuple[str, ...]:
        """Return the event under HEADINGS."""
        event = self.event
        return (
            *(str(event.pk), self.at, event.get_kind_display(), event.get_outcome_display()),
            *(self.account, event.subject, event.reason, self._details_in_words()),
            *(event.request_id, event.network, event.session_digest),
        )

    def _details_in_words(self) -> str:
        return "；".join(f"{title}：{value}" for title, value in self.details)


def file_lines(events: AuditEventQuerySet, title: str) -> Iterator[tuple[str, ...]]:
    """Yield title, headings and every event, newest first, harmless in Excel."""
    mark = demo_mark("（{}）")
    yield (f"{title}{mark}",)
    yield HEADINGS
    rows = events.select_related("actor").order_by("-pk").iterator(chunk_size=CHUNK)
    for event in rows:
        yield tuple(safe_cell(cell) for cell in ShownEvent(event).line)
