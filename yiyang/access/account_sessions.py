"""Beginning, noticing and ending the sessions of an account."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Now
from django.http import HttpRequest

from yiyang.access.devices import device_words
from yiyang.access.http import asked_at
from yiyang.access.models import AccountSession, SessionEnd, User
from yiyang.access.sessions import digest_of
from yiyang.audit.context import network_of

BEGUN, SEEN = "begun_at", "seen_at"


def begin_session(request: HttpRequest, user: User) -> None:
    """List the session just signed in; with SINGLE_SESSION it ends all the account's others."""
    at = asked_at(request)
    if request.session.session_key is None:
        request.session.save()
    digest = digest_of(request.session.session_key or "")
    AccountSession.objects.create(
        user=user,
        digest=digest,
        network=network_of(request) or None,
        device=device_words(request.headers.get("User-Agent", "")),
        begun_at=at,
        last_seen_at=at,
    )
    request.session[BEGUN] = request.session[SEEN] = at.isoformat()
    if settings.SINGLE_SESSION:
        end_sessions(user, SessionEnd.REPLACED, but=digest)


def is_begun(session: Any) -> bool:
    """Tell whether the session has been listed."""
    return BEGUN in session


def is_too_old(request: HttpRequest) -> bool:
    """Tell whether the session has lasted as long as any may, however busy."""
    begun = datetime.datetime.fromisoformat(request.session[BEGUN])
    longest = datetime.timedelta(hours=settings.SESSION_LONGEST_HOURS)
    return asked_at(request) >= begun + longest


def notice(request: HttpRequest) -> bool:
    """Note now and then that the session is in use; False when it is no longer open."""
    at = asked_at(request)
    seen = datetime.datetime.fromisoformat(request.session[SEEN])
    if at < seen + datetime.timedelta(seconds=settings.SESSION_SEEN_SECONDS):
        return True
    session = AccountSession.objects.filter(digest=current_digest(request), ended_at=None)
    request.session[SEEN] = at.isoformat()
    return bool(session.update(last_seen_at=at))


def rekey(request: HttpRequest) -> None:
    """Give the session a new key under which it stays listed."""
    before = current_digest(request)
    request.session.cycle_key()
    AccountSession.objects.filter(digest=before).update(digest=current_digest(request))


def current_digest(request: HttpRequest) -> str:
    """Return what the request's own session is listed under."""
    return digest_of(request.session.session_key or "")


@transaction.atomic
def end_sessions(user: User, end: SessionEnd, *, but: str = "", digest: str = "") -> int:
    """End the account's sessions at once: all, all but one, or one; returns how many."""
    ending = AccountSession.objects.filter(user=user, ended_at=None).exclude(digest=but)
    if digest:
        ending = ending.filter(digest=digest)
    digests = list(ending.values_list("digest", flat=True))
    # 会话行一删，下一次请求就没有会话；正在途中的请求也存不回去。
    Session.objects.filter(session_key__in=digests).delete()
    return AccountSession.objects.filter(digest__in=digests).update(ended_at=Now(), end=end)
