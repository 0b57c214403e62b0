"""Checking who somebody is, with every failure counted towards the lockout and kept."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from yiyang.access.models import User
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record


@sensitive_variables()
def verify(request: HttpRequest, *, username: str, password: str, code: str) -> User | None:
    """Return the enabled account whose password, and code where needed, these are."""
    return _checked(request, username=username, password=password, otp_token=code)


@sensitive_variables()
def verify_again(
    request: HttpRequest, user: User, *, password: str, code: str | None = None
) -> bool:
    """Tell whether who is signed in still knows the password, and the code where one is asked."""
    asked: dict[str, Any] = {"password_only": True} if code is None else {"otp_token": code}
    return _checked(request, username=user.username, password=password, **asked) is not None


@sensitive_variables()
def _checked(request: HttpRequest, **credentials: Any) -> User | None:
    user = authenticate(request, **credentials)
    if isinstance(user, User):
        return user
    # 只记账号编号：用户名一栏常有人误填口令。
    known = User.objects.filter(username=credentials["username"]).values_list("pk", flat=True)
    account = known.first()
    is_locked = getattr(request, "axes_locked_out", False)
    record(
        kind=EventKind.SIGN_IN,
        actor_id=None,
        outcome=Outcome.DENIED if is_locked else Outcome.FAILED,
        subject=f"yiyang_user:{account}" if account else "",
        reason="已锁定" if is_locked else "口令或动态验证码不正确",
    )
    return None
