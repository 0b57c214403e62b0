"""The forecast of a day agrees with the register recounted on that day, nothing new begun."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.models import PartnershipAgreement, Person, SignupAggregate
from institutions.models import Region, RegionPlacement
from targets.forecast.projection import can_be_projected, forecast_of
from targets.indicators.base import Indicator
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import measure, tree_on
from targets.tests.generated import VOID, Filler
from targets.tests.oracle import Oracle, Register
from targets.tests.oracle_answers import answers

DAY = date(2017, 12, 31)
LATER = [DAY + timedelta(n) for n in (1, 2, 3, 45, 46, 200, 365)]
# 床位、在住、月报按期报送是预测的前提；投用与核实是新的开始；同一处所的另一家不会补上。
BY_REPORTS = {"BD20", "NURS", "OCCU"}
NOT_HERE = {"PJ05", "DUAL"}
PROJECTED = [
    record for record in CATALOGUE if can_be_projected(record) and record.code not in NOT_HERE
]
RANDOMLY = settings(
    max_examples=5,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def forget_what_begins_later(day: date) -> None:
    """Void what starts, is signed or is counted after `day`; nobody reaches an age after it."""
    for model in apps.get_models():
        names = {field.name for field in model._meta.fields}
        if "voided_at" not in names:
            continue
        for start in names & {"starts_on", "counted_on", "signed_on"}:
            rows: models.QuerySet[Any] = model._default_manager.filter(**{f"{start}__gt": day})
            rows.update(**VOID)
    PartnershipAgreement.objects.filter(signed_on=None).update(**VOID)
    Person.objects.update(born_on=date(1935, 3, 3))
    RegionPlacement.objects.filter(starts_on__lte=day, ends_on__gte=day).update(ends_on=None)


Numerators = dict[tuple[str, str], list[int | None]]


def projected(indicators: list[Indicator], city: Region) -> Numerators:
    """The numerator of each later day as the forecast has it."""
    tree = tree_on(DAY, city.pk)
    figures = measure(indicators, day=DAY, tree=tree)
    forecasts = [
        forecast_of(one, figures[one.key][city.pk], None, day=DAY, region=city.pk, tree=tree)
        for one in indicators
    ]
    return {
        forecast.indicator.key: [forecast.numerator_on(day) for day in LATER]
        for forecast in forecasts
    }


@pytest.mark.django_db
@RANDOMLY
@given(seed=st.integers(0, 1_000_000))
def test_the_forecast_is_what_the_oracle_counts_on_that_day(seed: int) -> None:
    asked = [record for record in PROJECTED if record.code not in BY_REPORTS]
    with transaction.atomic():
        city = Filler(Random(seed), DAY).fill()
        forget_what_begins_later(DAY)
        SignupAggregate.objects.update(**VOID)
        register = Register()
        told = [answers(Oracle(register, day), city.pk) for day in LATER]
        expected = {record.key: [answer[record.key][0] for answer in told] for record in asked}
        assert projected(asked, city) == expected
        transaction.set_rollback(True)


@pytest.mark.django_db
@RANDOMLY
@given(seed=st.integers(0, 1_000_000))
def test_with_reports_kept_up_it_is_what_the_engine_measures(seed: int, settings: Any) -> None:
    settings.REPORT_CARRY_DAYS = 1000
    asked = [record for record in PROJECTED if record.code in BY_REPORTS]
    with transaction.atomic():
        city = Filler(Random(seed), DAY).fill()
        forget_what_begins_later(DAY)
        measured = [measure(asked, day=day, tree=tree_on(day, city.pk)) for day in LATER]
        expected = {
            record.key: [figures[record.key][city.pk].numerator for figures in measured]
            for record in asked
        }
        assert projected(asked, city) == expected
        transaction.set_rollback(True)
