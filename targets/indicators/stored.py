"""Definitions as a run stored them, made countable again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings

from targets.indicators.base import Cause, Exclusion, Formula, Indicator, Subject, Tally, Unit
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.conditions import from_tree
from targets.models import IndicatorDefinition, IndicatorRun

SUBJECTS: dict[str, Subject] = {
    tally.subject.name: tally.subject
    for record in CATALOGUE
    for tally in (*record.numerator, *record.denominator)
}
WORDS = (
    *("code", "reading", "title", "reading_title", "measure", "population", "definition"),
    *("source", "direction", "author", "checker"),
)


class DefinitionError(Exception):
    """A stored definition that cannot be counted by today's program; the message says why."""


def rebuild(definition: IndicatorDefinition) -> Indicator:
    """The indicator a stored definition describes; it counts exactly as it did then."""
    text = definition.text
    name = f"{definition.indicator} · {definition.reading}"
    if not isinstance(text.get("rules"), dict):
        raise DefinitionError(f"{name} 的口径存于旧版程序，没有可重算的规则；请重新量度这一天。")
    rebuilt = Indicator(
        **{word: text[word] for word in WORDS},
        unit=Unit(text["unit"]),
        numerator_text=text["numerator"],
        denominator_text=text["denominator"],
        reviewed_on=date.fromisoformat(text["reviewed_on"]),
        formula=Formula(
            *(
                tuple(_tally(rule, name) for rule in text["rules"][side])
                for side in ("numerator", "denominator")
            )
        ),
    )
    if rebuilt.digest != definition.digest:
        raise DefinitionError(f"{name} 的口径全文与指纹不符；请系统管理员核对这一版口径。")
    return rebuilt


def definitions_of(run: IndicatorRun) -> dict[tuple[str, str], Indicator]:
    """The indicators as defined when the run measured them, by key."""
    used = run.snapshots.filter(region=run.region_id).values("definition")
    stored = IndicatorDefinition.objects.filter(pk__in=used).order_by("pk")
    return {(one.indicator, one.reading): rebuild(one) for one in stored}


def definition_of(run: IndicatorRun, key: tuple[str, str]) -> Indicator:
    """One indicator as defined when the run measured it."""
    stored = IndicatorDefinition.objects.filter(
        snapshots__run=run, indicator=key[0], reading=key[1]
    ).first()
    if stored is None:
        raise DefinitionError(f"批次 {run.pk} 没有量度 {key[0]} · {key[1]}。")
    return rebuild(stored)


def _tally(rule: Mapping[str, Any], name: str) -> Tally:
    subject = SUBJECTS.get(rule["subject"])
    if subject is None:
        raise DefinitionError(f"{name} 当时统计的“{rule['subject']}”，现在的程序已不认识。")
    _check_settings(rule["settings"], name)
    return Tally(
        subject,
        from_tree(rule["among"]),
        tuple(
            Exclusion(one["reason"], from_tree(one["where"]), Cause(one["cause"]))
            for one in rule["excluding"]
        ),
        from_tree(rule["where"]),
        None if rule["missing"] is None else from_tree(rule["missing"]),
        rule["amount"],
        rule["sign"],
    )


def _check_settings(used: Mapping[str, Any], name: str) -> None:
    for setting, value in used.items():
        if getattr(settings, setting) != value:
            raise DefinitionError(
                f"{name} 量度时设置 {setting} 为 {value}，现为 {getattr(settings, setting)}；"
                f"按当时口径重算请先改回设置。"
            )
