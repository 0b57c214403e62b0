"""What a role without the permission is answered."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.views.defaults import permission_denied

from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import ROLES, Permission, Role
from yiyang.access.scope import Actor, unknown_actor

DAY = date(2026, 11, 1)


@requires(Permission.MANAGE_POLICIES)
def policies(request: HttpRequest, number: int) -> HttpResponse:
    """Show a policy."""
    return HttpResponse(f"{number}")


def request_of(actor: Actor, rf: RequestFactory) -> ActorRequest:
    request = ActorRequest()
    request.META = rf.get("/").META
    request.actor = actor
    return request


def actor(role: Role) -> Actor:
    return Actor(day=DAY, user_id=1, role=role, permissions=ROLES[role].permissions)


def test_a_role_with_the_permission_passes(rf: RequestFactory) -> None:
    answer = policies(request_of(actor(Role.CITY_HEALTH_CLERK), rf), number=9)
    assert isinstance(answer, HttpResponse)
    assert answer.content == b"9"


@pytest.mark.parametrize("role", set(Role) - {Role.CITY_HEALTH_CLERK})
def test_every_other_role_is_refused(role: Role, rf: RequestFactory) -> None:
    with pytest.raises(PermissionDenied):
        policies(request_of(actor(role), rf), number=9)


def test_an_unknown_actor_is_refused(rf: RequestFactory) -> None:
    with pytest.raises(PermissionDenied):
        policies(request_of(unknown_actor(DAY), rf), number=9)


def test_the_refusal_is_a_chinese_page(rf: RequestFactory) -> None:
    request = rf.get("/")
    page = permission_denied(request, PermissionDenied(FORBIDDEN))
    assert page.status_code == 403
    assert FORBIDDEN in page.content.decode()


def test_the_view_keeps_its_name() -> None:
    assert (policies.__name__, policies.__doc__) == ("policies", "Show a policy.")
