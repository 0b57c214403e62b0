"""Who makes up a figure, record by record, and what differs between two ways of counting it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, Value

from targets.indicators.base import NOTHING, Cause, Indicator, RollUp, Subject, Tally, flag
from targets.indicators.calculation import Tree, stated_sources
from targets.indicators.lens import AS_IT_IS, Lens, Parameters, fetch
from targets.indicators.measure import contribution

Sql = tuple[str, Parameters]

TALLY = """\
SELECT {key} AS key, {sign} * coalesce(member_amount, 0) AS amount,
       member_place = ANY(%s::bigint[]) AS is_source, member_place = ANY(%s::bigint[]) AS is_here,
       member_taken AS taken, member_gone AS gone, member_ended AS ended, member_outcome AS outcome
FROM ({rows}) tally"""
# 一条身份可有几行（同一对的几份协议、同一人的前后签约）：合计贡献，去向以被考虑的行为准。
MEMBERS = """\
SELECT key, coalesce(sum(amount) FILTER (WHERE is_source), 0)::bigint AS amount,
       coalesce(sum(amount), 0) <> 0 AS counts_somewhere,
       coalesce(bool_or(is_here), false) AS is_here,
       coalesce(bool_or(gone) FILTER (WHERE taken), bool_or(gone)) AS gone,
       coalesce(bool_or(ended) FILTER (WHERE taken), bool_or(ended)) AS ended,
       coalesce(min(outcome) FILTER (WHERE taken AND is_here), '') AS outcome
FROM ({tallies}) members GROUP BY key"""
NOBODY = """\
SELECT NULL::text AS key, 0::bigint AS amount, false AS counts_somewhere, false AS is_here,
       false AS gone, false AS ended, ''::text AS outcome WHERE false"""
DIFFERENCE = """\
SELECT coalesce(a.key, b.key) AS key,
       coalesce(a.amount, 0) AS before, coalesce(b.amount, 0) AS after,
       a.key IS NOT NULL AS was_known, b.key IS NOT NULL AS is_known,
       coalesce(a.counts_somewhere, false) AS counted_somewhere,
       coalesce(b.counts_somewhere, false) AS counts_somewhere,
       coalesce(a.is_here, false) AS was_here, coalesce(b.is_here, false) AS is_here,
       coalesce(b.gone, false) AS is_gone, coalesce(b.ended, false) AS is_ended,
       coalesce(a.outcome, '') AS outcome_before, coalesce(b.outcome, '') AS outcome_after
FROM ({before}) a FULL JOIN ({after}) b ON a.key = b.key
WHERE coalesce(a.amount, 0) <> coalesce(b.amount, 0){or_outcome}"""
ONE_BY_ONE = "SELECT key, 1, {flags} FROM ({changed}) changed ORDER BY key"
HEADS = "SELECT '', count(*), {flags} FROM ({changed}) changed GROUP BY {flags}"
OR_OUTCOME = " OR coalesce(a.outcome, '') <> coalesce(b.outcome, '')"
FLAGS = (
    *("before", "after", "was_known", "is_known", "counted_somewhere", "counts_somewhere"),
    *("was_here", "is_here", "is_gone", "is_ended", "outcome_before", "outcome_after"),
)


@dataclass(frozen=True)
class Moment:
    """One way of counting: a day, what was known of it, by which definition, on which map.

    `compiled` spares building the same query again; `replace` hands it on, so keep the day.
    """

    day: date
    indicator: Indicator
    tree: Tree
    lens: Lens = AS_IT_IS
    compiled: dict[Tally, Sql | None] = field(default_factory=dict, compare=False, repr=False)

    def tallies(self, side: str) -> tuple[Tally, ...]:
        found: tuple[Tally, ...] = getattr(self.indicator, side)
        return found


@dataclass(frozen=True, slots=True)
class Difference:
    """A record that adds something else to the figure than before, or how many such persons.

    `key` is empty for persons: they are told apart in the database and leave it as counts.
    """

    key: str
    records: int
    before: int
    after: int
    was_known: bool
    is_known: bool
    counted_somewhere: bool
    counts_somewhere: bool
    was_here: bool
    is_here: bool
    is_gone: bool
    is_ended: bool
    outcome_before: str
    outcome_after: str

    @property
    def change(self) -> int:
        """What these records add to the figure's difference."""
        return (self.after - self.before) * self.records


