"""Every call on record: which token asked for which address, and what it was answered."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import cast

from django.db import Error as DatabaseError
from django.http import HttpResponseBase
from rest_framework.request import Request

from yiyang.access.http import ActorRequest
from yiyang.api.models import ApiToken
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.middleware import shown_path
from yiyang.audit.recording import record

logger = logging.getLogger(__name__)


def record_call(request: Request, answer: HttpResponseBase) -> None:
    """Keep the call before its answer leaves; a refusal is sent even where it cannot be kept."""
    try:
        _record(request, answer.status_code)
    except DatabaseError:
        if answer.status_code < HTTPStatus.BAD_REQUEST:
            raise
        logger.exception("audit_not_written")


def _record(request: Request, status: int) -> None:
    # 认证被拒时 request.auth 会再认一次，所以只看认过的。
    token = cast(ApiToken | None, getattr(request, "_auth", None))
    inner = cast(ActorRequest, request._request)
    record(
        kind=EventKind.API_CALL,
        actor_id=token.user_id if token else None,
        outcome=_outcome(status),
        subject=f"yiyang_apitoken:{token.pk}" if token else "",
        details={"method": inner.method or "", "path": shown_path(inner), "status": status},
    )


def _outcome(status: int) -> Outcome:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome.FAILED
    return Outcome.DENIED if status >= HTTPStatus.BAD_REQUEST else Outcome.ALLOWED
