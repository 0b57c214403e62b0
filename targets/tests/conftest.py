"""The small city that the tests of the indicators measure."""

import pytest

from targets.tests.factories import City, make_city


@pytest.fixture
def city(db: None) -> City:
    """A city of two districts, nothing registered in it yet."""
    return make_city()
