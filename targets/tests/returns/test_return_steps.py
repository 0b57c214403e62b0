"""季度监测: from being asked to being published, step by step, and every step not allowed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from targets.models import ReturnState
from targets.tests.factories import City
from targets.tests.returns.return_scene import (
    ReturnScene,
    make_return_scene,
    of_city,
    opened,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(city: City) -> ReturnScene:
    return make_return_scene(city)


def test_a_quarter_goes_from_homes_to_the_city_and_is_published(scene: ReturnScene) -> None:
    period = opened(scene)
    city = published(scene, period)
    assert city.state == ReturnState.PUBLISHED
    numbers = {one.item.code: one.value for one in city.values.select_related("item")}
    assert numbers["16"] == 150
    assert numbers["17"] == 37
    assert numbers["18"] == Decimal("24.67")
    assert numbers["19"] == 75
    assert of_city(period).events.count() == 5
