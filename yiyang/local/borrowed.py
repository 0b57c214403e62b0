"""The two roles of a test run on a PostgreSQL that somebody else keeps."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg2
from psycopg2.extensions import connection as Connection

from yiyang.local.places import LocalError
from yiyang.local.postgres import Role

REFUSAL = (
    "DATABASE_URL 的角色 {name} 不能建立数据库或角色，测试无法进行。"
    "请由数据库管理员执行：ALTER ROLE {name} CREATEDB CREATEROLE;"
)


@contextmanager
def borrowed_roles(url: str) -> Iterator[tuple[str, str, str]]:
    """Yield owner address, app address and app role name; what was made is removed again.

    Tests must not run as a superuser or as the tables' owner, so the role given makes an app
    role, and, being a superuser itself, an owner as well.
    """
    server = _connect(url)
    try:
        is_superuser = _check_rights(server)
        mark = secrets.token_hex(4)
        app = Role(f"yiyang_app_{mark}", secrets.token_hex(24))
        owner = Role(f"yiyang_owner_{mark}", secrets.token_hex(24), "CREATEDB")
        made = [app, owner] if is_superuser else [app]
        _execute(server, *(role.statement for role in made))
        try:
            yield (_as(owner, url) if is_superuser else url), _as(app, url), app.name
        finally:
            _execute(server, *(f"DROP ROLE {role.name}" for role in made))
    finally:
        server.close()


def _connect(url: str) -> Connection:
    try:
        server = psycopg2.connect(url)
    except psycopg2.OperationalError as error:
        raise LocalError(f"连不上 DATABASE_URL 的数据库：{str(error).strip()}") from error
    server.autocommit = True
    return server


def _check_rights(server: Connection) -> bool:
    """Say whether the role is a superuser; one that cannot do the work is refused."""
    with server.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolcreatedb AND rolcreaterole"
            " FROM pg_roles WHERE rolname = current_user"
        )
        name, is_superuser, is_able = cursor.fetchone() or ("", False, False)
    if not (is_superuser or is_able):
        raise LocalError(REFUSAL.format(name=name))
    return bool(is_superuser)


def _execute(server: Connection, *statements: str) -> None:
    with server.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _as(role: Role, url: str) -> str:
    """Return the same address with another role signing in."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{role.name}:{role.password}@{place}").geturl()
