"""The application role reads the log and can do nothing else to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection

FORGERIES = {
    "yiyang_change": (
        "INSERT INTO yiyang_change SELECT 1, now(), 'changelog_ward', 'INSERT', 1, '', ''",
        "UPDATE yiyang_change SET actor_id = NULL",
    ),
    "yiyang_changeentry": (
        "INSERT INTO yiyang_changeentry (change_id, ordinal, row_id, after) VALUES (1, 1, 1, '{}')",
        "UPDATE yiyang_changeentry SET after = '{}'",
    ),
    "yiyang_changepending": (
        "INSERT INTO yiyang_changepending (change_id) VALUES (1)",
        "UPDATE yiyang_changepending SET change_id = 0",
    ),
    "yiyang_changenumber": (
        "INSERT INTO yiyang_changenumber VALUES (1, 1, 1)",
        "UPDATE yiyang_changenumber SET first_number = 1",
    ),
}
STATEMENTS = [
    statement
    for table, writes in FORGERIES.items()
    for statement in (*writes, f"DELETE FROM {table}", f"TRUNCATE {table}")
]


def refused(wrapper: Any, statement: str) -> str:
    with wrapper.cursor() as cursor, pytest.raises(DatabaseError) as caught:
        cursor.execute(statement)
    return str(caught.value)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_app_role_cannot_write_the_log(wards: Any, statement: str) -> None:
    wards.objects.create(name="一")
    assert "permission denied" in refused(connection, statement)


@pytest.mark.parametrize("table", FORGERIES)
def test_the_app_role_reads_the_log(db: None, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")


def test_the_app_role_cannot_forge_entries_from_a_table_of_its_own(wards: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE changelog_ward (id bigint, name text)")
    message = refused(
        connection,
        "CREATE TRIGGER forged AFTER INSERT ON pg_temp.changelog_ward"
        " REFERENCING NEW TABLE AS new_rows"
        " FOR EACH STATEMENT EXECUTE FUNCTION public.yiyang_log_change('id')",
    )
    assert "permission denied" in message


def test_a_temporary_table_cannot_take_the_logs_place(wards: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE yiyang_changeentry (LIKE public.yiyang_changeentry)")
    wards.objects.create(name="一")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_temp.yiyang_changeentry),"
            " (SELECT sum(row_count) FROM public.yiyang_change"
            "  WHERE table_name = 'changelog_ward')"
        )
        assert cursor.fetchone() == (0, 1)


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("ALTER TABLE changelog_ward DISABLE TRIGGER ALL", "must be owner"),
        ("DROP TRIGGER yiyang_log_update ON changelog_ward", "must be owner"),
        ("SET session_replication_role = replica", "permission denied"),
        ("TRUNCATE changelog_ward", "permission denied"),
    ],
)
def test_the_app_role_cannot_go_round_the_triggers(wards: Any, statement: str, answer: str) -> None:
    assert answer in refused(connection, statement)


@pytest.mark.parametrize("table", ["yiyang_change", "yiyang_changeentry", "yiyang_changenumber"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET change_id = change_id"])
def test_even_the_owner_is_stopped_from_editing_history(
    owner: Any, db: None, table: str, statement: str
) -> None:
    key = "id" if table == "yiyang_change" else "change_id"
    message = refused(owner, statement.format(table).replace("change_id", key))
    assert "只增不改" in message
