"""The steps of a bulletin as a table: whose desk takes them, from which states, to which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from targets.models import BulletinState, BulletinVerb
from targets.steps import Step, open_steps
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

S, V = BulletinState, BulletinVerb


class Desk(Enum):
    """Who takes a step; the leaders' steps may also be recorded from paper by the office."""

    WRITER = "市卫健经办"
    OFFICE = "市卫健审核（科室负责人）"
    LEADER = "领导"


WRITER, OFFICE, LEADER = (frozenset({desk}) for desk in Desk)
STEPS: Mapping[BulletinVerb, Step[Desk, BulletinState]] = {
    V.SUBMIT: Step(WRITER, frozenset({S.DRAFT}), S.OFFICE),
    V.REVIEW: Step(OFFICE, frozenset({S.OFFICE}), S.CHIEF),
    V.ENDORSE: Step(LEADER | OFFICE, frozenset({S.CHIEF}), S.SIGNING),
    V.SIGN: Step(LEADER | OFFICE, frozenset({S.SIGNING}), S.SIGNED),
    V.RETURN: Step(
        LEADER | OFFICE, frozenset({S.OFFICE, S.CHIEF, S.SIGNING}), S.DRAFT, needs_text=True
    ),
    V.DROP: Step(WRITER, frozenset({S.DRAFT}), S.DROPPED, needs_text=True),
    V.WITHDRAW: Step(LEADER | OFFICE, frozenset({S.SIGNED}), S.WITHDRAWN, needs_text=True),
}
# 领导自己的步骤：由科室登记的，要填领导姓名。
OF_LEADERS = frozenset({V.ENDORSE, V.SIGN})
# 领导只看得到送到自己桌上的：科室审核那一步不由领导退回。
NOT_OF_LEADERS = frozenset({(S.OFFICE, V.RETURN)})


def desks_of(actor: Actor) -> frozenset[Desk]:
    """The desks the actor sits at."""
    held = {
        Desk.WRITER: actor.may(Permission.MANAGE_POLICIES),
        Desk.OFFICE: actor.whole_city and actor.may(Permission.REVIEW),
        Desk.LEADER: actor.may(Permission.SIGN_PAPERS),
    }
    return frozenset(desk for desk, sits in held.items() if sits)


def steps_from(state: BulletinState, desks: frozenset[Desk]) -> list[BulletinVerb]:
    """What may be done now from these desks, in the order of the table."""
    return [
        verb
        for verb in open_steps(STEPS, state, desks)
        if not (desks == LEADER and (state, verb) in NOT_OF_LEADERS)
    ]


def records_from_paper(verb: BulletinVerb, desks: frozenset[Desk]) -> bool:
    """Whether a leader's step is recorded here for a leader who signed on paper."""
    return verb in OF_LEADERS and Desk.LEADER not in desks
