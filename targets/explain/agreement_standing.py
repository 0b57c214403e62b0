"""Which readings one agreement counts in on a day and, where it does not, why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Value

from contracts.agreements.panels import AgreementPanel
from contracts.models import PartnershipAgreement
from targets.explain.records import PLAIN_OUTCOMES, Shelf
from targets.indicators.base import Indicator, Outcome, Subject, Tally, flag
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.conditions import as_tree
from targets.indicators.institution_subjects import (
    AGREEMENTS,
    ELDERLY,
    HEALTH,
    valid_agreements,
)
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

REPLACED = "未计入：同一对同一方式后来另有协议，按后一份计"
NOT_OF_THIS_READING = "未计入：不属于这一口径"
NOT_FULFILLED = "未计入：没有满足这一口径的条件"
VOIDED = "未计入：已作废"
# 协议是养老机构（或医疗机构）计入的依据之一：口径的条件里读到这几列的。
RESTS_ON = {
    ELDERLY: ("has_agreement", "has_rehabilitation"),
    HEALTH: ("has_partner",),
}
PARTIES = {ELDERLY: ("养老方", "elderly"), HEALTH: ("医疗方", "medical")}


@dataclass(frozen=True, slots=True)
class Line:
    """One reading: what becomes of the agreement, or of the party that rests on it."""

    indicator: Indicator
    who: str
    word: str
    is_counted: bool


def agreement_lines(agreement: PartnershipAgreement, day: date) -> list[Line]:
    """The readings that count pairs, then those that count a party for having an agreement."""
    lines = _pair_lines(agreement, day)
    for subject in PARTIES:
        lines += _party_lines(agreement, day, subject)
    return lines


def is_ground(agreement: PartnershipAgreement, day: date) -> bool:
    """Whether the agreement is one a party may count for on `day` (rules.md 23)."""
    found: bool = valid_agreements(day).filter(pk=agreement.pk).exists()
    return found


def _pair_lines(agreement: PartnershipAgreement, day: date) -> list[Line]:
    readings = _readings(AGREEMENTS)
    outcomes = _outcomes(AGREEMENTS, readings, day, pk=agreement.pk) or [VOIDED] * len(readings)
    return [
        Line(indicator, "本协议", *_word(outcome or REPLACED, NOT_OF_THIS_READING))
        for (indicator, _), outcome in zip(readings, outcomes, strict=True)
    ]


def _party_lines(agreement: PartnershipAgreement, day: date, subject: Subject) -> list[Line]:
    who, side = PARTIES[subject]
    readings = [
        (indicator, tally)
        for indicator, tally in _readings(subject)
        if any(name in str(as_tree(tally.where)) for name in RESTS_ON[subject])
    ]
    outcomes = _outcomes(subject, readings, day, institution=getattr(agreement, f"{side}_id"))
    return [
        Line(indicator, who, *_word(outcome, NOT_FULFILLED))
        for (indicator, _), outcome in zip(readings, outcomes, strict=False)
        # 不是养老机构（或不是蒙医中医机构）的，与这一口径无关。
        if outcome is not None
    ]


def _readings(subject: Subject) -> list[tuple[Indicator, Tally]]:
    return [
        (indicator, tally)
        for indicator in CATALOGUE
        for tally in indicator.numerator
        if tally.subject is subject
    ]


def _outcomes(
    subject: Subject, readings: Sequence[tuple[Indicator, Tally]], day: date, **one: Any
) -> list[str | None]:
    """What became of one row in each reading, in one query; None where it is not considered."""
    columns: dict[str, Any] = {}
    for n, (_, tally) in enumerate(readings):
        columns[f"among_{n}"] = flag(tally.among) if tally.among else Value(True)
        columns[f"outcome_{n}"] = tally.outcome()
    row = subject.rows(day).filter(**one).annotate(**columns).values(*columns).first()
    if row is None:
        return []
    return [row[f"outcome_{n}"] if row[f"among_{n}"] else None for n in range(len(readings))]


def _word(outcome: str, not_counted: str) -> tuple[str, bool]:
    """The outcome in words, and whether it is counted."""
    if outcome == Outcome.COUNTED:
        return Shelf.COUNTED.label, True
    if outcome == Outcome.NOT_COUNTED:
        return not_counted, False
    if outcome in (REPLACED, VOIDED):
        return outcome, False
    return (Shelf(outcome).label if outcome in PLAIN_OUTCOMES else f"排除：{outcome}"), False


def _panel(agreement: PartnershipAgreement, day: date, actor: Actor) -> dict[str, Any] | None:
    if not actor.may(Permission.VIEW_TARGETS):
        return None
    return {
        "lines": agreement_lines(agreement, day),
        "is_ground": is_ground(agreement, day),
        "day": day,
    }


STANDING = AgreementPanel("standing", "targets/agreement_standing.html", _panel)
