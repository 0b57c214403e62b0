"""How often a token may call: a fixed window counted in the cache, told in every answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache

from yiyang.api.models import ApiToken

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of the window after this call; `reset` in seconds."""

    limit: int
    remaining: int
    reset: int

    @property
    def is_spent(self) -> bool:
        return self.remaining < 0

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers names them."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.remaining, 0)),
            "RateLimit-Reset": str(self.reset),
        }


def spend(token: ApiToken, at: datetime) -> Allowance:
    """Count one call of the token; atomic, so that two workers never both take the last one."""
    limit: int = settings.API_CALLS_PER_MINUTE
    second = int(at.timestamp())
    window = second // WINDOW_SECONDS
    key = f"api-calls:{token.pk}:{window}"
    cache.add(key, 0, WINDOW_SECONDS * 2)
    used = cache.incr(key)
    return Allowance(limit, limit - used, WINDOW_SECONDS - second % WINDOW_SECONDS)
