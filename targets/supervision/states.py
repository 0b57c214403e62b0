"""The steps of an order as a table: who takes them, from which states, to which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from targets.models import SupervisionState, SupervisionVerb
from targets.steps import Step, open_steps

S, V = SupervisionState, SupervisionVerb


class Party(Enum):
    """Who takes a step; drafting and assigning, submitting and closing never fall to one person."""

    KEEPER = "市卫健经办"
    CHECKER = "市卫健审核"
    UNDERTAKER = "承办单位（部门联络员或区卫健经办）"
    ASSISTANT = "协办单位（部门联络员或区卫健经办）"


KEEPER, CHECKER, UNDERTAKER, ASSISTANT = (frozenset({party}) for party in Party)
UNDER_WAY = frozenset({S.ASSIGNED, S.WORKING})

# 立项与修改有自己的表单，不在这里。
STEPS: Mapping[SupervisionVerb, Step[Party, SupervisionState]] = {
    V.ASSIGN: Step(CHECKER, frozenset({S.DRAFT}), S.ASSIGNED),
    V.WITHDRAW: Step(KEEPER | CHECKER, frozenset({S.DRAFT}), S.WITHDRAWN, needs_text=True),
    V.SIGN: Step(UNDERTAKER, frozenset({S.ASSIGNED}), S.WORKING),
    V.FEEDBACK: Step(UNDERTAKER, frozenset({S.WORKING}), needs_text=True),
    # 协办单位说的只供牵头单位与审核参看：不动状态，也不算牵头单位的反馈。
    V.ASSIST: Step(ASSISTANT, UNDER_WAY, needs_text=True),
    V.SUBMIT: Step(UNDERTAKER, frozenset({S.WORKING}), S.REVIEW, needs_text=True),
    V.CLOSE: Step(CHECKER, frozenset({S.REVIEW}), S.CLOSED),
    V.RETURN: Step(CHECKER, frozenset({S.REVIEW}), S.WORKING, needs_text=True),
    V.CHASE: Step(KEEPER | CHECKER, UNDER_WAY, needs_text=True),
    V.PAUSE: Step(KEEPER, frozenset({S.WORKING}), needs_text=True),
    V.RESUME: Step(KEEPER, frozenset({S.WORKING})),
}
# 暂停计时期间不能做的，和只能在暂停期间做的。
NOT_WHILE_PAUSED = frozenset({V.PAUSE, V.SUBMIT})
ONLY_WHILE_PAUSED = frozenset({V.RESUME})


def steps_from(
    state: SupervisionState, parties: frozenset[Party], *, is_paused: bool
) -> list[SupervisionVerb]:
    """What the parties may do now, in the order of the table."""
    barred = NOT_WHILE_PAUSED if is_paused else ONLY_WHILE_PAUSED
    return [verb for verb in open_steps(STEPS, state, parties) if verb not in barred]
