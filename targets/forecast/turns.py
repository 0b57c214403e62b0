"""What stops counting, and what begins in its place, on each day of the year after a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum

from targets.forecast.in_house import CARE, IN_USE, closings, hangs_on_units, worth_after
from targets.indicators.base import Exclusion, Indicator, Outcome, Subject, Tally
from targets.indicators.calculation import Tree
from targets.indicators.measure import RecordSet, contribution, records_behind
from targets.indicators.person_subjects import (
    HEALTH_MANAGEMENT_TO_DATE,
    HEALTH_MANAGEMENT_YEAR,
    next_year_end,
)
from targets.indicators.until import HORIZON_DAYS, counts_until, gives_way, left_out_until


@dataclass(frozen=True, slots=True)
class Turn:
    """What stops counting on one day, or `begins`: records, and how much they add to the figure.

    One institution or agreement a turn, `key` its row; persons by the day, without a key.
    """

    day: date
    records: int
    amount: int
    subject: Subject
    key: int | None = None
    begins: bool = False


def turns_of(indicator: Indicator, *, day: date, region: int, tree: Tree) -> list[Turn]:
    """Every turn of the year after `day`; a number of queries that depends on the rule alone."""
    found: list[Turn] = []
    for record_set in records_behind(indicator.numerator, day=day, region=region, tree=tree):
        found += _lapses(record_set, day)
        for rule in filter(gives_way, record_set.tally.excluding):
            found += _stepping_in(record_set, rule, day)
        if record_set.tally.subject is HEALTH_MANAGEMENT_YEAR:
            found += _this_year(record_set.tally, day, region, tree)
    return sorted(found, key=lambda turn: turn.day)


def _horizon(day: date) -> date:
    return day + timedelta(days=HORIZON_DAYS)


def _counted(record_set: RecordSet) -> QuerySet[Any]:
    return record_set.rows.filter(outcome=Outcome.COUNTED.value).order_by()


def _lapses(record_set: RecordSet, day: date) -> Iterator[Turn]:
    """The records counted on `day` whose last day comes within the year."""
    if hangs_on_units(record_set.tally):
        yield from _bed_turns(record_set, day)
        return
    rows = _counted(record_set)
    until = counts_until(record_set.tally, rows)
    if until is None:
        return
    ends = rows.annotate(counts_until=until)
    if record_set.tally.subject.is_personal:
        yield from _heads(record_set.tally, ends.filter(counts_until__lt=_horizon(day)))
        return
    # 机构不多：每行的日期只算一次，在这里筛，不在 WHERE 里再算一遍。
    for row in ends.values("pk", "counts_until", "contribution"):
        if row["counts_until"] < _horizon(day):
            yield _turn(record_set.tally, row["counts_until"], row)


def _bed_turns(record_set: RecordSet, day: date) -> Iterator[Turn]:
    """The homes whose beds change as the units they host close, or that lapse themselves."""
    tally, horizon = record_set.tally, _horizon(day)
    # 现在没有达到的，少了床位也可能达到：未计入的也要看。
    rows = record_set.rows.filter(outcome__in=(Outcome.COUNTED.value, Outcome.NOT_COUNTED.value))
    ends = rows.order_by().annotate(counts_until=counts_until(tally, rows))
    closing = closings(day, horizon)
    read = ("pk", "institution_id", "counts_until", "contribution", CARE, IN_USE)
    for row in ends.filter(counts_until__gte=day).values(*read):
        worth, last = row["contribution"], min(row["counts_until"], horizon)
        for closed_on, left in worth_after(tally, row, closing):
            if closed_on < last and left != worth:
                yield _changed(tally, closed_on, row["pk"], left - worth)
                worth = left
        if worth and row["counts_until"] < horizon:
            yield _changed(tally, row["counts_until"], row["pk"], -worth)


def _changed(tally: Tally, last: date, key: int, change: int) -> Turn:
    """The turn of one record that adds `change` more from the day after `last`."""
    row = {"pk": key, "contribution": abs(change)}
    return _turn(tally, last, row, begins=change > 0)


def _heads(tally: Tally, rows: QuerySet[Any]) -> Iterator[Turn]:
    by_day = rows.values("counts_until").annotate(n=Count("pk"), amount=Sum("contribution"))
    for row in by_day:
        first_day_over = row["counts_until"] + timedelta(days=1)
        # 人人同一天到期的不分组，没有人也回一行。
        if row["n"]:
            yield Turn(first_day_over, row["n"], row["amount"] * tally.sign, tally.subject)


def _turn(tally: Tally, last: date, row: Mapping[str, Any], *, begins: bool = False) -> Turn:
    """The turn of one record after the day `last`."""
    return Turn(
        day=last + timedelta(days=1),
        records=1,
        amount=row["contribution"] * tally.sign,
        subject=tally.subject,
        key=row["pk"],
        begins=begins,
    )


def _stepping_in(record_set: RecordSet, rule: Exclusion, day: date) -> Iterator[Turn]:
    """The records that only `rule` leaves out: they count from when it gives way."""
    tally = record_set.tally
    alone = replace(tally, excluding=tuple(one for one in tally.excluding if one is not rule))
    rows = record_set.rows.filter(rule.where, alone.counted()).order_by()
    waiting = rows.annotate(
        counts_from=left_out_until(rule, rows), counts_until=counts_until(alone, rows)
    )
    amounts = waiting.annotate(contribution=contribution(alone))
    for row in amounts.values("pk", "counts_from", "counts_until", "contribution"):
        if row["counts_from"] < min(row["counts_until"], _horizon(day)):
            yield _turn(tally, row["counts_from"], row, begins=True)
            if row["counts_until"] < _horizon(day):
                yield _turn(tally, row["counts_until"], row)


def _this_year(tally: Tally, day: date, region: int, tree: Tree) -> Iterator[Turn]:
    """What this year has done so far: the judged figure turns to it on the next 31 December."""
    turns_on = next_year_end(day)
    # 12 月 31 日当天，本年的已经在数里；下一年的还没有开始。
    if turns_on.year != day.year:
        return
    this_year = replace(tally, subject=HEALTH_MANAGEMENT_TO_DATE)
    for record_set in records_behind([this_year], day=day, region=region, tree=tree):
        done = _counted(record_set).aggregate(n=Count("pk"), amount=Sum("contribution"))
        if done["n"]:
            amount = done["amount"] * tally.sign
            yield Turn(turns_on, done["n"], amount, tally.subject, begins=True)
