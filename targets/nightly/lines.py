"""The judged targets of a region in a run, each beside what it was on earlier days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from institutions.models import Region
from targets.models import IndicatorDefinition, IndicatorRun, Target
from targets.nightly.spans import TITLES, Span
from targets.papers.naming import name_key, names_of
from targets.papers.sentences import Change
from targets.presenters import present
from targets.results import TargetLine, target_lines, targets_of
from yiyang.access.scope import Actor

YEAR_TO_DATE = "year_to_date"
READING = ("indicator", "reading")
NOT_MEASURED = "没有量度"
OVER_NEW_YEAR = "跨年累计，不比"
REDEFINED = "口径有调整，不比"
# 与表里的百分数一样的小数位数：读者自己相减也对得上。
PLACES = 2
Key = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the run and the same line of earlier runs; `reasons` where it is not compared.

    The `name` is its own in the report: no other target and reading has it.
    """

    line: TargetLine
    name: str
    before: Mapping[Span, TargetLine]
    reasons: Mapping[Span, str]

    def change(self, span: Span) -> Change | None:
        """What became of the figure since; None where the two days are not compared."""
        if span in self.reasons:
            return None
        indicator = self.line.indicator
        return Change(
            self.before[span].value,
            self.line.value,
            unit=indicator.measure,
            is_ratio=indicator.is_ratio,
            places=PLACES,
        )


def compared_lines(
    run: IndicatorRun,
    earlier: Mapping[Span, IndicatorRun],
    regions: Sequence[Region],
    spans: Sequence[Span],
    reader: Actor,
) -> list[Compared]:
    """Every line a report tells, target by target in the order of policies, region by region."""
    targets = list(targets_of())
    lines = [line for line in target_lines(run, regions, targets, actor=reader) if is_told(line)]
    before = {
        span: {_key(line): line for line in target_lines(past, regions, targets, actor=reader)}
        for span, past in earlier.items()
    }
    rules = {span: definitions_of(past) for span, past in earlier.items()}
    today, names = definitions_of(run), names_of(lines)
    found = []
    for line in lines:
        past = {span: kept[_key(line)] for span, kept in before.items() if _key(line) in kept}
        reasons = {
            span: reason
            for span in spans
            if (reason := _why_not(line, past.get(span), span, today, rules.get(span, {})))
        }
        found.append(Compared(line, names[name_key(line)], past, reasons))
    return found


def judged_targets(run: IndicatorRun) -> list[Target]:
    """The targets the run judges for its own region, in the order of policies."""
    lines = target_lines(run, [run.region], list(targets_of()))
    return [line.target for line in lines if line.is_judged and is_told(line)]


def told_of(run: IndicatorRun, region: Region) -> int:
    """How many lines the region has, those included that count too few people to be shown."""
    return sum(map(is_told, target_lines(run, [region], targets_of())))


def is_told(line: TargetLine) -> bool:
    """Whether the day judges the line; the year so far stands beside it (rules.md 11)."""
    is_asked = line.is_judged or line.indicator.reading == YEAR_TO_DATE
    return is_asked and not (line.is_historical or line.is_unsigned)


def definitions_of(run: IndicatorRun) -> dict[tuple[str, str], int]:
    """By which stored definition the run counted each reading."""
    rows = IndicatorDefinition.objects.filter(pk__in=run.definition_ids)
    return {(code, reading): pk for pk, code, reading in rows.values_list("pk", *READING)}


def _why_not(
    line: TargetLine,
    before: TargetLine | None,
    span: Span,
    today: Mapping[tuple[str, str], int],
    then: Mapping[tuple[str, str], int],
) -> str:
    """Why the two days do not say the same thing; empty where they do."""
    key = line.indicator.key
    if before is None:
        return NOT_MEASURED
    is_new_year = span is not Span.YEAR and before.run.as_of.year != line.run.as_of.year
    if line.indicator.reading == YEAR_TO_DATE and is_new_year:
        return OVER_NEW_YEAR
    return REDEFINED if today.get(key) != then.get(key) else ""


def _key(line: TargetLine) -> Key:
    return (line.target.pk, line.region.pk, line.indicator.reading)


def told(one: Compared, spans: Iterable[Span]) -> dict[str, Any]:
    """The line as a paper keeps it: plain texts and integers."""
    line, shown = one.line, present(one.line)
    return {
        "target": line.target.code,
        "indicator": line.indicator.code,
        "reading": line.indicator.reading,
        "title": line.indicator.title,
        "named": one.name,
        "reading_title": line.indicator.reading_title,
        "policy": line.target.policy.number,
        "clause": line.target.clause.reference,
        "due_on": line.target.due_on.isoformat() if line.target.due_on else "",
        "numerator": line.figure.numerator,
        "denominator": line.figure.denominator,
        "value": shown.value,
        "fraction": shown.fraction,
        "threshold": shown.threshold,
        "word": shown.word,
        "colour": shown.tone.colour,
        "icon": shown.tone.icon,
        "note": shown.note,
        "gap": shown.gap,
        "asides": list(shown.asides),
        "changes": [_told_change(one, span) for span in spans],
    }


def _told_change(one: Compared, span: Span) -> dict[str, Any]:
    before = one.before.get(span)
    change = one.change(span)
    return {
        "span": span.value,
        "title": TITLES[span],
        "day": before.run.as_of.isoformat() if before else "",
        "value": present(before).value if before else "",
        "text": (change.growth_text or change.clause()) if change else one.reasons[span],
        "difference": change.difference_text if change else "",
        "course": change.course.value if change else "",
    }
