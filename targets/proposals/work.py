"""What waits to be done about 建议提案, for the work list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from targets.models import Proposal, ProposalEvent, ProposalState, ProposalVerb
from targets.models.bureau_grants import bureaus_of
from targets.models.proposals import OPEN
from targets.proposals.register import shown_proposals
from targets.proposals.states import TAKEN
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.work import SOON_DAYS, WorkGroup, WorkItem, WorkSource, severity_of

S = ProposalState
Rows = Callable[[Actor, date], QuerySet[Proposal]]


def to_check(actor: Actor, day: date) -> QuerySet[Proposal]:
    """Answers that wait for the city's reviewer, but not one's own."""
    waiting = Proposal.objects.visible_to(actor).filter(state=S.REVIEW)
    return waiting.exclude(drafted_by=actor.user_id).exclude(submitted_by=actor.user_id)


def to_send(actor: Actor, day: date) -> QuerySet[Proposal]:
    """Answers approved and not sent yet."""
    return Proposal.objects.visible_to(actor).filter(state=S.APPROVED)


def to_opine(actor: Actor, day: date) -> QuerySet[Proposal]:
    """Proposals under way that the actor's bureau assists and has said nothing to in this round."""
    own = bureaus_of(actor.user_id, actor.day)
    assisted = Proposal.objects.filter(assistants__bureau__in=own, assistants__voided_at=None)
    said = ProposalEvent.objects.filter(
        proposal=OuterRef("pk"),
        round=OuterRef("round"),
        verb=ProposalVerb.OPINE,
        assistant__bureau__in=own,
    )
    asked = Proposal.objects.visible_to(actor).filter(state__in=TAKEN - {S.REGISTERED})
    return asked.filter(~Exists(said), pk__in=assisted.values("pk"))


def term_near(actor: Actor, day: date) -> QuerySet[Proposal]:
    """Proposals not answered whose term ends within the days a work list looks ahead, or is past.

    By calendar days like everything on the work list: counted with it in its one query.
    """
    latest = day + timedelta(days=SOON_DAYS)
    near = Q(extended_to__lte=latest) | Q(extended_to=None, due_by__lte=latest)
    return Proposal.objects.visible_to(actor).filter(near, state__in=OPEN)


def _listed(rows: Rows) -> Callable[[Actor, date, int], list[WorkItem]]:
    def items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
        by_term = rows(actor, day).order_by(Coalesce("extended_to", "due_by"), "pk")
        return [
            WorkItem(
                text=f"{row.name}　{row.proposal.title}",
                url=reverse("proposal-detail", args=[row.proposal.pk]),
                due=row.standing.due,
                severity=severity_of(row.standing.due, day),
            )
            for row in shown_proposals(by_term[:limit], day)
        ]

    return items


def _source(
    name: str, title: str, permission: Permission, rows: Rows, *, group: WorkGroup = WorkGroup.TASK
) -> WorkSource:
    return WorkSource(
        id=name,
        title=title,
        group=group,
        order=30,
        permission=permission,
        rows=rows,
        items=_listed(rows),
        suits=(lambda actor: actor.whole_city) if permission is Permission.REVIEW else None,
    )


P = Permission
TERM_NEAR = f"答复期限 {SOON_DAYS} 天内到期或超期的建议提案"
PROPOSAL_WORK = (
    _source("proposals-check", "待审核的建议提案答复", P.REVIEW, to_check, group=WorkGroup.CHECK),
    _source("proposals-send", "审核通过、待发出的答复", P.MANAGE_POLICIES, to_send),
    _source("proposals-opine", "待本部门会办的建议提案", P.UPDATE_TASKS, to_opine),
    _source("proposals-term", TERM_NEAR, P.MANAGE_POLICIES, term_near),
)
