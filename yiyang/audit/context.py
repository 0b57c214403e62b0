"""From where a request comes, told by the middleware so that every event can say it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest

from yiyang.audit.keys import mac_of
from yiyang.audit.kinds import EventKind

DIGEST_LENGTH = 32


@dataclass(frozen=True, slots=True)
class AuditedRequest:
    """A request with its number, and what has been recorded while it was answered."""

    request: HttpRequest
    id: str = field(default_factory=lambda: uuid4().hex)
    kinds: set[EventKind] = field(default_factory=set)


_current: ContextVar[AuditedRequest | None] = ContextVar("audited_request", default=None)


@contextmanager
def audited_request(request: HttpRequest) -> Iterator[AuditedRequest]:
    """Let events recorded in the block carry this request."""
    audited = AuditedRequest(request)
    token = _current.set(audited)
    try:
        yield audited
    finally:
        _current.reset(token)


def current_source() -> tuple[str, str, str]:
    """Return request id, network and session digest; empty in commands and tasks."""
    current = _current.get()
    if current is None:
        return "", "", ""
    return current.id, network_of(current.request), _session_digest(current.request)


def note_recorded(kind: EventKind) -> None:
    """Remember that an event of this kind belongs to the current request."""
    current = _current.get()
    if current is not None:
        current.kinds.add(kind)


def network_of(request: HttpRequest) -> str:
    """Return the address the request came from, past the proxies we run ourselves."""
    # 每层自家代理在末尾添一个地址；再往前的由来访者自己写，不可信。
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    chain = [*(part for part in chain if part), request.META.get("REMOTE_ADDR", "")]
    claimed = chain[-1 - min(settings.PROXY_COUNT, len(chain) - 1)]
    try:
        address = ipaddress.ip_address(claimed)
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _session_digest(request: HttpRequest) -> str:
    """Tell sessions apart without a value that could be used to take one over."""
    session = getattr(request, "session", None)
    key = session.session_key if session is not None else None
    if not key:
        return ""
    return mac_of(f"session|{key}".encode(), key_id=settings.AUDIT_KEY_ID)[:DIGEST_LENGTH]
