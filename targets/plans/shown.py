"""An evaluation and a kept promise as rows ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from institutions.models import Region
from targets.explain.small_cells import may_compare
from targets.indicators.base import Indicator
from targets.indicators.calculation import Figure
from targets.indicators.catalogue import BY_KEY
from targets.models import Target
from targets.plans.evaluation import Evaluation, Outlook
from targets.plans.promises import Kept
from targets.presenters import REFERENCE, Shown, asides_text, fraction_text, present, value_text
from yiyang.access.scope import Actor


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """One region's figure without and with the plan."""

    region: Region
    before: Shown
    after: Shown
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One reading across the regions, held against a target or shown bare."""

    indicator: Indicator
    target: Target | None
    is_judged: bool
    threshold_before: str
    threshold_after: str
    cells: tuple[BeforeAfter, ...]


@dataclass(frozen=True, slots=True)
class KeptRow:
    """One promised figure beside the measured one, in words."""

    region: Region
    indicator: Indicator
    before: Shown
    promised: Shown
    actual: Shown | None
    word: str


def rows_of(evaluation: Evaluation, actor: Actor) -> list[Row]:
    """The rows that say something new: a figure or a demand that differs in a shown region.

    Those that count people only for who may see persons: before and after differ by a few.
    """
    return [row for row in _rows_of(evaluation) if may_compare(row.indicator, actor)]


def _rows_of(evaluation: Evaluation) -> list[Row]:
    by_row: dict[tuple[int, tuple[str, str]], list[Outlook]] = {}
    for outlook in evaluation.outlooks:
        key = (outlook.before.target.pk, outlook.before.indicator.key)
        by_row.setdefault(key, []).append(outlook)
    judged = [
        _judged(outlooks)
        for outlooks in by_row.values()
        if any(outlook.is_changed for outlook in outlooks)
    ]
    with_target = {row.indicator.key for row in judged}
    return [
        *judged,
        *(_bare(evaluation, key) for key in evaluation.changed_keys() if key not in with_target),
    ]


def kept_rows(kept: Sequence[Kept], actor: Actor) -> list[KeptRow]:
    return [
        KeptRow(
            region=line.region,
            indicator=line.indicator,
            before=_plain(line.before, line.indicator),
            promised=_plain(line.promised, line.indicator),
            actual=_plain(line.actual, line.indicator) if line.actual else None,
            word=KEPT_WORDS[line.is_reached],
        )
        for line in kept
        if may_compare(line.indicator, actor)
    ]


KEPT_WORDS = {True: "达到设想", False: "未达到设想", None: "还不能比"}


def _judged(outlooks: Sequence[Outlook]) -> Row:
    cells = tuple(
        BeforeAfter(one.before.region, present(one.before), present(one.after), one.is_changed)
        for one in outlooks
    )
    first = outlooks[0].before
    return Row(
        indicator=first.indicator,
        target=first.target,
        is_judged=first.is_judged,
        threshold_before=cells[0].before.threshold,
        threshold_after=cells[0].after.threshold,
        cells=cells,
    )


def _bare(evaluation: Evaluation, key: tuple[str, str]) -> Row:
    indicator = BY_KEY[key]
    cells = []
    for region in evaluation.regions:
        before, after = (f[key][region.pk] for f in (evaluation.before, evaluation.after))
        without, with_plan = (_plain(figure, indicator) for figure in (before, after))
        cells.append(BeforeAfter(region, without, with_plan, before != after))
    return Row(indicator, None, False, "", "", tuple(cells))


def _plain(figure: Figure, indicator: Indicator) -> Shown:
    return Shown(
        value=value_text(figure, indicator),
        fraction=fraction_text(figure, indicator),
        threshold="",
        tone=REFERENCE,
        note="",
        gap="",
        asides=asides_text(figure, indicator),
    )
