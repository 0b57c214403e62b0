"""The tests and the portal work as a role that owns nothing."""

import importlib.util
from io import StringIO

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from psycopg2.extensions import connection as Connection

from yiyang.database_rights import Right, rights

RIGHTS_IN_FORCE = """
SELECT c.relname, p.privilege, has_table_privilege(current_user, c.oid, p.privilege)
FROM pg_class c
CROSS JOIN unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER'])
  AS p(privilege)
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
"""


def test_psycopg_3_is_not_installed() -> None:
    # Django 会悄悄优先用它，COPY 与错误类型就都变了。
    assert importlib.util.find_spec("psycopg") is None


@pytest.mark.django_db
def test_the_portal_is_neither_superuser_nor_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False)
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND pg_get_userbyid(relowner) = current_user"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_the_owner_is_no_superuser_either(owner_connection: Connection) -> None:
    with owner_connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db
def test_rights_in_force_are_those_listed_on_every_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(RIGHTS_IN_FORCE)
        in_force: dict[str, set[str]] = {}
        for table, privilege, held in cursor.fetchall():
            in_force.setdefault(table, set()).update({privilege} if held else ())
    # 别的测试会临时建表；这里只看迁移建的。
    tables = {*connection.introspection.django_table_names(), "django_migrations"}
    assert tables <= set(in_force)
    assert {table: in_force[table] for table in tables} == {
        table: {str(right) for right in rights(table)} for table in tables
    }


@pytest.mark.parametrize(
    ("table", "given"),
    [
        ("yiyang_changeentry", {Right.SELECT}),
        ("django_migrations", {Right.SELECT}),
        ("targets_regionfigures", {Right.SELECT, Right.INSERT}),
        ("django_session", {Right.SELECT, Right.INSERT, Right.UPDATE, Right.DELETE}),
        ("axes_accessattempt", {Right.SELECT, Right.INSERT, Right.UPDATE, Right.DELETE}),
        ("institutions_institution", {Right.SELECT, Right.INSERT, Right.UPDATE}),
        ("a_table_nobody_listed", {Right.SELECT, Right.INSERT, Right.UPDATE}),
    ],
)
def test_what_the_portal_may_do(table: str, given: set[Right]) -> None:
    assert rights(table) == given


@pytest.mark.django_db
def test_the_portal_cannot_truncate_or_change_tables() -> None:
    for statement in ("TRUNCATE yiyang_user CASCADE", "DROP TABLE yiyang_user"):
        with pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute(f"SAVEPOINT before; {statement}")
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT before")


@pytest.mark.django_db
def test_the_portal_cannot_grant_itself_rights() -> None:
    with pytest.raises(CommandError, match="属主"):
        call_command("grant_app_role", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_leaves_rows_behind() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_session VALUES ('left behind', '', '2017-12-31 00:00+08')"
        )


@pytest.mark.django_db(transaction=True)
def test_the_owner_cleans_up_after_a_transactional_test() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_the_owner_can_truncate(owner_connection: Connection) -> None:
    owner_connection.autocommit = False
    with owner_connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        try:
            cursor.execute("TRUNCATE django_session")
        except psycopg2.errors.LockNotAvailable:
            pytest.fail("属主的连接被锁住")
    owner_connection.rollback()
