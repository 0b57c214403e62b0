"""The demo's 建议提案: registered once, by the accounts whose steps they are."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from institutions.tests.factories import LONG_AGO
from targets.models import Bureau, BureauGrant, Paper, Proposal
from targets.models import ProposalState as S
from targets.tests.factories import City
from targets.tests.proposals.scene import (
    CERTIFIED,
    LAST_YEAR,
    PAIRS,
    THIS_YEAR,
    store_numbers,
)
from targets.tests.task_scene import make_bureau, make_demo_user
from yiyang.access.roles import Role

pytestmark = pytest.mark.django_db


def run() -> None:
    call_command("demo_proposals", stdout=StringIO())


def test_it_is_for_the_demo_only(settings: object) -> None:
    with pytest.raises(CommandError, match="不是演示环境"):
        run()


def test_it_fills_once(city: City, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    for code, name in (("health_commission", "卫生健康委"), ("civil_affairs", "民政局")):
        Bureau.objects.filter(pk=make_bureau(name).pk).update(code=code)
    for role in (Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER, Role.BUREAU_LIAISON):
        user = make_demo_user(role)
    civil = Bureau.objects.get(code="civil_affairs")
    BureauGrant.objects.create(user=user, bureau=civil, starts_on=LONG_AGO)
    signed = ("FD17", "aged_65_plus")
    for day, homes in ((LAST_YEAR, 125), (THIS_YEAR, 155)):
        store_numbers(
            city, day, {CERTIFIED: (homes, None), PAIRS: (homes, None), signed: (homes, 300)}
        )
    for _ in range(2):
        run()
        assert (Proposal.objects.count(), Paper.objects.count()) == (6, 1)
    states = set(Proposal.objects.values_list("state", flat=True))
    assert states == {S.ARCHIVED, S.REVIEW, S.DRAFTING, S.HANDLING, S.REGISTERED}
