"""The application role adds to the audit and can do nothing else to it."""

from __future__ import annotations

import psycopg2
import pytest
from django.db import DatabaseError, connection
from psycopg2.extensions import connection as Connection

from yiyang.audit.tests.conftest import TABLES, look

pytestmark = pytest.mark.django_db
CHANGES = ("UPDATE {} SET key_id = 'x'", "DELETE FROM {}", "TRUNCATE {}")
COLUMN = {"yiyang_auditseal": "link"}


def statements(*forms: str) -> list[str]:
    return [
        form.format(table).replace("key_id", COLUMN.get(table, "key_id"))
        for table in TABLES
        for form in forms
    ]


@pytest.mark.parametrize("statement", statements(*CHANGES))
def test_the_app_role_cannot_change_the_audit(statement: str) -> None:
    look()
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="permission denied"):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE yiyang_auditevent DISABLE TRIGGER USER",
        "DROP TRIGGER yiyang_append_only ON yiyang_auditevent",
        "DROP FUNCTION yiyang_expire_audit(bigint, integer)",
    ],
)
def test_the_app_role_cannot_switch_the_guards_off(statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="must be owner"):
        cursor.execute(statement)


@pytest.mark.parametrize("statement", statements(*CHANGES[:2]))
def test_even_the_owner_is_stopped_from_a_slip(
    owner_connection: Connection, statement: str
) -> None:
    with owner_connection.cursor() as cursor, pytest.raises(psycopg2.Error, match="只增不改"):
        cursor.execute(statement)
