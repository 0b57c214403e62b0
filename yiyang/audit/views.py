"""The audit as the audit administrator reads it; reading it is itself recorded."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from http import HTTPStatus

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.audit.filters import AuditEventFilter
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.models import AuditEvent, AuditSeal
from yiyang.audit.recording import record
from yiyang.audit.shown import ShownEvent, file_lines
from yiyang.lib.filenames import saved_as

PAGE_SIZE = 100
MAXIMUM_DIGITS = 18
NO_EVENT = "没有这条审计事件；保存期满的已按期清除。请从审计列表里点选。"
TITLE = "审计事件"


@never_cache
@require_safe
@requires(Permission.VIEW_AUDIT)
def event_list(request: ActorRequest) -> HttpResponse:
    """The events that match the filters, newest first, a page at a time."""
    filtered = _filtered(request)
    if not filtered.is_valid():
        return _refused(request, filtered)
    before = _before(request)
    _viewed(request, "page:audit-list", filtered.asked)
    rows = filtered.qs.page_before(before, PAGE_SIZE)
    context = {
        "filter": filtered,
        "rows": [ShownEvent(event) for event in rows[:PAGE_SIZE]],
        "next": rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None,
        "is_first": before is None,
        "page_size": PAGE_SIZE,
    }
    return render(request, "audit/event_list.html", context)


@never_cache
@require_safe
@requires(Permission.VIEW_AUDIT)
def event_detail(request: ActorRequest, event_id: int) -> HttpResponse:
    """Everything one event says, with its place in the chain."""
    events = AuditEvent.objects.visible_to(request.actor).select_related("actor")
    event = events.filter(pk=event_id).first()
    if event is None:
        raise Http404(NO_EVENT)
    _viewed(request, f"yiyang_auditevent:{event.pk}", {})
    seal = AuditSeal.objects.filter(event=event).select_related("batch").first()
    context = {"shown": ShownEvent(event), "seal": seal}
    return render(request, "audit/event_detail.html", context)


@never_cache
@require_safe
@requires(Permission.VIEW_AUDIT)
def event_csv(request: ActorRequest) -> HttpResponseBase:
    """Every event that matches the filters, as a file."""
    filtered = _filtered(request)
    if not filtered.is_valid():
        return _refused(request, filtered)
    record(
        kind=EventKind.EXPORT,
        actor_id=request.actor.user_id,
        outcome=Outcome.ALLOWED,
        subject="page:audit-csv",
        details={"rows": filtered.qs.count(), **filtered.asked},
    )
    lines = _csv(file_lines(filtered.qs, TITLE))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    return saved_as(f"audit-{request.actor.day}.csv", answer)


def _filtered(request: ActorRequest) -> AuditEventFilter:
    seen = AuditEvent.objects.visible_to(request.actor)
    return AuditEventFilter(request.GET, queryset=seen, request=request)


def _refused(request: ActorRequest, filtered: AuditEventFilter) -> HttpResponse:
    context = {"filter": filtered}
    return render(request, "audit/event_list.html", context, status=HTTPStatus.BAD_REQUEST)


def _viewed(request: ActorRequest, subject: str, asked: dict[str, str]) -> None:
    record(
        kind=EventKind.VIEW_AUDIT,
        actor_id=request.actor.user_id,
        outcome=Outcome.ALLOWED,
        subject=subject,
        details=asked,
    )


def _before(request: ActorRequest) -> int | None:
    text = request.GET.get("before", "")
    if not text:
        return None
    # 位数上限防止超出数据库整数范围。
    if not (text.isascii() and text.isdigit()) or len(text) > MAXIMUM_DIGITS:
        raise Http404(f"地址里的 before={text} 应当是数字；请从页面上的链接进入。")
    return int(text)


class _Line:
    """A file csv can write to that hands each line straight back."""

    def write(self, line: str) -> str:
        return line


def _csv(lines: Iterable[tuple[str, ...]]) -> Iterator[str]:
    # 没有字节序标记，Excel 会把中文当作另一种编码。
    yield "\ufeff"
    writer = csv.writer(_Line())
    for line in lines:
        yield writer.writerow(line)
