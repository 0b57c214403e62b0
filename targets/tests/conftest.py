"""The small city that the tests of the indicators measure."""

import pytest

from targets.tests.factories import City, make_city
from targets.tests.page_scene import DUE_DAY, LATER_DAY, Scene, make_scene, store_run


@pytest.fixture
def city(db: None) -> City:
    """A city of two districts, nothing registered in it yet."""
    return make_city()


@pytest.fixture
def scene(db: None) -> Scene:
    """A city with a policy, measured on the due day and after the policy's last one."""
    scene = make_scene(make_city())
    store_run(scene.city.city, DUE_DAY)
    store_run(scene.city.city, LATER_DAY)
    return scene
