"""The scene the tests of bulletins share."""

import pytest

from targets.tests.bulletins.scene import Desks, make_desks
from targets.tests.page_scene import Scene


@pytest.fixture
def desks(scene: Scene) -> Desks:
    return make_desks(scene)
