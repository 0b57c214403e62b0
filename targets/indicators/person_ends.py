"""Until when the dated facts behind older people, their sign-ups and care hold."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Case, DateField, Exists, F, Func, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Greatest, Least

from contracts.models import (
    FamilyDoctorSignup,
    HomeSickbed,
    KeyGroupMembership,
    PersonResidence,
    ResidenceKind,
)
from targets.indicators.until import HORIZON_DAYS, OPEN_ENDED, day_after, lasts
from yiyang.lib.ages import birth_cutoff


def of_signups(day: date) -> dict[str, Any]:
    """The date facts of a sign-up."""
    of_65 = Q(person__born_on__lte=birth_cutoff(day, 65))
    return {
        "first_day_over": day_after(_signed_until()),
        "in_force_until": _in_force_until(day),
        "key_until": Case(
            When(of_65, then=Value(OPEN_ENDED)),
            default=lasts(KeyGroupMembership.objects.kept(), day, "person"),
            output_field=DateField(),
        ),
        **_of_person(day),
    }


def of_sickbeds(day: date) -> dict[str, Any]:
    return {"row_until": _in_sickbed_until(day), **_of_person(day)}


def of_health_managements(last_day: date) -> dict[str, Any]:
    """A year's work counts to `last_day`, whoever dies or moves before (rules.md 11)."""
    return {"row_until": Value(last_day, output_field=DateField())}


def of_residents(day: date, *, managed: Q) -> dict[str, Any]:
    """The date facts of a resident with `signup`, the one in force; `managed` is this year's."""
    year_ends_on = Value(date(day.year, 12, 31), output_field=DateField())
    at_home = PersonResidence.objects.kept().filter(kind=ResidenceKind.USUAL, institution=None)
    return {
        "first_day_over": day_after(_signed_until("signup__")),
        "served_until": Greatest(
            Case(When(signup__isnull=False, then=_in_force_until(day, "signup__"))),
            _in_sickbed_until(day),
            Case(When(managed, then=year_ends_on)),
        ),
        "at_home_until": Case(
            When(ends_on=None, then=Value(OPEN_ENDED)),
            default=lasts(at_home, day, "person"),
            output_field=DateField(),
        ),
        "alive_until": _alive_until(),
    }


def _signed_until(path: str = "") -> Case:
    """The last day of the sign-up at `path`; NULL when it renews itself and goes on."""
    terminated = _day_before(f"{path}terminated_on")
    return Case(
        When(Q(**{f"{path}auto_renews": True}), then=terminated),
        default=Least(F(f"{path}expires_on"), terminated),
        output_field=DateField(),
    )


def _in_force_until(day: date, path: str = "") -> Case:
    """Until when the sign-up at `path`, or those that follow without a gap, hold (rules.md 10).

    Reads `first_day_over` of the row.
    """
    beyond = day + timedelta(days=HORIZON_DAYS)
    signups = FamilyDoctorSignup.objects.kept()
    # 一人同时只有一份签约：续签必从次日开始，没有的便到此为止（多数如此，且查得快）。
    renewal = signups.filter(person=OuterRef("person"), starts_on=OuterRef("first_day_over"))
    running = Q(**{f"{path}terminated_on": None})
    ends = Q(**{f"{path}auto_renews": False})
    return Case(
        When(running & ~ends, then=Value(OPEN_ENDED)),
        # 一年以后才到期的不必去找续签。
        When(running & ends & Q(**{f"{path}expires_on__gt": beyond}), then=f"{path}expires_on"),
        When(~Exists(renewal), then=_signed_until(path)),
        default=lasts(signups.annotate(ends_on=_signed_until()), day, "person"),
        output_field=DateField(),
    )


def _in_sickbed_until(day: date) -> Case:
    return lasts(HomeSickbed.objects.kept(), day, "person")


def _of_person(day: date) -> dict[str, Any]:
    living_here = PersonResidence.objects.kept().filter(kind=ResidenceKind.USUAL)
    return {
        "residence_until": Case(
            When(residence__ends_on=None, then=Value(OPEN_ENDED)),
            default=lasts(living_here, day, "person"),
            output_field=DateField(),
        ),
        "alive_until": _alive_until(),
    }


def _alive_until() -> Coalesce:
    return Coalesce(_day_before("person__died_on"), Value(OPEN_ENDED))


def _day_before(path: str) -> Func:
    return Func(F(path), template="(%(expressions)s - 1)", output_field=DateField())
