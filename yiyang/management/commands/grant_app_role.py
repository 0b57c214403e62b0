"""把数据表的权限授予应用角色；属主在每次迁移之后运行，可重复运行。"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from yiyang.database_rights import rights

RELATIONS = """
SELECT c.relname, c.relkind = 'S'
FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
  AND pg_get_userbyid(c.relowner) = current_user
ORDER BY c.relname
"""


class Command(BaseCommand):
    """Grant the application role what `database_rights` lists, and nothing more."""

    help = "把数据表的权限授予应用角色（由属主在迁移之后运行）"

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Set the rights of every table and sequence the current role owns."""
        role = settings.DATABASE_APP_ROLE
        with connection.cursor() as cursor:
            self._refuse_wrong_roles(cursor, role)
            cursor.execute(RELATIONS)
            relations = cursor.fetchall()
            if not relations:
                raise CommandError("当前角色名下没有数据表：请先用属主角色运行 migrate。")
            name = connection.ops.quote_name(role)
            cursor.execute(f"GRANT USAGE ON SCHEMA {current_schema(cursor)} TO {name}")
            for relation, is_sequence in relations:
                grant(cursor, relation, name, is_sequence=is_sequence)
        self.stdout.write(f"已为 {role} 设定 {len(relations)} 个对象的权限。")

    def _refuse_wrong_roles(self, cursor: CursorWrapper, role: str) -> None:
        cursor.execute("SELECT current_user, to_regrole(%s) IS NOT NULL", [f'"{role}"'])
        current, exists = cursor.fetchone()
        if not exists:
            raise CommandError(f"没有数据库角色 {role}：请先建立它，或改正 DATABASE_APP_ROLE。")
        if current == role:
            raise CommandError("这条命令须由属主角色运行：请把 DATABASE_URL 换成属主的地址。")


def current_schema(cursor: CursorWrapper) -> str:
    """Return the quoted schema the tables stand in."""
    cursor.execute("SELECT quote_ident(current_schema())")
    return str(cursor.fetchone()[0])


def grant(cursor: CursorWrapper, relation: str, role: str, *, is_sequence: bool) -> None:
    """Take every right on one table or sequence away, then give the listed ones."""
    name = connection.ops.quote_name(relation)
    kind = "SEQUENCE" if is_sequence else "TABLE"
    given = "USAGE" if is_sequence else ", ".join(sorted(rights(relation)))
    cursor.execute(f"REVOKE ALL ON {kind} {name} FROM {role}, PUBLIC")
    cursor.execute(f"GRANT {given} ON {kind} {name} TO {role}")
