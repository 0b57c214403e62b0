"""A small tracked register made by the owner role, and connections of both roles."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import environ
import pytest
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import ModelState, ProjectState
from django.test.utils import isolate_apps

from yiyang.changelog.operations import TrackChanges

TABLE = "changelog_ward"
LOG_TABLES = "yiyang_change, yiyang_changeentry, yiyang_changepending, yiyang_changenumber"

# Kept out of the real registry, where tests walk every model.
with isolate_apps("yiyang"):

    class Ward(models.Model):
        name = models.CharField(max_length=20, unique=True)
        name_digest = models.CharField(max_length=20, default="")
        beds = models.IntegerField(default=0)
        opened_on = models.DateField(null=True)

        class Meta:
            app_label = "yiyang"
            db_table = TABLE


@pytest.fixture(scope="session")
def owner(django_db_setup: None) -> Iterator[BaseDatabaseWrapper]:
    """The owner role's connection, committing each statement; used where the test has `db`."""
    wrapper = connection.copy()
    address = environ.Env.db_url_config(os.environ["OWNER_DATABASE_URL"])
    wrapper.settings_dict.update(USER=address["USER"], PASSWORD=address["PASSWORD"])
    yield wrapper
    wrapper.close()


@pytest.fixture(scope="session")
def ward_state() -> ProjectState:
    state = ProjectState()
    state.add_model(ModelState.from_model(Ward))
    return state


@pytest.fixture(scope="session")
def ward_table(
    owner: BaseDatabaseWrapper, ward_state: ProjectState, django_db_blocker: Any
) -> Iterator[type[Ward]]:
    """The register's table, tracked as an app's migration would track it."""
    with django_db_blocker.unblock(), owner.schema_editor() as editor:
        editor.create_model(Ward)
        TrackChanges("Ward", exclude=("name_digest",)).database_forwards(
            "yiyang", editor, ward_state, ward_state
        )
        role = editor.quote_name(connection.settings_dict["USER"])
        editor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO {role}")
    yield Ward
    with django_db_blocker.unblock(), owner.schema_editor() as editor:
        editor.delete_model(Ward)


@pytest.fixture
def wards(ward_table: type[Ward], db: None) -> type[Ward]:
    """The register inside a transaction that is rolled back."""
    return ward_table


@pytest.fixture
def committed_wards(
    ward_table: type[Ward], owner: BaseDatabaseWrapper, django_db_blocker: Any
) -> Iterator[type[Ward]]:
    """The register with commits that other connections see; emptied with the log afterwards."""
    with django_db_blocker.unblock():
        yield ward_table
        connection.close()
        with owner.cursor() as cursor:
            cursor.execute(f"TRUNCATE {TABLE}, {LOG_TABLES}")


@pytest.fixture
def connect() -> Iterator[Callable[[], BaseDatabaseWrapper]]:
    """Further connections of the application role, closed afterwards."""
    opened: list[BaseDatabaseWrapper] = []

    def another() -> BaseDatabaseWrapper:
        opened.append(connection.copy())
        return opened[-1]

    yield another
    for wrapper in opened:
        wrapper.close()
