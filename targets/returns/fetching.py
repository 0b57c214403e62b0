"""Prefilling: the number of every item from a stored run, a register, or the returns below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from targets.indicators.calculation import Tree
from targets.indicators.catalogue import BY_KEY
from targets.indicators.measure import tree_on
from targets.models import (
    Answerer,
    IndicatorRun,
    IndicatorSnapshot,
    ItemSource,
    QuarterlyReturn,
    ReturnItem,
    ReturnLevel,
    ReturnPeriod,
    ReturnValue,
)
from targets.models.returns import CHECKED
from targets.results import latest_run
from targets.returns.checks import quotient
from targets.returns.quarters import Quarter
from targets.returns.sources import REGISTER_COUNTS, Counts

NO_RUN = "季末日没有已完成的量度"
BY_HAND = "手工填报"
NO_REPORT = "登记里没有报数"
OF_DISTRICTS, OF_INSTITUTIONS = "各区合计", "本区机构报数合计"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A number fetched, None where there is none, and where it was looked for."""

    number: Decimal | None
    source: str
    run: IndicatorRun | None = None


Numbers = dict[str, Fetched]


def indicator_key(source_key: str) -> tuple[str, str]:
    code, _, reading = source_key.partition("/")
    return code, reading


def source_words(item: ReturnItem) -> str:
    """Where the number of a line is fetched from, as a clerk reads it."""
    if item.source == ItemSource.REGISTER and item.source_key in REGISTER_COUNTS:
        return REGISTER_COUNTS[item.source_key].title
    if item.source == ItemSource.QUOTIENT:
        return f"本表 {item.source_key.replace('/', ' ÷ ')}"
    indicator = BY_KEY.get(indicator_key(item.source_key))
    label = str(ItemSource(item.source).label)
    if indicator is None:
        return label
    return f"{label}：{indicator.title}（{indicator.reading_title}）"


def items_of(level: str, items: Iterable[ReturnItem]) -> list[ReturnItem]:
    """The items a level answers: an institution its own, a district and the city all of them."""
    if level == ReturnLevel.INSTITUTION:
        return [item for item in items if item.answered_by == Answerer.INSTITUTION]
    return list(items)


