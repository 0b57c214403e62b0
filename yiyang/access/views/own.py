"""What people do with their own account: look, change the password, end sessions."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import user_has_device

from yiyang.access.account_sessions import begin_session, current_digest, end_sessions
from yiyang.access.actions import set_password
from yiyang.access.forms import PasswordChangeForm
from yiyang.access.http import ActorRequest, asked_at, day_of, signed_in
from yiyang.access.models import AccountSession, SessionEnd, User
from yiyang.access.passwords import rules_in_words
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record


@require_safe
@never_cache
def account(request: ActorRequest) -> HttpResponse:
    """Show people their own role, password's age and open sessions."""
    user = signed_in(request)
    context = {
        "password_ends_on": _password_ends_on(user),
        "has_code_device": user_has_device(user),
        "sessions": AccountSession.objects.filter(user=user).open_at(asked_at(request)),
        "current_digest": current_digest(request),
        "idle_minutes": settings.SESSION_COOKIE_AGE // 60,
        "longest_hours": settings.SESSION_LONGEST_HOURS,
    }
    return render(request, "access/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def password_change(request: ActorRequest) -> HttpResponse:
    """Let people choose a new password, by which every other session of theirs ends."""
    user = signed_in(request)
    form = PasswordChangeForm(request.POST or None, request=request, user=user)
    if form.is_valid():
        password = form.cleaned_data["password"]
        set_password(by=user, user=user, password=password, must_change=False, on=day_of(request))
        update_session_auth_hash(request, user)
        begin_session(request, user)
        messages.success(request, "口令已更改，其他地方的登录都已退出。")
        return redirect("account")
    context = {
        "form": form,
        "rules": rules_in_words(),
        "is_owed": user.owes_password(day_of(request)),
        "is_first": user.must_change_password,
        "max_age_days": settings.PASSWORD_MAX_AGE_DAYS,
    }
    return render(request, "access/password_change.html", context)


@require_POST
def session_end(request: ActorRequest, session_id: int) -> HttpResponse:
    """End one of one's own sessions."""
    user = signed_in(request)
    session = AccountSession.objects.filter(user=user, ended_at=None, pk=session_id).first()
    if session is None:
        raise Http404("没有这个登录，或它已经结束；请回到“我的账号”查看。")
    end_sessions(user, SessionEnd.REVOKED, digest=session.digest)
    _audit_end(user, 1)
    messages.success(request, f"已结束 {session.device} 上的登录。")
    return redirect("account")


@require_POST
def session_end_others(request: ActorRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    user = signed_in(request)
    ended = end_sessions(user, SessionEnd.REVOKED, but=current_digest(request))
    _audit_end(user, ended)
    messages.success(request, f"已结束其他 {ended} 处登录。")
    return redirect("account")


def _audit_end(user: User, ended: int) -> None:
    record(
        kind=EventKind.SESSION_END,
        actor_id=user.pk,
        outcome=Outcome.ALLOWED,
        subject=f"yiyang_user:{user.pk}",
        details={"sessions": ended},
    )


def _password_ends_on(user: User) -> datetime.date | None:
    if user.password_set_on is None:
        return None
    return user.password_set_on + datetime.timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)
