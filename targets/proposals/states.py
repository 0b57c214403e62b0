"""The steps of a proposal as a table: who takes them, from which states, to which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from targets.models import Proposal, ProposalAssistant, ProposalState, ProposalVerb
from targets.models.bureau_grants import bureaus_of
from targets.steps import Step, open_steps
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

S, V = ProposalState, ProposalVerb


class Party(Enum):
    """Who takes a step; drafting and approving never fall to one person."""

    KEEPER = "市卫健经办"
    CHECKER = "市卫健审核"
    ASSISTANT = "会办单位的部门联络员"


KEEPER, CHECKER, ASSISTANT = (frozenset({party}) for party in Party)
TAKEN = frozenset({S.REGISTERED, S.HANDLING, S.DRAFTING})
UNANSWERED = TAKEN | {S.REVIEW, S.APPROVED}

# 登记、修改登记与起草有自己的表单，不在这里。
STEPS: Mapping[ProposalVerb, Step[Party, ProposalState]] = {
    V.TAKE: Step(KEEPER, frozenset({S.REGISTERED}), S.HANDLING),
    V.OPINE: Step(ASSISTANT, TAKEN - {S.REGISTERED}, needs_text=True),
    V.SUBMIT: Step(KEEPER, frozenset({S.DRAFTING}), S.REVIEW),
    V.APPROVE: Step(CHECKER, frozenset({S.REVIEW}), S.APPROVED),
    V.RETURN: Step(CHECKER, frozenset({S.REVIEW}), S.DRAFTING, needs_text=True),
    V.ANSWER: Step(KEEPER, frozenset({S.APPROVED}), S.ANSWERED),
    V.JUDGE: Step(KEEPER, frozenset({S.ANSWERED})),
    V.REDO: Step(KEEPER, frozenset({S.ANSWERED}), S.DRAFTING, needs_text=True),
    V.ARCHIVE: Step(KEEPER, frozenset({S.ANSWERED}), S.ARCHIVED),
    V.EXTEND: Step(KEEPER, UNANSWERED, needs_text=True),
    V.DECLINE: Step(
        KEEPER | CHECKER, frozenset({S.REGISTERED, S.HANDLING}), S.DECLINED, needs_text=True
    ),
}


def steps_from(state: ProposalState, parties: frozenset[Party]) -> list[ProposalVerb]:
    """What the parties may do now, in the order of the table."""
    return open_steps(STEPS, state, parties)


def parties_of(actor: Actor, proposal: Proposal) -> frozenset[Party]:
    """Which parties to the proposal the actor belongs to."""
    parties = set()
    if actor.may(Permission.MANAGE_POLICIES):
        parties.add(Party.KEEPER)
    if actor.may(Permission.REVIEW) and actor.whole_city:
        parties.add(Party.CHECKER)
    if assistant_of(actor, proposal) is not None:
        parties.add(Party.ASSISTANT)
    return frozenset(parties)


def assistant_of(actor: Actor, proposal: Proposal) -> ProposalAssistant | None:
    """The assisting bureau the actor speaks for, the first named where there are several."""
    if not actor.may(Permission.UPDATE_TASKS):
        return None
    own = bureaus_of(actor.user_id, actor.day)
    kept = ProposalAssistant.objects.kept().filter(proposal=proposal, bureau__in=own)
    return kept.order_by("pk").first()
