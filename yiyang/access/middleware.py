"""The edge where a request becomes an actor on a day, and strangers are sent to sign in."""

import datetime
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone

from yiyang.access.http import ActorRequest
from yiyang.access.models import User
from yiyang.access.scope import Actor, known_actor, unknown_actor

# 不登录也能打开的地址名称；不在表中的一律要求登录，新页面忘了声明也不会敞开。
OPEN_TO_ANYONE = frozenset({"sign-in", "healthz"})

GetResponse = Callable[[HttpRequest], HttpResponse]


def actor_of(user: User | AnonymousUser, day: datetime.date, *, verified: bool) -> Actor:
    """Return the user's actor; without a second factor where one is needed, the unknown actor.

    Asked on every request: a role changed or an account disabled mid-session takes effect at once.
    """
    if not isinstance(user, User) or not user.is_active:
        return unknown_actor(day)
    actor = known_actor(user.pk, user.role, day)
    if actor.is_known and user.needs_second_factor and not verified:
        return unknown_actor(day)
    return actor


class ActorMiddleware:
    """Set request.actor; the only place on the web side where today is asked for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: ActorRequest) -> HttpResponse:
        user: Any = request.user
        day = timezone.localdate()
        # request.user 是惰性代理，isinstance 看到的是里面真正的用户。
        verified = user.is_authenticated and user.is_verified()
        request.actor = actor_of(user, day, verified=verified)
        return self.get_response(request)


class SignInRequiredMiddleware:
    """Send anyone without a known actor to the sign-in page, unless the address is open."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: ActorRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if request.actor.is_known or (match and match.view_name in OPEN_TO_ANYONE):
            return None
        sign_in = resolve_url(settings.LOGIN_URL)
        if request.headers.get("HX-Request") == "true":
            # 局部刷新收到 302 会把登录页塞进表格里；让浏览器整页跳转。
            return HttpResponse(status=401, headers={"HX-Redirect": sign_in})
        return redirect_to_login(request.get_full_path(), sign_in)
