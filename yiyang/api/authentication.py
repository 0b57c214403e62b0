"""Who calls: a bearer token from a network it is bound to, and the actor it stands for."""

from __future__ import annotations

from django.core.cache import cache
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from yiyang.access.http import asked_at, day_of
from yiyang.access.models import User
from yiyang.api.errors import Refusal, refused
from yiyang.api.models import ApiToken
from yiyang.api.tokens import actor_of_token, comes_from_its_network, note_use, recognise
from yiyang.audit.context import network_of

SCHEME = "bearer"
LONGEST_TOKEN = 100
FAILURES_A_MINUTE = 30
MINUTE = 60


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer yy_…`; anything else is answered alike, and slowly guessed."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The account and its token; 401 for a missing or wrong one, 403 from elsewhere."""
        header = request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _, text = header.partition(" ")
        address = network_of(request._request)
        if scheme.lower() != SCHEME or not text.strip():
            raise refused(Refusal.NOT_AUTHENTICATED)
        _slow_down(address)
        token = recognise(text.strip()[:LONGEST_TOKEN], day_of(request._request))
        if token is None:
            _count_failure(address)
            raise refused(Refusal.BAD_TOKEN)
        if not comes_from_its_network(token, address):
            raise refused(Refusal.WRONG_NETWORK)
        self._let_in(request, token, address)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    def _let_in(self, request: Request, token: ApiToken, address: str) -> None:
        inner = request._request
        inner.actor = actor_of_token(token, day_of(inner))  # type: ignore[attr-defined]
        if not inner.actor.is_known:  # type: ignore[attr-defined]
            raise refused(Refusal.BAD_TOKEN)
        note_use(token, asked_at(inner), address)


def _failures_key(address: str) -> str:
    return f"api-failures:{address}"


def _slow_down(address: str) -> None:
    if cache.get(_failures_key(address), 0) >= FAILURES_A_MINUTE:
        raise refused(Refusal.THROTTLED, wait=MINUTE)


def _count_failure(address: str) -> None:
    key = _failures_key(address)
    cache.add(key, 0, MINUTE)
    cache.incr(key)
