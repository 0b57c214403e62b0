"""The scene, made once for all attacks; what a test does in it is taken back after the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import DjangoDbBlocker

from yiyang.tests.attacks.scene import Scene, held_open, make_scene, taken_back


@pytest.fixture(scope="package")
def made_scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """Make the scene in a transaction that is taken back at the end."""
    with django_db_blocker.unblock(), held_open():
        yield make_scene()


@pytest.fixture
def scene(made_scene: Scene) -> Iterator[Scene]:
    """Give each test the scene as it was made, and no count of earlier searches."""
    cache.clear()
    with taken_back():
        yield made_scene
