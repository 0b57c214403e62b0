"""A city that reports: its returns of a quarter, and the one of its first home."""

from __future__ import annotations

import pytest

from targets.models import QuarterlyReturn, ReturnPeriod
from targets.tests.factories import City
from targets.tests.returns.return_scene import ReturnScene, make_return_scene, of_home, opened


@pytest.fixture
def scene(city: City) -> ReturnScene:
    return make_return_scene(city)


@pytest.fixture
def period(scene: ReturnScene) -> ReturnPeriod:
    return opened(scene)


@pytest.fixture
def own(scene: ReturnScene, period: ReturnPeriod) -> QuarterlyReturn:
    return of_home(period, scene.homes[0])
