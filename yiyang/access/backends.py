"""Password with second factor checked as one answer, so that neither can be guessed alone."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django_otp import match_token, user_has_device

from yiyang.access.models import User


class PasswordWithCodeBackend(ModelBackend):
    """Accept a password alone only where no code is needed, or none can be given yet.

    A wrong code fails here, inside authenticate(), so it counts towards the lockout like a wrong
    password and gets the same message. Who needs a code and has no device gets in as far as the
    enrolment page (yiyang.access.middleware).
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        otp_token: str = credentials.pop("otp_token", "")
        # 已登录的人改口令只再问口令：动态验证码登录时验过了。
        password_only: bool = credentials.pop("password_only", False)
        user = super().authenticate(request, username, password, **credentials)
        if user is None or password_only or not _needs_code(user, otp_token):
            return user
        device = match_token(user, otp_token) if otp_token else None
        if device is None:
            return None
        user.otp_device = device  # type: ignore[attr-defined]  # login() 据此记入会话
        return user


def _needs_code(user: User, otp_token: str) -> bool:
    # 本可不用的角色一旦启用，也就每次都要；没有设备却填了码的，多半是填错了账号。
    return user_has_device(user) or (bool(otp_token) and not user.needs_second_factor)
