"""The request as views see it once the actor has been worked out."""

import datetime

from django.http import HttpRequest
from django.utils import timezone

from yiyang.access.models import User
from yiyang.access.scope import Actor


class ActorRequest(HttpRequest):
    """An HttpRequest carrying its actor; annotate views with this."""

    actor: Actor


def asked_at(request: HttpRequest) -> datetime.datetime:
    """The instant of the request; asked for once, so that one page never sees two of them."""
    if not hasattr(request, "asked_at"):
        request.asked_at = timezone.now()  # type: ignore[attr-defined]
    return request.asked_at  # type: ignore[attr-defined,no-any-return]


def day_of(request: HttpRequest) -> datetime.date:
    """The day of the request here, the same as its instant's even around midnight."""
    return timezone.localdate(asked_at(request))


def signed_in(request: HttpRequest) -> User:
    """The account of the request, on pages that only an account reaches."""
    assert isinstance(request.user, User), "SignInRequiredMiddleware 只放登录的人到这里"
    return request.user
