"""Any exception of an API view as a problem document; nothing inside is told to the caller."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as ModelError
from django.db import OperationalError
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.views import set_rollback

from yiyang.api.bodies import json_text
from yiyang.api.errors import ApiRefusal, Fault, Kind, Refusal, refused
from yiyang.audit.context import current_source

CONTENT_TYPE = "application/problem+json"
DOCS = "/api/docs/errors/"
logger = logging.getLogger(__name__)
_SAME: dict[type[Exception], Refusal] = {
    exceptions.NotFound: Refusal.NOT_FOUND,
    Http404: Refusal.NOT_FOUND,
    exceptions.PermissionDenied: Refusal.OUT_OF_SCOPE,
    PermissionDenied: Refusal.OUT_OF_SCOPE,
    exceptions.NotAuthenticated: Refusal.NOT_AUTHENTICATED,
    exceptions.MethodNotAllowed: Refusal.METHOD_NOT_ALLOWED,
    exceptions.NotAcceptable: Refusal.NOT_ACCEPTABLE,
    exceptions.ParseError: Refusal.MALFORMED,
    exceptions.UnsupportedMediaType: Refusal.UNSUPPORTED_MEDIA_TYPE,
    RequestDataTooBig: Refusal.TOO_LARGE,
    SuspiciousOperation: Refusal.MALFORMED,
    UnicodeDecodeError: Refusal.MALFORMED,
}


def answer_exception(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """The problem+json answer for whatever a view raised (DRF's EXCEPTION_HANDLER)."""
    set_rollback()
    refusal = _as_refusal(error)
    if refusal.kind.status >= Refusal.SERVER_ERROR.value.status:
        logger.error("api_failed", exc_info=error)
    return problem(refusal)


def problem(refusal: ApiRefusal) -> HttpResponse:
    """The answer of one refusal with the headers that belong to it."""
    response = HttpResponse(
        json_text(document_of(refusal)),
        status=refusal.kind.status,
        content_type=CONTENT_TYPE,
    )
    if refusal.wait is not None:
        response["Retry-After"] = str(refusal.wait)
    if header := getattr(refusal, "auth_header", ""):
        response["WWW-Authenticate"] = header
    return response


def document_of(refusal: ApiRefusal) -> dict[str, Any]:
    """The members of RFC 9457, and ours: code, errors, request_id."""
    kind: Kind = refusal.kind
    request_id, _, _ = current_source()
    return {
        "type": f"{DOCS}#{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": str(refusal.detail),
        "code": kind.code,
        "request_id": request_id,
        **({"errors": [one.as_json() for one in refusal.faults]} if refusal.faults else {}),
        **refusal.extra,
    }


def _as_refusal(error: Exception) -> ApiRefusal:
    if isinstance(error, ApiRefusal):
        return error
    if isinstance(error, exceptions.ValidationError):
        return refused(Refusal.INVALID, faults=tuple(faults_in(error.detail)))
    if isinstance(error, ModelError):
        return refused(Refusal.INVALID, faults=tuple(faults_of(error)))
    if isinstance(error, OperationalError):
        # 死锁、等锁太久、超过时限、数据库正在重启：原样重发多半就好。
        logger.warning("api_busy", exc_info=error)
        return refused(Refusal.BUSY, wait=1)
    for kind, refusal in _SAME.items():
        if isinstance(error, kind):
            return refused(refusal)
    return refused(Refusal.SERVER_ERROR)


def faults_in(detail: Any, pointer: str = "") -> list[Fault]:
    """DRF's nested error detail as faults with JSON pointers."""
    if isinstance(detail, dict):
        return [
            fault
            for name, inner in detail.items()
            for fault in faults_in(inner, pointer if name == NON_FIELD_KEY else f"{pointer}/{name}")
        ]
    if isinstance(detail, list):
        return [
            fault
            for place, inner in enumerate(detail)
            for fault in faults_in(
                inner,
                pointer if isinstance(inner, exceptions.ErrorDetail) else f"{pointer}/{place}",
            )
        ]
    return [Fault(str(detail), getattr(detail, "code", "invalid"), f"#{pointer}")]


def faults_of(error: ModelError, pointer: str = "") -> list[Fault]:
    """A model's or an action's ValidationError as faults."""
    if not hasattr(error, "error_dict"):
        return [Fault(message, pointer=f"#{pointer}") for message in error.messages]
    return [
        Fault(message, pointer=f"#{pointer}" + ("" if name == NON_FIELD_ERRORS else f"/{name}"))
        for name, messages in error.message_dict.items()
        for message in messages
    ]


NON_FIELD_KEY = "non_field_errors"