class Fetcher:
    """What the registers and runs say about one period, read once for all its returns."""

    def __init__(self, period: ReturnPeriod, items: Sequence[ReturnItem]) -> None:
        self.period, self.items = period, items
        self.quarter = Quarter(period.year, period.quarter)
        self.run = latest_run(on=self.quarter.last_day)
        self.tree: Tree = tree_on(self.quarter.last_day, period.region_id)
        self._figures = self._read_figures()
        self._registers: dict[str, Counts] = {}
        self._below = self._read_below()
        self._reporting = self._read_reporting()

    def fetch(self, quarterly_return: QuarterlyReturn) -> Numbers:
        """The number of each item the return answers."""
        asked = items_of(quarterly_return.level, self.items)
        found: Numbers = {}
        for item in asked:
            if item.source != ItemSource.QUOTIENT:
                found[item.code] = self._one(quarterly_return, item)
        for item in asked:
            if item.source == ItemSource.QUOTIENT:
                found[item.code] = quotient_of(item, {c: f.number for c, f in found.items()})
        return found

    def _one(self, own: QuarterlyReturn, item: ReturnItem) -> Fetched:
        if own.level == ReturnLevel.CITY:
            return self._from_below(own, item, OF_DISTRICTS, "区")
        if own.level == ReturnLevel.DISTRICT and item.answered_by == Answerer.INSTITUTION:
            return self._from_below(own, item, OF_INSTITUTIONS, "家")
        if item.source == ItemSource.REGISTER:
            return self._from_register(own, item)
        if item.source in (ItemSource.NUMERATOR, ItemSource.DENOMINATOR):
            return self._from_run(own, item)
        return Fetched(None, BY_HAND)

    def _from_run(self, own: QuarterlyReturn, item: ReturnItem) -> Fetched:
        if self.run is None:
            return Fetched(None, NO_RUN)
        pair = self._figures.get((own.region_id, indicator_key(item.source_key)))
        indicator = BY_KEY[indicator_key(item.source_key)]
        word = ItemSource(item.source).label
        source = f"{word}：{indicator.title}（{indicator.reading_title}），批次 {self.run.pk}"
        if pair is None:
            return Fetched(None, f"{source}，无数据或人数少不显示", self.run)
        number = pair[0] if item.source == ItemSource.NUMERATOR else pair[1]
        return Fetched(_decimal(number), source, self.run)

    def _from_register(self, own: QuarterlyReturn, item: ReturnItem) -> Fetched:
        counted = REGISTER_COUNTS[item.source_key]
        if item.source_key not in self._registers:
            self._registers[item.source_key] = counted.count(self.quarter)
        counts = self._registers[item.source_key]
        if counted.level == Answerer.INSTITUTION:
            number = counts.get(own.institution_id or 0)
            source = counted.title if number is not None else f"{counted.title}，{NO_REPORT}"
            return Fetched(_decimal(number), source)
        total = sum(counts.get(region, 0) for region in self.tree.below(own.region_id))
        return Fetched(Decimal(total), counted.title)

    def _from_below(self, own: QuarterlyReturn, item: ReturnItem, words: str, unit: str) -> Fetched:
        reviewed, asked = self._reporting.get((own.level, own.region_id), (0, 0))
        source = f"{words}（已审核 {reviewed}/{asked} {unit}）"
        return Fetched(self._below.get((own.level, own.region_id, item.code)), source)

    def _read_figures(self) -> dict[tuple[int, tuple[str, str]], tuple[int | None, int | None]]:
        """Small counts of people stay out: what is handed in leaves the portal (rules.md 26)."""
        keys = [
            indicator_key(item.source_key)
            for item in self.items
            if item.source in (ItemSource.NUMERATOR, ItemSource.DENOMINATOR)
        ]
        if self.run is None or not keys:
            return {}
        rows = IndicatorSnapshot.objects.filter(
            run=self.run,
            region__in=self.tree.children_of(self.tree.root),
            indicator__in={code for code, _ in keys},
            is_guarded=False,
        )
        return {
            (row.region_id, (row.indicator, row.reading)): (row.numerator, row.denominator)
            for row in rows
        }

    def _read_below(self) -> dict[tuple[str, int, str], Decimal | None]:
        """The sum of what the reviewed returns below say, by level above, region and item."""
        values = ReturnValue.objects.filter(
            quarterly_return__period=self.period, quarterly_return__state__in=CHECKED
        )
        own = ("quarterly_return__level", "quarterly_return__region", "item__code")
        sums = values.order_by().values_list(*own).annotate(total=Sum("value"))
        found: dict[tuple[str, int, str], Decimal | None] = {}
        for level, region, code, total in sums:
            if level == ReturnLevel.INSTITUTION:
                found[ReturnLevel.DISTRICT, region, code] = total
            elif level == ReturnLevel.DISTRICT and total is not None:
                key = (ReturnLevel.CITY, self.period.region_id, code)
                found[key] = (found.get(key) or Decimal(0)) + total
        return found

    def _read_reporting(self) -> dict[tuple[str, int], tuple[int, int]]:
        """How many returns below are reviewed, of how many, by level above and region."""
        returns = QuarterlyReturn.objects.filter(period=self.period).order_by()
        counts = returns.values_list("level", "region").annotate(
            reviewed=Count("pk", filter=Q(state__in=CHECKED)), asked=Count("pk")
        )
        found: dict[tuple[str, int], tuple[int, int]] = {}
        for level, region, reviewed, asked in counts:
            if level == ReturnLevel.INSTITUTION:
                found[ReturnLevel.DISTRICT, region] = (reviewed, asked)
            elif level == ReturnLevel.DISTRICT:
                key = (ReturnLevel.CITY, self.period.region_id)
                before = found.get(key, (0, 0))
                found[key] = (before[0] + reviewed, before[1] + asked)
        return found


def quotient_of(item: ReturnItem, numbers: Mapping[str, Decimal | None]) -> Fetched:
    """A percentage of two other items of the same return."""
    top, _, bottom = item.source_key.partition("/")
    return Fetched(quotient(numbers.get(top), numbers.get(bottom)), f"本表 {top} ÷ {bottom}")


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)
