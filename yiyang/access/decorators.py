"""What a view says about who may call it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission

P = ParamSpec("P")
View = Callable[Concatenate[ActorRequest, P], HttpResponseBase]

FORBIDDEN = "您的角色无权使用此功能；如工作需要，请联系安全管理员调整角色。"


def requires(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Answer 403 with the Chinese page unless the actor's role carries the permission."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if not request.actor.may(permission):
                raise PermissionDenied(FORBIDDEN)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
