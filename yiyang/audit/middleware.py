"""The edge where a request gets its number, and where refusals and failures are kept."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus

from django.db import Error as DatabaseError
from django.http import HttpResponse

from yiyang.access.http import ActorRequest
from yiyang.audit.context import audited_request
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.lib.masking import without_numbers

PATH_LENGTH = 200
# 负载均衡每几秒问一次；数据库停了它答 503，那时也写不进审计。
NOT_AUDITED = frozenset({"healthz"})
REASONS: Mapping[int, str] = {
    HTTPStatus.FORBIDDEN: "无权使用",
    HTTPStatus.NOT_FOUND: "不存在或不在授权范围",
    HTTPStatus.TOO_MANY_REQUESTS: "过于频繁",
}

# 导出了哪个区划、哪一天的，值得记；其余查询参数一律不记。
EXPORT_PARAMETERS = ("region", "as_of")
HARMLESS = re.compile(r"[0-9-]{1,12}")

logger = logging.getLogger(__name__)
GetResponse = Callable[[ActorRequest], HttpResponse]


class AuditMiddleware:
    """Number each request; record its answer where that is a refusal, a failure or a file."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: ActorRequest) -> HttpResponse:
        with audited_request(request) as audited:
            response = self.get_response(request)
            response["X-Request-ID"] = audited.id
            kind = _kind_of(request, response.status_code, audited.kinds)
            if EventKind.API_CALL in audited.kinds:
                return response
            if kind is not None:
                _record_answer(request, response.status_code, kind)
            elif _is_file(response) and EventKind.EXPORT not in audited.kinds:
                _record_export(request)
        return response


def _is_file(response: HttpResponse) -> bool:
    disposition = response.headers.get("Content-Disposition", "")
    return response.status_code == HTTPStatus.OK and disposition.startswith("attachment")


def _record_export(request: ActorRequest) -> None:
    """Record a file nobody has recorded yet: no export leaves unrecorded, whoever forgets."""
    asked = {name: request.GET.get(name, "") for name in EXPORT_PARAMETERS}
    record(
        kind=EventKind.EXPORT,
        actor_id=request.actor.user_id,
        outcome=Outcome.ALLOWED,
        subject=_page(request),
        details={
            "path": shown_path(request),
            **{name: value for name, value in asked.items() if HARMLESS.fullmatch(value)},
        },
    )


def _page(request: ActorRequest) -> str:
    match = request.resolver_match
    # 接口的名称是“api:…”：审计对象只许一个冒号。
    return f"page:{match.view_name.replace(':', '.')}" if match and match.view_name else ""


def _kind_of(request: ActorRequest, status: int, recorded: set[EventKind]) -> EventKind | None:
    match = request.resolver_match
    if match is not None and match.view_name in NOT_AUDITED:
        return None
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return EventKind.FAILED
    if status == HTTPStatus.FORBIDDEN:
        return EventKind.DENIED
    # 锁定与查询过多，视图多半已记得更清楚；没有记的由这里补上。
    if status == HTTPStatus.TOO_MANY_REQUESTS and not recorded:
        return EventKind.DENIED
    # 地址本身不存在的 404 是打错字；地址存在而记录“不存在”的，可能是在试别人的编号。
    if status == HTTPStatus.NOT_FOUND and match is not None and request.actor.is_known:
        return EventKind.DENIED
    return None


def _record_answer(request: ActorRequest, status: int, kind: EventKind) -> None:
    try:
        record(
            kind=kind,
            actor_id=request.actor.user_id,
            outcome=Outcome.FAILED if kind is EventKind.FAILED else Outcome.DENIED,
            subject=_page(request),
            reason=REASONS.get(status, "系统出错"),
            details={"method": request.method or "", "path": shown_path(request), "status": status},
        )
    except DatabaseError:
        # 答复本身已是拒绝或出错，没有泄露什么；数据库停了不该再遮住真正的原因。
        logger.exception("audit_not_written")


def shown_path(request: ActorRequest) -> str:
    """Return the path as the audit may keep it: no query, no names, no long numbers."""
    ascii_only = request.path.encode("ascii", "replace").decode()
    return without_numbers(ascii_only)[:PATH_LENGTH]
