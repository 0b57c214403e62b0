"""Proposals as pages show them: bureau names of the day and where each one's term stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from targets.bureau_names import BureauNames
from targets.models import Proposal, ProposalAssistant, ProposalState
from targets.proposals.clock import Standing, standing_of
from yiyang.asked import Asked
from yiyang.holidays.calendar import work_calendar


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """One proposal with the names of its bureaus and its standing on the day."""

    proposal: Proposal
    lead: str
    assistants: dict[int, str]
    standing: Standing

    @property
    def state(self) -> ProposalState:
        return ProposalState(self.proposal.state)

    @property
    def name(self) -> str:
        """For instance “2026年人大建议第12号”."""
        one = self.proposal
        return f"{one.year}年{one.get_kind_display()}{one.number}"

    @property
    def assistant_names(self) -> str:
        return "、".join(self.assistants.values())


def shown_proposals(
    proposals: QuerySet[Proposal], day: date, *, asked: Asked | None = None
) -> list[ShownProposal]:
    """The proposals in their order, in a number of queries that does not grow with them."""
    return shown_of_rows(list(proposals), day, asked=asked)


def shown_of_rows(
    rows: Sequence[Proposal], day: date, *, asked: Asked | None = None
) -> list[ShownProposal]:
    """The same of proposals already read, in the order given."""
    if not rows:
        return []
    kept = ProposalAssistant.objects.kept()
    prefetch_related_objects(rows, Prefetch("assistants", kept, to_attr="kept_assistants"))
    asked = asked or Asked()
    names = asked.once(BureauNames, day)
    calendar = asked.once(work_calendar, date(min(row.assigned_on for row in rows).year, 1, 1))
    return [
        ShownProposal(
            proposal=row,
            lead=names.name(row.lead_id),
            assistants={
                one.pk: names.name(one.bureau_id)
                for one in row.kept_assistants  # type: ignore[attr-defined]
            },
            standing=standing_of(row, calendar, day),
        )
        for row in rows
    ]
