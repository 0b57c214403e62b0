"""Signing in and out as audit events, told by Django's and axes' own signals."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from yiyang.access.models import User
from yiyang.audit.keys import mac_of
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record

NAME_DIGEST_LENGTH = 16


def listen() -> None:
    """Connect the receivers; called once, when the app is ready."""
    user_logged_in.connect(signed_in, dispatch_uid="audit_signed_in")
    user_login_failed.connect(sign_in_failed, dispatch_uid="audit_sign_in_failed")
    user_locked_out.connect(locked_out, dispatch_uid="audit_locked_out")
    user_logged_out.connect(signed_out, dispatch_uid="audit_signed_out")


def signed_in(sender: object, user: User, **given: Any) -> None:
    """Record a sign-in that succeeded."""
    record(
        kind=EventKind.SIGN_IN,
        actor_id=user.pk,
        outcome=Outcome.ALLOWED,
        subject=f"yiyang_user:{user.pk}",
    )


def sign_in_failed(sender: object, credentials: dict[str, Any], **given: Any) -> None:
    """Record a wrong name, password or code."""
    subject, details = _tried(str(credentials.get("username") or ""))
    record(
        kind=EventKind.SIGN_IN,
        actor_id=None,
        outcome=Outcome.FAILED,
        subject=subject,
        reason="用户名、口令或验证码不符",
        details=details,
    )


def locked_out(sender: object, username: str | None = None, **given: Any) -> None:
    """Record that further tries are refused for a while."""
    subject, details = _tried(username or "")
    record(
        kind=EventKind.SIGN_IN,
        actor_id=None,
        outcome=Outcome.DENIED,
        subject=subject,
        reason="失败次数过多，暂停登录",
        details=details,
    )


def signed_out(sender: object, user: User | None, **given: Any) -> None:
    """Record a sign-out; Django tells of it while the session is still there."""
    if user is None:
        return
    record(
        kind=EventKind.SIGN_OUT,
        actor_id=user.pk,
        outcome=Outcome.ALLOWED,
        subject=f"yiyang_user:{user.pk}",
    )


def _tried(username: str) -> tuple[str, dict[str, str | int]]:
    """Return the account that was tried, or a keyed hash where there is none.

    People type their password into the wrong box: a name that is no account is not kept.
    """
    name = username.strip().lower()
    account = User.objects.filter(username=name).values_list("pk", flat=True).first()
    if account is not None:
        return f"yiyang_user:{account}", {}
    digest = mac_of(f"name|{name}".encode(), key_id=settings.AUDIT_KEY_ID)
    return "", {"unknown_name": digest[:NAME_DIGEST_LENGTH]}
