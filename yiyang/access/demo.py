"""The demo's accounts, one for each role, for the commands that fill the demo as they would."""

from __future__ import annotations

from datetime import date

from django.core.management.base import CommandError

from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import Actor, known_actor


def demo_name(role: Role) -> str:
    """The user name of the role's account."""
    return f"demo-{role.value.replace('_', '-')}"


def demo_account(role: Role) -> User:
    """The role's account; CommandError where none has been opened."""
    user: User | None = User.objects.filter(username=demo_name(role)).first()
    if user is None:
        raise CommandError("没有演示账号；请先运行 demo_accounts。")
    return user


def demo_actor(role: Role, day: date) -> Actor:
    """The role's account at work on a day."""
    return known_actor(demo_account(role).pk, role, day)
