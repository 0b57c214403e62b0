"""Change requests of an institution as a panel of its page."""

from __future__ import annotations

from datetime import date
from typing import Any

from institutions.forms.requests import asked_of
from institutions.models import ChangeRequest, Institution, InstitutionProfile
from institutions.panels import Panel
from institutions.request_lists import rows_of
from institutions.requests import may_request
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

REQUESTS_SHOWN = 10


def requests_panel(institution: Institution, day: date, actor: Actor) -> dict[str, Any] | None:
    """The latest requests about the institution, and whether the actor has reason to make one."""
    if not actor.may(Permission.VIEW_INSTITUTIONS):
        return None
    found = ChangeRequest.objects.visible_to(actor).filter(institution=institution)
    latest = list(found.select_related("made_by").order_by("-pk")[:REQUESTS_SHOWN])
    profile = InstitutionProfile.objects.on(actor.day).filter(institution=institution).first()
    is_askable = profile is not None and bool(asked_of(actor, profile))
    return {
        "institution": institution,
        "rows": rows_of(latest, actor.day),
        "may_request": may_request(actor) and is_askable,
    }


REQUESTS = Panel("requests", "institutions/request_panel.html", requests_panel, is_aside=True)
