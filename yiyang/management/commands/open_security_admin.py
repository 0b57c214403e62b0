"""开设第一个安全管理员；此后的账号都由安全管理员在页面上开设。"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from yiyang.access.actions import open_account
from yiyang.access.models import User
from yiyang.access.passwords import one_time_password
from yiyang.access.roles import Role
from yiyang.changelog.context import SYSTEM

EXISTS = (
    "已有启用的安全管理员 {names}：请由其在“账号管理”页面开设账号。"
    "两人以上才能互相重设口令和手机，请至少开两个。"
)


class Command(BaseCommand):
    """Open a security administrator where none can be asked, with a one-time password."""

    help = "开设第一个安全管理员，打印一次性口令（系统没有默认账号）"

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask who holds the account."""
        parser.add_argument("username", help="用户名")
        parser.add_argument("display_name", help="姓名")
        parser.add_argument("staff_number", help="工号")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open the account unless somebody could have opened it on the page."""
        able = User.objects.enabled().in_role(Role.SECURITY_ADMIN)
        if names := "、".join(able.values_list("username", flat=True)):
            raise CommandError(EXISTS.format(names=names))
        holder = {name: options[name] for name in ("username", "display_name", "staff_number")}
        password = one_time_password(User(role=Role.SECURITY_ADMIN, **holder))
        try:
            open_account(
                by=SYSTEM,
                role=Role.SECURITY_ADMIN,
                password=password,
                on=timezone.localdate(),
                **holder,
            )
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from None
        self.stdout.write(f"一次性口令：{password}（只显示这一次，登录后须立即更改并绑定手机）")
