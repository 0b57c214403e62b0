"""Write everything held about one person to a file, in the name of an account that may."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contracts.handing_over import CopyFormat, hand_over
from contracts.models import Person
from yiyang.access.models import User
from yiyang.access.scope import Actor, known_actor


class Command(BaseCommand):
    help = "导出所存的一个人的全部信息（应本人申请）：按权限与授权范围，写明理由，记入审计。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("uid", help="记录编号（uid）")
        parser.add_argument("--by", required=True, help="以谁的名义：用户名")
        parser.add_argument("--reason", required=True, help="理由，如：本人书面申请")
        parser.add_argument("--to", required=True, type=Path, help="写到哪个文件（.json 或 .xlsx）")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["to"]
        form = path.suffix.removeprefix(".")
        if form not in set(CopyFormat):
            raise CommandError("--to 的文件名须以 .json 或 .xlsx 结尾。")
        actor, person = _actor(options["by"]), _person(options["uid"])
        try:
            copy = hand_over(
                by=actor, person=person, reason=options["reason"], form=CopyFormat(form)
            )
            _write_private(path, copy.content)
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        except PermissionDenied as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"写不了 {path}：{error.strerror}。") from error
        self.stdout.write(f"副本 {copy.number} 已写到 {path}，交付后请删除。")


def _write_private(path: Path, content: bytes) -> None:
    """Write a new file readable by its owner only from the first byte."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _actor(username: str) -> Actor:
    user: User | None = User.objects.filter(username=username.strip().lower()).first()
    if user is None or not user.is_active:
        raise CommandError(f"没有启用的账号 {username}，请核对用户名。")
    return known_actor(user.pk, user.role, timezone.localdate())


def _person(text: str) -> Person:
    try:
        person = Person.objects.filter(uid=UUID(text)).first()
    except ValueError:
        raise CommandError("记录编号应当像 5a0f7f2e-…，请从档案页复制。") from None
    if person is None:
        raise CommandError(f"没有记录 {text}，请核对编号。")
    return person
