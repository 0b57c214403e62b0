"""The steps of a return as a table: who takes them at which level, from which states."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from targets.models import QuarterlyReturn, ReturnLevel, ReturnState, ReturnVerb
from targets.steps import Step, open_steps
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

L, S, V = ReturnLevel, ReturnState, ReturnVerb


class Party(Enum):
    """Who takes a step; filling and reviewing never fall to one person."""

    FILLER = "填报人"
    CHECKER = "审核人"
    ABOVE = "上一级汇总人"


FILLER, CHECKER, ABOVE = (frozenset({party}) for party in Party)
BEING_FILLED = frozenset({S.FILLING, S.RETURNED})
FETCH: Step[Party, ReturnState] = Step(FILLER, BEING_FILLED)
SUBMIT = Step(FILLER, BEING_FILLED, S.SUBMITTED)
REVIEW = Step(CHECKER, frozenset({S.SUBMITTED}), S.REVIEWED)
# 这一级没有的步骤。
OF_NOBODY: Step[Party, ReturnState] = Step(frozenset(), frozenset())

STEPS: Mapping[ReturnLevel, Mapping[ReturnVerb, Step[Party, ReturnState]]] = {
    L.INSTITUTION: {
        V.SUBMIT: SUBMIT,
        V.FETCH: FETCH,
        V.REVIEW: REVIEW,
        V.RETURN: Step(CHECKER, frozenset({S.SUBMITTED, S.REVIEWED}), S.RETURNED, needs_text=True),
    },
    L.DISTRICT: {
        V.SUBMIT: SUBMIT,
        V.FETCH: FETCH,
        V.REVIEW: REVIEW,
        V.RETURN: Step(
            CHECKER | ABOVE, frozenset({S.SUBMITTED, S.REVIEWED}), S.RETURNED, needs_text=True
        ),
    },
    L.CITY: {
        V.SUBMIT: SUBMIT,
        V.FETCH: FETCH,
        V.RETURN: Step(CHECKER, frozenset({S.SUBMITTED}), S.RETURNED, needs_text=True),
        V.LOCK: Step(CHECKER, frozenset({S.SUBMITTED}), S.LOCKED),
        V.PUBLISH: Step(CHECKER, frozenset({S.LOCKED}), S.PUBLISHED),
    },
}


def parties_of(actor: Actor, quarterly_return: QuarterlyReturn) -> frozenset[Party]:
    """Which parties to a return that lies in sight the actor belongs to."""
    level = ReturnLevel(quarterly_return.level)
    parties = set()
    if _fills(actor, quarterly_return, level):
        parties.add(Party.FILLER)
    if actor.may(Permission.REVIEW) and actor.whole_city == (level is L.CITY):
        parties.add(Party.CHECKER)
    is_city_office = actor.may(Permission.EDIT_HEALTH) or actor.may(Permission.REVIEW)
    if level is L.DISTRICT and actor.whole_city and is_city_office:
        parties.add(Party.ABOVE)
    return frozenset(parties)


def _fills(actor: Actor, own: QuarterlyReturn, level: ReturnLevel) -> bool:
    """An institution itself, or its district for one without an account; else the clerks."""
    if level is L.INSTITUTION and actor.may(Permission.REPORT_OWN):
        return own.institution_id in actor.institution_ids
    return actor.may(Permission.EDIT_HEALTH) and actor.whole_city == (level is L.CITY)


def steps_from(quarterly_return: QuarterlyReturn, parties: frozenset[Party]) -> list[ReturnVerb]:
    """What the parties may do now, in the order of the table."""
    steps = STEPS[ReturnLevel(quarterly_return.level)]
    return open_steps(steps, ReturnState(quarterly_return.state), parties)
