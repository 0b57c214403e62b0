"""The request as views see it once the actor has been worked out."""

import datetime

from django.http import HttpRequest
from django.utils import timezone

from yiyang.access.scope import Actor


class ActorRequest(HttpRequest):
    """An HttpRequest carrying its actor; annotate views with this."""

    actor: Actor


def asked_at(request: HttpRequest) -> datetime.datetime:
    """The instant of the request; asked for once, so that one page never sees two of them."""
    if not hasattr(request, "asked_at"):
        request.asked_at = timezone.now()  # type: ignore[attr-defined]
    return request.asked_at  # type: ignore[attr-defined,no-any-return]
