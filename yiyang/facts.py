"""Dated facts: the shape every register row shares."""

from __future__ import annotations

from datetime import date
from typing import Any, Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value

from yiyang.access.scope import ScopedQuerySet

M = TypeVar("M", bound=models.Model)


class FactQuerySet(ScopedQuerySet[M]):
    """Reads common to all facts."""

    def kept(self) -> Self:
        """Leave out what was voided as a mistake."""
        return self.filter(voided_at=None)


class DatedQuerySet(FactQuerySet[M]):
    """Reads common to facts that hold from one day to another, both days included."""

    def on(self, day: date) -> Self:
        """Facts that hold on `day`."""
        return self.kept().filter(holds_on(day))


def holds_on(day: date, prefix: str = "") -> Q:
    """The condition "holds on `day`", last day included; `prefix` ends in `__`."""
    return Q(**{f"{prefix}starts_on__lte": day}) & (
        Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gte": day})
    )


class Fact(models.Model):
    """A row that is never deleted: a mistake is voided with a reason."""

    voided_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)
    void_reason = models.CharField("作废原因", max_length=200, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(voided_at=None, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="%(app_label)s_%(class)s_void_has_reason",
                violation_error_message="作废必须写明原因。",
            )
        ]


class DatedFact(Fact):
    """A fact that holds from `starts_on` to `ends_on`, both days included; open when no end."""

    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True, help_text="最后一个有效日")

    class Meta(Fact.Meta):
        abstract = True
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="%(app_label)s_%(class)s_ends_after_start",
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]


def whole_span(start: Any = "starts_on", end: Any = "ends_on") -> Func:
    """The days from `start` to `end`, both included, as a PostgreSQL daterange."""
    return Func(
        F(start), F(end) if isinstance(end, str) else end, Value("[]"), function="daterange"
    )


def no_overlap(
    *keys: str, name: str, message: str, span: Func | None = None, condition: Q | None = None
) -> ExclusionConstraint:
    """Forbid two kept rows with the same `keys` on the same day.

    Keys are compared as one-element int8ranges because btree_gist may be missing.
    """
    same = [(Func(F(k), F(k), Value("[]"), function="int8range"), "&&") for k in keys]
    return ExclusionConstraint(
        name=name,
        expressions=[*same, (span or whole_span(), "&&")],
        condition=Q(voided_at=None) & (condition or Q()),
        violation_error_message=message,
    )


def one_kept(*fields: str, name: str, message: str) -> models.UniqueConstraint:
    """Allow one row that is not voided for each combination of `fields`."""
    return models.UniqueConstraint(
        fields=fields,
        name=name,
        condition=Q(voided_at=None),
        nulls_distinct=False,
        violation_error_message=message,
    )
