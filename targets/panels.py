"""计入哪些指标、为什么: the panel of the institution page that the indicators add."""

from __future__ import annotations

from datetime import date
from typing import Any

from institutions.models import Institution, InstitutionProfile
from institutions.panels import Panel
from targets.explain.standing import lines_of
from targets.results import latest_run
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor


def readings_panel(institution: Institution, day: date, actor: Actor) -> dict[str, Any] | None:
    """Every reading that considers the institution on `day`, with a way to its records."""
    if not actor.may(Permission.VIEW_TARGETS):
        return None
    profiles = InstitutionProfile.objects.on(day).filter(institution=institution)
    profile = profiles.select_related("region").first()
    return {
        "day": day,
        "lines": lines_of(institution, day),
        "region": profile.region if profile else None,
        "run": latest_run(on=day) or latest_run(),
    }


READINGS = Panel("readings", "targets/readings_panel.html", readings_panel)
