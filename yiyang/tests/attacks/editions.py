"""Editions for the scene of the attacks: one published, one that waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from targets.editions.actions import propose_edition, publish_edition
from targets.models import IndicatorRun
from targets.tests.editions.editions import AT, actor_of
from yiyang.access.models import User
from yiyang.access.roles import Role


def edition_keys(run: IndicatorRun, accounts: Mapping[Role, User]) -> dict[str, Any]:
    """The run published for its year, and proposed for its quarter."""
    clerk = actor_of(accounts[Role.CITY_HEALTH_CLERK])
    reviewer = actor_of(accounts[Role.CITY_HEALTH_REVIEWER])
    first, second = (
        propose_edition(by=clerk, run=run, title=title, first_day=first_day)
        for title, first_day in (
            ("年度指标", date(run.as_of.year, 1, 1)),
            ("季度指标", date(run.as_of.year, 10, 1)),
        )
    )
    return {
        "edition": publish_edition(by=reviewer, edition=first, at=AT).uid,
        "edition_proposal": second.uid,
    }
