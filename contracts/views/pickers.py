"""Searching for one doctor team to put into a form."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from contracts.pickers import find_teams
from institutions.picker_pages import answer, sought
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def team_picker(request: ActorRequest) -> HttpResponse:
    """At most 20 teams by name, initials or code."""
    return answer(request, find_teams(request.actor, sought(request)), "家庭医生团队")
