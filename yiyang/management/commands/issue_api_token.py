"""Issue an API token from the command line; the same action as the page."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yiyang.access.models import User
from yiyang.api.resources import read_scopes, write_scopes
from yiyang.api.tokens import issue_token
from yiyang.changelog.context import SYSTEM
from yiyang.dated import messages_of

ALL = "all"


class Command(BaseCommand):
    help = "给接口账号签发令牌；令牌只打印一次，系统里只存摘要"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="接口账号的用户名")
        parser.add_argument("--name", required=True, help="用途")
        parser.add_argument("--network", action="append", required=True, help="允许的网段，可多次")
        parser.add_argument("--read", action="append", default=[], help="可读的资源，all 为全部")
        parser.add_argument("--write", action="append", default=[], help="可写的资源，all 为全部")
        parser.add_argument("--region", action="append", default=[], help="限于哪个区划，可多次")
        parser.add_argument("--expires-on", type=date.fromisoformat, help="到期日，缺省最晚一天")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        last = today + timedelta(days=settings.API_TOKEN_MAX_DAYS)
        try:
            _, text = issue_token(
                by=SYSTEM,
                user=_account(options["username"]),
                name=options["name"],
                reads=_scopes(options["read"], read_scopes()),
                writes=_scopes(options["write"], write_scopes()),
                regions=options["region"],
                networks=options["network"],
                on=today,
                expires_on=options["expires_on"] or last,
            )
        except ValidationError as error:
            raise CommandError("\n".join(messages_of(error))) from error
        self.stdout.write(text)


def _account(username: str) -> User:
    account: User | None = User.objects.filter(username=username).first()
    if account is None:
        raise CommandError(f"没有用户名为 {username} 的账号；请先由安全管理员开设接口账号。")
    return account


def _scopes(asked: list[str], offered: tuple[tuple[str, str], ...]) -> list[str]:
    codes = [code for code, _ in offered]
    if ALL in asked:
        return codes
    if unknown := sorted(set(asked) - set(codes)):
        raise CommandError(f"没有“{unknown[0]}”这项；可选：{'、'.join(codes) or '无'}。")
    return asked
