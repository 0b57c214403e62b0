"""The shape of an indicator: frozen records that say what to count."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from threading import get_ident
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Case, CharField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from targets.indicators.conditions import as_tree


class Unit(StrEnum):
    RATIO = "ratio"
    COUNT = "count"


class RollUp(StrEnum):
    """How a subject's figures climb the region tree."""

    SUM = "sum"
    STATED = "stated"


class Outcome(StrEnum):
    """What became of a record in a tally; any other value is the reason it was excluded."""

    COUNTED = "counted"
    NOT_COUNTED = "not_counted"
    MISSING = "missing"


class Cause(StrEnum):
    """What an exclusion says happened to the record, for telling why a figure moved."""

    CONDITION = "condition"
    ENDED = "ended"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a record list: its heading and where to read it on the row."""

    heading: str
    path: str


@dataclass(frozen=True, eq=False)
class Subject:
    """Records of one kind as they stood on a day, one row each, with a region.

    `build(day)` is the one queryset behind both the number and its list. `page` names the page of
    a record and the attribute that holds its key; personal subjects are shown without names.
    `identity` tells the same institution or person on another day, when its row is another one;
    `settings` are those `build` reads, so they belong to the counting rule. A large subject has
    about as many rows as there are older people.
    """

    name: str
    title: str
    measure: str
    build: Callable[[date], QuerySet[Any]]
    region: str
    columns: tuple[Column, ...]
    page: tuple[str, str] | None = None
    is_personal: bool = False
    roll_up: RollUp = RollUp.SUM
    identity: tuple[str, ...] = ("pk",)
    settings: tuple[str, ...] = ()
    is_large: bool = False

    def rows(self, day: date) -> QuerySet[Any]:
        """The records as they stood on `day`; the queryset is built once for a day and settings."""
        said = tuple(getattr(settings, name) for name in self.settings)
        return _built(self, day, said, get_ident()).all()


# 拼一次养老机构的查询要 80 毫秒，比数据库答它还久。各线程各存各的：Django 编译时会动子查询。
# 全部科目一天约 7 MB，够存五六天。
@lru_cache(maxsize=64)
def _built(subject: Subject, day: date, _said: tuple[Any, ...], _thread: int) -> QuerySet[Any]:
    return subject.build(day)


def flag(condition: Q | Combinable) -> Case:
    """`condition` as a column that is True or False, never NULL."""
    return Case(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Records taken out of numerator and denominator alike, with the reason a clerk reads."""

    reason: str
    where: Q
    cause: Cause = Cause.CONDITION


EVERY_ROW = Q()


@dataclass(frozen=True, eq=False)
class Tally:
    """A sum over the rows of a subject: who is considered, left out, counted, and for how much."""

    subject: Subject
    among: Q = EVERY_ROW
    excluding: tuple[Exclusion, ...] = ()
    where: Q = EVERY_ROW
    missing: Q | None = None
    amount: str | None = None
    sign: int = 1

    def counted(self) -> Case:
        """True for the rows that add to the figure."""
        taken = self.among & self.where
        return _decide(self.excluding, taken)

    def expected(self) -> Case:
        """True for the rows that should have reported."""
        return _decide(self.excluding, self.among)

    def unreported(self) -> Case:
        """True for the rows that did not report."""
        return _decide(self.excluding, self.among & (self.missing or NOTHING))

    def excluded(self) -> Q:
        """The rows considered and left out."""
        left_out = NOTHING
        for exclusion in self.excluding:
            left_out = left_out | exclusion.where
        return self.among & left_out

    def outcome(self) -> Case:
        """What became of each considered row: an Outcome or the reason of its exclusion."""
        whens = [When(rule.where, then=Value(rule.reason)) for rule in self.excluding]
        if self.missing is not None:
            whens.append(When(self.missing, then=Value(Outcome.MISSING.value)))
        if self.where:
            whens.append(When(self.where, then=Value(Outcome.COUNTED.value)))
            default = Outcome.NOT_COUNTED
        else:
            default = Outcome.COUNTED
        return Case(*whens, default=Value(default.value), output_field=CharField())


NOTHING = Q(pk__in=[])


def _decide(excluding: tuple[Exclusion, ...], taken: Q) -> Case:
    # CASE 而不是 NOT：条件为 NULL 时落到下一条，不会把行悄悄丢掉。
    whens = [When(rule.where, then=Value(False)) for rule in excluding]
    if taken:
        whens.append(When(taken, then=Value(True)))
    return Case(*whens, default=Value(not taken), output_field=BooleanField())


@dataclass(frozen=True, eq=False)
class Formula:
    """What is divided by what: sums of tallies; a count has no denominator."""

    numerator: tuple[Tally, ...]
    denominator: tuple[Tally, ...] = ()


@dataclass(frozen=True, eq=False)
class Indicator:
    """One reading of one indicator, reviewed like law; its id never changes meaning."""

    code: str
    reading: str
    title: str
    reading_title: str
    unit: Unit
    measure: str
    population: str
    numerator_text: str
    denominator_text: str
    definition: str
    source: str
    formula: Formula
    direction: str = "越高越好"
    author: str = "市卫生健康委老龄健康科"
    checker: str = "市卫生健康委规划信息科"
    reviewed_on: date = field(default=date(2026, 11, 1))

    @property
    def key(self) -> tuple[str, str]:
        return (self.code, self.reading)

    @property
    def numerator(self) -> tuple[Tally, ...]:
        return self.formula.numerator

    @property
    def denominator(self) -> tuple[Tally, ...]:
        return self.formula.denominator

    @property
    def is_ratio(self) -> bool:
        return self.unit is Unit.RATIO

    @cached_property
    def text(self) -> dict[str, Any]:
        """Everything a reader needs to recount the figure, as stored with a run."""
        return {
            "code": self.code,
            "reading": self.reading,
            "title": self.title,
            "reading_title": self.reading_title,
            "unit": self.unit.value,
            "measure": self.measure,
            "population": self.population,
            "numerator": self.numerator_text,
            "denominator": self.denominator_text,
            "definition": self.definition,
            "source": self.source,
            "direction": self.direction,
            "author": self.author,
            "checker": self.checker,
            "reviewed_on": self.reviewed_on.isoformat(),
            "rules": {
                "numerator": [_rule(tally) for tally in self.numerator],
                "denominator": [_rule(tally) for tally in self.denominator],
            },
        }

    @cached_property
    def digest(self) -> str:
        """The fingerprint of text and counting rule together."""
        canonical = json.dumps(self.text, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def _rule(tally: Tally) -> dict[str, Any]:
    return {
        "subject": tally.subject.name,
        "settings": {name: getattr(settings, name) for name in tally.subject.settings},
        "among": as_tree(tally.among),
        "excluding": [
            {"reason": rule.reason, "where": as_tree(rule.where), "cause": rule.cause.value}
            for rule in tally.excluding
        ],
        "where": as_tree(tally.where),
        "missing": None if tally.missing is None else as_tree(tally.missing),
        "amount": tally.amount,
        "sign": tally.sign,
    }
