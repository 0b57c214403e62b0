"""The edge where a request becomes an actor on a day, and strangers are sent to sign in."""

import datetime
from collections.abc import Callable
from enum import Enum
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django_otp import user_has_device

from yiyang.access.account_sessions import (
    begin_session,
    current_digest,
    end_sessions,
    is_begun,
    is_too_old,
    notice,
)
from yiyang.access.http import ActorRequest, day_of
from yiyang.access.models import SessionEnd, User
from yiyang.access.scope import Actor, known_actor, unknown_actor

# 不登录也能打开的地址名称；不在表中的一律要求登录，新页面忘了声明也不会敞开。
# 报告邮件里的确认、退订链接自带签名，收件人不一定登录得了。
OPEN_TO_ANYONE = frozenset(
    {
        *("sign-in", "healthz"),
        *("report-subscription-confirm", "report-subscription-unsubscribe"),
    }
)

# 接口自己认令牌，不认会话（yiyang.api）。
API = "api"

GetResponse = Callable[[HttpRequest], HttpResponse]


class Duty(Enum):
    """What a signed-in account must do before anything else; its value is the page's name."""

    CHANGE_PASSWORD = "password-change"  # noqa: S105 - 地址名称，不是口令
    ENROL_CODE_DEVICE = "code-device"

    @property
    def is_open_to(self) -> frozenset[str]:
        return frozenset({self.value, "sign-out"})


def duty_of(user: User | AnonymousUser, day: datetime.date) -> Duty | None:
    """Return what the account owes before it may be used: an own password, a source of codes."""
    if not isinstance(user, User) or not user.is_active:
        return None
    if user.owes_password(day):
        return Duty.CHANGE_PASSWORD
    if user.needs_second_factor and not user_has_device(user):
        return Duty.ENROL_CODE_DEVICE
    return None


def actor_of(user: User | AnonymousUser, day: datetime.date, *, verified: bool) -> Actor:
    """Return the user's actor; without a second factor where one is needed, the unknown actor.

    Asked on every request: a role changed or an account disabled mid-session takes effect at once.
    """
    if not isinstance(user, User) or not user.is_active or user.owes_password(day):
        return unknown_actor(day)
    actor = known_actor(user.pk, user.role, day)
    if actor.is_known and user.needs_second_factor and not verified:
        return unknown_actor(day)
    return actor


class SessionLimitMiddleware:
    """Sign out whoever has been signed in for too long, or whose session was ended elsewhere."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if user.is_authenticated:
            if not is_begun(request.session):
                begin_session(request, user)
            elif is_too_old(request):
                end_sessions(user, SessionEnd.TOO_OLD, digest=current_digest(request))
                _forget(request)
            elif not notice(request):
                _forget(request)
        return self.get_response(request)


def _forget(request: HttpRequest) -> None:
    request.session.flush()
    request.user = AnonymousUser()
    request.user.is_verified = lambda: False  # type: ignore[attr-defined]  # 如 OTP 中间件所为


class ActorMiddleware:
    """Set request.actor; the only place on the web side where today is asked for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: ActorRequest) -> HttpResponse:
        user: Any = request.user
        day = day_of(request)
        # request.user 是惰性代理，isinstance 看到的是里面真正的用户。
        verified = user.is_authenticated and user.is_verified()
        request.actor = actor_of(user, day, verified=verified)
        return self.get_response(request)


class SignInRequiredMiddleware:
    """Send anyone without a known actor to the page they owe or to sign in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: ActorRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if match and match.namespaces == [API]:
            return None
        name = match.view_name if match else ""
        if request.actor.is_known or name in OPEN_TO_ANYONE:
            return None
        duty = duty_of(request.user, request.actor.day)
        if duty is None:
            return _sent_to_sign_in(request)
        return None if name in duty.is_open_to else _sent_to(request, resolve_url(duty.value))


def _sent_to_sign_in(request: ActorRequest) -> HttpResponseBase:
    sign_in = resolve_url(settings.LOGIN_URL)
    if request.headers.get("HX-Request") == "true":
        return _sent_to(request, sign_in)
    return redirect_to_login(request.get_full_path(), sign_in)


def _sent_to(request: ActorRequest, address: str) -> HttpResponseBase:
    if request.headers.get("HX-Request") == "true":
        # 局部刷新收到 302 会把登录页塞进表格里；让浏览器整页跳转。
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
