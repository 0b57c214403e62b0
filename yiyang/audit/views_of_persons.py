"""The mark on every view that shows personal data, which keeps who looked at whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpResponseBase

from yiyang.access.http import ActorRequest
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record

P = ParamSpec("P")
View = Callable[Concatenate[ActorRequest, P], HttpResponseBase]

# 一页最多列这么多人；再多的只记人数。
LISTED = 100
# 显示个人信息的视图都在这里：测试拿它对照地址表，漏标的页面通不过。
VIEWS_OF_PERSONS: set[str] = set()


def logs_view_of_persons(view: View[P]) -> View[P]:
    """Record VIEW_PERSONAL before the view's answer leaves; what cannot be recorded is not shown.

    The view says whom it shows with `shows_persons`; a view of one person may instead take that
    person's uid as the argument `uid`.
    """
    VIEWS_OF_PERSONS.add(f"{view.__module__}.{view.__qualname__}")

    @wraps(view)
    def watched(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.OK:
            _record_view(request, _shown(request, kwargs.get("uid")))
        return response

    return watched


def shows_persons(request: ActorRequest, uids: Iterable[UUID]) -> None:
    """Note whom this answer shows; called again, the persons add up."""
    known: list[UUID] = getattr(request, "shown_persons", [])
    request.shown_persons = [*known, *uids]  # type: ignore[attr-defined]


def _shown(request: ActorRequest, uid: object) -> list[UUID]:
    noted: list[UUID] = getattr(request, "shown_persons", [])
    if not noted and isinstance(uid, UUID):
        return [uid]
    return list(dict.fromkeys(noted))


def _record_view(request: ActorRequest, uids: list[UUID]) -> None:
    match = request.resolver_match
    page = match.view_name if match is not None and match.view_name else ""
    one = uids[0] if len(uids) == 1 else None
    listed = "" if one else " ".join(str(uid) for uid in uids[:LISTED])
    record(
        kind=EventKind.VIEW_PERSONAL,
        actor_id=request.actor.user_id,
        outcome=Outcome.ALLOWED,
        subject=f"person:{one}" if one else (f"page:{page}" if page else ""),
        details={"page": page, "persons": len(uids), **({"uids": listed} if listed else {})},
    )
