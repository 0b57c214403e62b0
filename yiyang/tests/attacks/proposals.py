"""建议提案 for the scene of the attacks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from institutions.models import Region
from targets.models import (
    Bureau,
    FigureSide,
    IndicatorRun,
    Proposal,
    ProposalEvent,
    ProposalFigure,
    ProposalKind,
    ProposalState,
    ProposalVerb,
    ProposerKind,
)
from yiyang.access.models import User
from yiyang.access.roles import Role

PROPOSAL = "关于西原绿色通道的建议"
CLERK = Role.CITY_HEALTH_CLERK


def proposal_keys(
    city: Region,
    bureau_id: int,
    runs: tuple[IndicatorRun, IndicatorRun],
    accounts: Mapping[Role, User],
) -> dict[str, Any]:
    """A proposal of the city whose answer is being drafted with one of two figures."""
    clerk = accounts[CLERK]
    proposal = Proposal.objects.create(
        region=city,
        kind=ProposalKind.RECOMMENDATION,
        year=2020,
        number="第12号",
        title=PROPOSAL,
        proposer_kind=ProposerKind.DELEGATION,
        proposer="测试代表团",
        assigned_on=date(2020, 1, 2),
        due_by=date(2020, 4, 2),
        lead=Bureau.objects.get(pk=bureau_id),
        state=ProposalState.DRAFTING,
        registered_by=clerk,
        registered_on=date(2020, 1, 2),
        reply="全市{1}。",
        result="A",
        drafted_by=clerk,
    )
    earlier, run = runs
    figures = [
        ProposalFigure.objects.create(
            proposal=proposal,
            number=number,
            name="绿色通道占比",
            indicator="GC17",
            reading="standard",
            side=FigureSide.VALUE,
            region=city,
            run=run,
            earlier_run=earlier,
        )
        for number in (1, 2)
    ]
    ProposalEvent.objects.create(
        proposal=proposal,
        verb=ProposalVerb.DRAFT,
        state=ProposalState.DRAFTING,
        text="初稿",
        taken_on=date(2020, 1, 3),
        author=clerk,
    )
    return {"raised": proposal.pk, "proposal_figure": figures[1].pk}