def subjects_of(side: str, *moments: Moment) -> list[Subject]:
    """The kinds of record behind one side of the figure in any of the moments."""
    found = (tally.subject for moment in moments for tally in moment.tallies(side))
    return list(dict.fromkeys(found))


def differences(
    before: Moment,
    after: Moment,
    *,
    side: str,
    subject: Subject,
    region: int,
    outcomes: bool = False,
) -> Iterator[Difference]:
    """The records of `subject` that add to `region` differently, in one query.

    With `outcomes` also those that add the same but for another reason.
    """
    old, old_parameters = _members(before, side, subject, region)
    new, new_parameters = _members(after, side, subject, region)
    sql = DIFFERENCE.format(before=old, after=new, or_outcome=OR_OUTCOME if outcomes else "")
    listed = HEADS if subject.is_personal else ONE_BY_ONE
    sql = listed.format(flags=", ".join(FLAGS), changed=sql)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*old_parameters, *new_parameters])
        for row in cursor.fetchall():
            yield Difference(*row)


def _members(moment: Moment, side: str, subject: Subject, region: int) -> Sql:
    """Each record once, with what it adds to `region`, as SQL that carries its own lens."""
    counted = [
        _tally_rows(moment, tally, region)
        for tally in moment.tallies(side)
        if tally.subject is subject
    ]
    found = [one for one in counted if one is not None]
    if not found:
        return NOBODY, ()
    tallies = " UNION ALL ".join(sql for sql, _ in found)
    sql = MEMBERS.format(tallies=tallies)
    clause, parameters = moment.lens.prefix(sql)
    return clause + sql, (*parameters, *(value for _, values in found for value in values))


def _tally_rows(moment: Moment, tally: Tally, region: int) -> Sql | None:
    if tally not in moment.compiled:
        moment.compiled[tally] = _compiled(tally, moment.day)
    found = moment.compiled[tally]
    if found is None:
        return None
    sql, parameters = found
    return sql, (_sources(moment, tally, region), list(moment.tree.below(region)), *parameters)


def _compiled(tally: Tally, day: date) -> Sql | None:
    """The rows of one tally with what each adds, as SQL; None where there can be none."""
    subject = tally.subject
    keys = {f"member_key{n}": F(path) for n, path in enumerate(subject.identity)}
    rows = (
        subject.rows(day)
        .order_by()
        .values(
            **keys,
            member_place=F(subject.region),
            member_amount=contribution(tally),
            member_taken=flag(tally.among) if tally.among else Value(True),
            member_gone=flag(_excluded_by(tally, Cause.GONE)),
            member_ended=flag(_excluded_by(tally, Cause.ENDED)),
            member_outcome=tally.outcome(),
        )
    )
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    key = f"concat_ws('/', {', '.join(keys)})"
    return TALLY.format(key=key, sign=int(tally.sign), rows=sql), parameters


def _sources(moment: Moment, tally: Tally, region: int) -> list[int]:
    """The regions whose records add to the figure of `region`."""
    subject = tally.subject
    if subject.roll_up is not RollUp.STATED:
        return list(moment.tree.below(region))
    places = subject.rows(moment.day).order_by().filter(tally.among)
    published = fetch(places.values(place=F(subject.region)), moment.lens)
    return stated_sources(moment.tree, [row["place"] for row in published], region)


def _excluded_by(tally: Tally, cause: Cause) -> Q:
    found = NOTHING
    for rule in tally.excluding:
        if rule.cause is cause:
            found = found | rule.where
    return found


def key_of(subject: Subject, row: dict[str, Any]) -> str:
    """The key under which `differences` knows a row that was read with the identity's paths."""
    return "/".join(str(row[path]) for path in subject.identity)


def wanted(subject: Subject, keys: Sequence[str]) -> Q:
    """The condition for the rows of `subject` with these keys."""
    parts = zip(*(key.split("/") for key in keys), strict=True)
    condition = Q()
    for path, values in zip(subject.identity, parts, strict=True):
        condition &= Q(**{f"{path}__in": sorted({int(value) for value in values})})
    return condition
