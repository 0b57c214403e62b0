"""The forecast of a day agrees with the register recounted on that day, nothing new begun."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.models import HealthManagement, PartnershipAgreement, Person
from institutions.models import PilotProject, Region, RegionPlacement
from targets.forecast.projection import forecast_of
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import measure, tree_on
from targets.indicators.until import HORIZON_DAYS
from targets.tests.generated import VOID, Filler
from targets.tests.oracle import Oracle, Register
from targets.tests.oracle_answers import answers

# 年末当日、年末前一日、年中、闰日：年度工作各在不同的日子跨年。
DAYS = (date(2017, 12, 31), date(2018, 12, 30), date(2018, 6, 30), date(2016, 2, 29))
# 床位、在住、月报按期报送是预测的前提：报一次管两年。
CARRIED = 1000
Numerators = dict[tuple[str, str], list[int | None]]


def forget_what_begins_later(day: date) -> None:
    """Void what starts, is signed, counted or done after `day`; nobody reaches an age after it."""
    for model in apps.get_models():
        names = {field.name for field in model._meta.fields}
        if "voided_at" not in names:
            continue
        for start in names & {"starts_on", "counted_on", "signed_on", "named_on"}:
            rows: models.QuerySet[Any] = model._default_manager.filter(**{f"{start}__gt": day})
            rows.update(**VOID)
    for model, steps in (
        (HealthManagement, ("record_on", "exam_on", "guided_on", "form_completed_on")),
        (PilotProject, ("in_use_on", "verified_on")),
    ):
        for step in steps:
            model.objects.filter(**{f"{step}__gt": day}).update(**{step: None})
    PartnershipAgreement.objects.filter(signed_on=None).update(**VOID)
    Person.objects.update(born_on=date(1935, 3, 3))
    younger = Person.objects.order_by("pk").values_list("pk", flat=True)[::2]
    Person.objects.filter(pk__in=younger).update(born_on=day.replace(year=day.year - 62, day=1))
    RegionPlacement.objects.filter(starts_on__lte=day, ends_on__gte=day).update(ends_on=None)


def projected(day: date, later: list[date], city: Region) -> Numerators:
    """The numerator of each later day as the forecast has it."""
    tree = tree_on(day, city.pk)
    figures = measure(CATALOGUE, day=day, tree=tree)
    forecasts = [
        forecast_of(one, figures[one.key][city.pk], None, day=day, region=city.pk, tree=tree)
        for one in CATALOGUE
    ]
    return {
        forecast.indicator.key: [forecast.numerator_on(day) for day in later]
        for forecast in forecasts
    }


def recounted(later: list[date], city: Region) -> Numerators:
    """The numerator of each later day as counted on that day itself."""
    register = Register()
    told = [answers(Oracle(register, day, CARRIED), city.pk) for day in later]
    return {one.key: [answer[one.key][0] for answer in told] for one in CATALOGUE}


def apart(
    forecast: Numerators, counted: Numerators, later: list[date]
) -> list[tuple[tuple[str, str], date, int | None, int | None]]:
    """Where the two differ: reading, first day, forecast and counted."""
    return [
        next(
            (key, day, a, b) for day, a, b in zip(later, forecast[key], days, strict=True) if a != b
        )
        for key, days in counted.items()
        if forecast[key] != days
    ]


@pytest.mark.django_db
@settings(
    max_examples=8,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 1_000_000), day=st.sampled_from(DAYS))
def test_every_reading_is_forecast_as_each_day_of_the_year_counts_it(seed: int, day: date) -> None:
    later = [day + timedelta(n) for n in range(1, HORIZON_DAYS + 1)]
    with transaction.atomic(), override_settings(REPORT_CARRY_DAYS=CARRIED):
        city = Filler(Random(seed), day).fill()
        forget_what_begins_later(day)
        assert apart(projected(day, later, city), recounted(later, city), later) == []
        transaction.set_rollback(True)
