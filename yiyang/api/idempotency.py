"""Idempotency-Key: a call sent twice is done once, and answered alike both times."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from yiyang.access.http import asked_at
from yiyang.api.errors import Refusal, refused
from yiyang.api.models import ApiAnswer, ApiToken

KEY_HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
KEPT_HEADERS = ("ETag", "Location")
LONGEST_KEY = 100
KEY_LOCK = 715_021
BAD_KEY = f"Idempotency-Key 请用 1—{LONGEST_KEY} 个可见的 ASCII 字符，如一个 UUID。"


def done_once(
    request: HttpRequest, *, token: ApiToken, work: Callable[[], HttpResponse]
) -> HttpResponse:
    """Do the work in one transaction; under a key already answered, only answer again.

    A second call under the same key waits for the first. A call refused keeps no answer: it may
    be mended and sent again under its key.
    """
    key = _key_of(request)
    with transaction.atomic():
        if key is None:
            return work()
        _wait(token, key)
        fingerprint = fingerprint_of(request)
        kept = _kept(token, key, asked_at(request))
        if kept is not None:
            return _again(kept, fingerprint)
        answer = work()
        _keep(token, key, fingerprint, answer, asked_at(request))
    return answer


def clear_answers(*, at: datetime) -> int:
    """Forget the answers whose days are over; how many."""
    deleted, _ = ApiAnswer.objects.filter(stored_at__lte=_oldest(at)).delete()
    return deleted


def fingerprint_of(request: HttpRequest) -> str:
    """What makes two calls the same: method, address with its query, and content."""
    parts = (request.method or "", request.get_full_path())
    digest = hashlib.sha256("\n".join(parts).encode())
    digest.update(b"\n")
    digest.update(request.body)
    return digest.hexdigest()


def _key_of(request: HttpRequest) -> str | None:
    if KEY_HEADER not in request.headers:
        return None
    key: str = request.headers[KEY_HEADER]
    is_plain = key.isascii() and key.isprintable() and not key.isspace()
    if not is_plain or not 0 < len(key) <= LONGEST_KEY:
        raise refused(Refusal.INVALID, detail=BAD_KEY)
    return key


def _wait(token: ApiToken, key: str) -> None:
    """Until no other call is being done under the key; two keys of one hash only wait in vain."""
    with connection.cursor() as cursor:
        name = f"{token.pk}:{key}"
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [KEY_LOCK, name])


def _oldest(at: datetime) -> datetime:
    return at - timedelta(days=settings.API_ANSWER_KEEP_DAYS)


def _kept(token: ApiToken, key: str, at: datetime) -> ApiAnswer | None:
    kept = ApiAnswer.objects.filter(token=token, key=key).first()
    if kept is not None and kept.stored_at <= _oldest(at):
        kept.delete()
        return None
    return kept


def _again(kept: ApiAnswer, fingerprint: str) -> HttpResponse:
    if kept.fingerprint != fingerprint:
        raise refused(Refusal.KEY_REUSED)
    answer = HttpResponse(
        kept.body, status=kept.status, content_type="application/json; charset=utf-8"
    )
    for name, value in kept.headers.items():
        answer[name] = value
    answer[REPLAYED_HEADER] = "true"
    return answer


def _keep(token: ApiToken, key: str, fingerprint: str, answer: HttpResponse, at: datetime) -> None:
    ApiAnswer.objects.create(
        token=token,
        key=key,
        fingerprint=fingerprint,
        status=answer.status_code,
        headers={name: answer[name] for name in KEPT_HEADERS if answer.has_header(name)},
        body=answer.content.decode(),
        stored_at=at,
    )
