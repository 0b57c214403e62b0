"""The days of policies that a trend marks: signed, due, no longer in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from targets.models import Target

SIGNED, DUE, REPEALED = "成文", "目标到期", "失效"


@dataclass(frozen=True, slots=True, order=True)
class PolicyDate:
    """One day of one policy."""

    day: date
    word: str
    policy: str


def policy_dates(targets: Iterable[Target]) -> list[PolicyDate]:
    """Every marked day of the policies whose targets these are, each once, oldest first."""
    return sorted({found for target in targets for found in _dates_of(target)})


def _dates_of(target: Target) -> Iterator[PolicyDate]:
    policy = target.policy
    yield PolicyDate(policy.signed_on, SIGNED, policy.number)
    if target.due_on:
        yield PolicyDate(target.due_on, DUE, policy.number)
    if policy.repealed_on:
        yield PolicyDate(policy.repealed_on, REPEALED, policy.number)
