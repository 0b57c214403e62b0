"""The states of a task and what leads from one to another, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from targets.models import ReportKind, TaskRole, TaskState

S = TaskState
# 配合部门只报进展；牵头、负责、分别负责的部门各自申报完成，全部完成任务才算完成。
CLOSING_ROLES = frozenset({TaskRole.LEAD, TaskRole.SOLE, TaskRole.EACH})


class Side(Enum):
    """Who takes a step: the bureau the part is about, or the city's reviewer."""

    BUREAU = "本部门联络员"
    CHECKER = "市卫健审核"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: who may do it, from which states, to which."""

    side: Side
    starts: frozenset[TaskState]
    ends: TaskState
    needs_text: bool = True
    closing_only: bool = False


STEPS: Mapping[ReportKind, Step] = {
    ReportKind.PROGRESS: Step(Side.BUREAU, frozenset({S.NOT_STARTED, S.ONGOING}), S.ONGOING),
    ReportKind.CLAIM: Step(
        Side.BUREAU, frozenset({S.NOT_STARTED, S.ONGOING}), S.CLAIMED, closing_only=True
    ),
    ReportKind.CONFIRM: Step(Side.CHECKER, frozenset({S.CLAIMED}), S.DONE, needs_text=False),
    ReportKind.RETURN: Step(Side.CHECKER, frozenset({S.CLAIMED}), S.ONGOING),
    ReportKind.REOPEN: Step(Side.CHECKER, frozenset({S.DONE}), S.ONGOING),
}


def state_of(parts: Iterable[tuple[TaskRole, TaskState]]) -> TaskState:
    """A task is done when every bureau that answers for it is, and begun when any has begun."""
    every = list(parts)
    closing = {state for role, state in every if role in CLOSING_ROLES}
    if closing == {S.DONE}:
        return S.DONE
    if closing and closing <= {S.DONE, S.CLAIMED}:
        return S.CLAIMED
    begun = any(state is not S.NOT_STARTED for _, state in every)
    return S.ONGOING if begun else S.NOT_STARTED
