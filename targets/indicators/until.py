"""Until when the dated facts behind a row hold, as expressions over the row.

A fact followed by the next one without a gap goes on: a renewal already registered is no lapse.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least

from targets.indicators.base import Exclusion, Tally
from yiyang.facts import holds_on

HORIZON_DAYS = 365
# 没有截止日的写作最大的日期，从未有过的写作最小的：取早取晚时不必另分情形。
OPEN_ENDED, NEVER = date.max, date.min

# 规则里的条件由哪一个日期事实决定；不在表中的（类别、床位数）没有截止日，视为照旧。
DECIDED_BY = {
    "status": "open_until",
    "is_open": "open_until",
    "is_licensed": "licensed_until",
    "has_channel": "channel_until",
    "is_integrated": "integrated_until",
    "has_partner": "partner_until",
    "is_filed": "filed_until",
    "has_in_house": "in_house_until",
    "has_agreement": "agreement_until",
    "has_round": "round_until",
    "has_rehabilitation": "rehabilitation_until",
    "repeats_place": "repeats_until",
    "is_in_force": "in_force_until",
    "medical_is_open": "medical_open_until",
    "elderly_is_open": "elderly_open_until",
    "medical_is_certified": "medical_licensed_until",
    "elderly_is_expired": "elderly_filed_until",
    "residence__kind": "residence_until",
    "is_dead": "alive_until",
    "is_key": "key_until",
    "kind": "at_home_until",
    "institution__isnull": "at_home_until",
    "is_reachable": "reachable_until",
    "is_served": "served_until",
}
# 这样的排除会让位：挡在前面的那条记录到期，后面的便接着计。
GIVING_WAY = frozenset({"repeats_place"})


def counts_until(tally: Tally, rows: QuerySet[Any]) -> Any:
    """The last day each of the tally's `rows` counted today would count if nothing is renewed.

    Read off the tally's own rule, so that forecast and figure cannot disagree. OPEN_ENDED for rows
    no date ends; None when no date decides any of them.
    """
    dated = _dated(rows)
    limits = [_until(tally.among & tally.where, dated)]
    for rule in tally.excluding:
        if not gives_way(rule):
            limits += [F(dated[path]) for path, _ in leaves(rule.where) if path in dated]
    if "row_until" in rows.query.annotations:
        limits.append(F("row_until"))
    return _earliest(limits)


def gives_way(rule: Exclusion) -> bool:
    """Whether the rule leaves a record out only as long as another one counts in its place."""
    return any(path in GIVING_WAY for path, _ in leaves(rule.where))


def left_out_until(rule: Exclusion, rows: QuerySet[Any]) -> Any:
    """The last day a rule that gives way leaves each of `rows` out."""
    return _until(rule.where, _dated(rows))


def _dated(rows: QuerySet[Any]) -> Mapping[str, str]:
    # 健康管理按体检日定居住地，没有居住到哪天一说：记录上没有的日期事实，不作决定。
    return {path: name for path, name in DECIDED_BY.items() if name in rows.query.annotations}


def _until(condition: Q, dated: Mapping[str, str]) -> Any:
    """Until when `condition` holds; None where no date decides it."""
    children = [_child_until(child, dated) for child in condition.children]
    if condition.connector == Q.OR:
        return _latest(
            limit if limit is not None else _while_true(child)
            for child, limit in zip(condition.children, children, strict=True)
        )
    return _earliest(children)


def _child_until(child: Any, dated: Mapping[str, str]) -> Any:
    if isinstance(child, Q):
        return None if child.negated else _until(child, dated)
    name = dated.get(child[0])
    return Coalesce(F(name), Value(NEVER), output_field=DateField()) if name else None


def leaves(condition: Q) -> list[Any]:
    """Every plain condition inside, as path and value."""
    found: list[Any] = []
    for child in condition.children:
        found += leaves(child) if isinstance(child, Q) else [child]
    return found


def _while_true(child: Any) -> Case:
    condition = child if isinstance(child, Q) else Q(child)
    return Case(
        When(condition, then=Value(OPEN_ENDED)), default=Value(NEVER), output_field=DateField()
    )


def _earliest(limits: Any) -> Any:
    found = list({repr(limit): limit for limit in limits if limit is not None}.values())
    return Least(*found) if len(found) > 1 else next(iter(found), None)


def _latest(limits: Any) -> Any:
    found = list(limits)
    return Greatest(*found) if len(found) > 1 else found[0]


# ── 一类事实连续有效到哪一天 ──────────────────────────────────────────────────


def lasts(facts: QuerySet[Any], day: date, *keys: str, **outer: str) -> Case:
    """Until when the outer record's kept `facts` hold from `day` on without a gap.

    Without one on `day`: the last day of the most recent one, NULL when there never was any.
    `keys` name what facts of one record share; `outer` says where the outer record has it.
    """
    shared = keys or ("institution",)
    own = facts.filter(**{key: OuterRef(outer.get(key, key)) for key in shared})
    followed = facts.filter(
        Q(ends_on=None) | Q(ends_on__gt=OuterRef("ends_on")),
        **{key: OuterRef(key) for key in shared},
        starts_on__lte=OuterRef("day_after"),
    )
    breaks = (
        own.filter(ends_on__gte=day)
        .annotate(day_after=day_after(F("ends_on")))
        .filter(~Exists(followed))
    )
    return Case(
        When(
            Exists(own.filter(holds_on(day))),
            then=Coalesce(
                Subquery(breaks.order_by("ends_on").values("ends_on")[:1]), Value(OPEN_ENDED)
            ),
        ),
        default=Subquery(own.filter(ends_on__lt=day).order_by("-ends_on").values("ends_on")[:1]),
        output_field=DateField(),
    )


def day_after(day: Any) -> Func:
    return Func(day, template="(%(expressions)s + 1)", output_field=DateField())


def best(rows: QuerySet[Any], until: Any) -> Subquery:
    """The latest `until` among `rows`, NULL when there are none."""
    found = rows.order_by().annotate(best=until).order_by("-best").values("best")[:1]
    return Subquery(found, output_field=DateField())
