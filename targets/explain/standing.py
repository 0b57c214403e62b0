"""In which readings one institution counts on a day, and why not in the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Value

from institutions.models import Institution
from targets.explain.records import PLAIN_OUTCOMES, Shelf
from targets.indicators.base import Indicator, Outcome, Subject, Tally, flag
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.institution_subjects import AGREEMENTS, ELDERLY, HEALTH, TEAMS
from targets.indicators.lens import AS_IT_IS, fetch
from targets.indicators.measure import contribution
from targets.indicators.once import worked_out

NOWHERE = "—"
# 每个科目里哪些行是这家机构的。
OWN_ROWS: Mapping[Subject, tuple[str, ...]] = {
    HEALTH: ("institution",),
    ELDERLY: ("institution",),
    AGREEMENTS: ("medical", "elderly"),
    TEAMS: ("institution",),
}
# 一家机构自己就是一条：说“计入”，不说“计入 1 家”。
IS_ITSELF = frozenset({HEALTH, ELDERLY})


@dataclass(frozen=True, slots=True)
class Answer:
    """How many of the institution's rows share an outcome in one tally, and what they add."""

    outcome: str
    records: int
    contribution: int


@dataclass(frozen=True, slots=True)
class Line:
    """One reading and what becomes of the institution in its numerator and denominator."""

    indicator: Indicator
    numerator: str
    denominator: str
    is_counted: bool

    @property
    def title(self) -> str:
        return f"{self.indicator.code} {self.indicator.reading_title}"

    @property
    def word(self) -> str:
        """The answer in one phrase: the numerator, and the denominator where it says more."""
        if self.numerator == NOWHERE:
            return f"分母{self.denominator}"
        plain = {NOWHERE, Shelf.COUNTED.label, self.numerator}
        more = "" if self.denominator in plain else f"，分母{self.denominator}"
        return f"{self.numerator}{more}"


def lines_of(institution: Institution, day: date) -> list[Line]:
    """Every reading that considers the institution on `day`, in catalogue order.

    One query for each subject, however much is registered.
    """
    answers: dict[Tally, list[Answer]] = {}
    for subject, paths in OWN_ROWS.items():
        answers |= _answers(subject, paths, institution, day)
    lines = (_line(indicator, answers) for indicator in CATALOGUE)
    return [line for line in lines if line is not None]


def standing_in_readings(institution: Institution, day: date) -> dict[str, str]:
    """The same in words, by the title of the reading."""
    return {line.title: line.word for line in lines_of(institution, day)}


def _tallies(subject: Subject) -> list[Tally]:
    """The tallies of the catalogue over the subject, each once."""
    both = (tally for one in CATALOGUE for tally in (*one.numerator, *one.denominator))
    return list(dict.fromkeys(tally for tally in both if tally.subject is subject))


def _answers(
    subject: Subject, paths: Sequence[str], institution: Institution, day: date
) -> dict[Tally, list[Answer]]:
    tallies = _tallies(subject)
    own = Q()
    for path in paths:
        own |= Q(**{path: institution})
    rows, lens = worked_out(subject.rows(day).filter(own), [], tallies, AS_IT_IS)
    columns: dict[str, Any] = {}
    for n, tally in enumerate(tallies):
        columns[f"among_{n}"] = flag(tally.among) if tally.among else Value(True)
        columns[f"outcome_{n}"] = tally.outcome()
        columns[f"contribution_{n}"] = contribution(tally)
    found = list(fetch(rows.annotate(**columns).values(*columns), lens))
    return {tally: _counted(found, n) for n, tally in enumerate(tallies)}


def _counted(rows: Iterable[Mapping[str, Any]], n: int) -> list[Answer]:
    by_outcome: dict[str, tuple[int, int]] = {}
    for row in rows:
        if row[f"among_{n}"]:
            records, added = by_outcome.get(row[f"outcome_{n}"], (0, 0))
            added += row[f"contribution_{n}"] or 0
            by_outcome[row[f"outcome_{n}"]] = (records + 1, added)
    return [Answer(outcome, *sums) for outcome, sums in sorted(by_outcome.items())]


def _line(indicator: Indicator, answers: Mapping[Tally, list[Answer]]) -> Line | None:
    numerator = _words(indicator, indicator.numerator, answers)
    denominator = _words(indicator, indicator.denominator, answers)
    if not (numerator or denominator):
        return None
    is_counted = any(
        answer.outcome == Outcome.COUNTED.value
        for tally in indicator.numerator
        for answer in answers.get(tally, ())
    )
    return Line(indicator, numerator or NOWHERE, denominator or NOWHERE, is_counted)


def _words(
    indicator: Indicator, tallies: Sequence[Tally], answers: Mapping[Tally, list[Answer]]
) -> str:
    return "；".join(
        _word(indicator, tally, answer) for tally in tallies for answer in answers.get(tally, ())
    )


def _word(indicator: Indicator, tally: Tally, answer: Answer) -> str:
    if answer.outcome not in PLAIN_OUTCOMES:
        many = "" if tally.subject in IS_ITSELF else f" {answer.records} {tally.subject.measure}"
        return f"排除{many}（{answer.outcome}）"
    word = Shelf(answer.outcome).label
    if tally.amount and answer.outcome == Outcome.COUNTED.value:
        verb = "减" if tally.sign < 0 else word
        return f"{verb} {answer.contribution:,} {indicator.measure}"
    if tally.subject in IS_ITSELF:
        return word
    return f"{word} {answer.records} {tally.subject.measure}"
