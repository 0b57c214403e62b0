"""Password with second factor checked as one answer, so that neither can be guessed alone."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django_otp import match_token

from yiyang.access.models import User


class PasswordWithCodeBackend(ModelBackend):
    """Accept a password alone only for roles that need no second factor.

    A wrong code fails here, inside authenticate(), so it counts towards the lockout like a wrong
    password and gets the same message.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        otp_token: str = credentials.pop("otp_token", "")
        user = super().authenticate(request, username, password, **credentials)
        if user is None or not (user.needs_second_factor or otp_token):
            return user
        device = match_token(user, otp_token) if otp_token else None
        if device is None:
            return None
        user.otp_device = device  # type: ignore[attr-defined]  # login() 据此记入会话
        return user
