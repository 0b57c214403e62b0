"""Move every person's data key under the current master key, every digest under its own."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from contracts.keys import (
    BATCH,
    Rotated,
    renew_digests,
    retired_keys,
    rewrap_keys,
    stale_digests,
    stale_keys,
)
from yiyang.attachments.keys import files_by_key, rewrap_contents, stale_contents
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record

UIDS_SHOWN = 20


class Command(BaseCommand):
    help = (
        "更换密钥：把每人的数据密钥改由现用主密钥（FIELD_KEY_ID）包裹，检索值改用现用检索密钥。"
        "可随时中断，再运行一次即接着做；旧密钥要等本命令说可以移除时才能移除。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只数还有多少人待换，不改")
        parser.add_argument("--batch", type=int, default=BATCH, help="每批多少人")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["batch"] < 1:
            raise CommandError("--batch 须为正整数。")
        keys, digests = stale_keys().count(), stale_digests().count()
        self.stdout.write(f"数据密钥待换 {keys} 人，检索值待换 {digests} 人。")
        if files := stale_contents().count():
            self.stdout.write(f"附件的密钥待换 {files} 个。")
        if options["dry_run"]:
            self._say_what_is_left()
            return
        size = options["batch"]
        rotated = rewrap_keys(lambda done: self._say(f"数据密钥 {done} / {keys}"), batch=size)
        renewed = renew_digests(lambda done: self._say(f"检索值 {done} / {digests}"), batch=size)
        moved, left = rewrap_contents()
        self._say_what_is_left()
        done = rotated + renewed
        _record(done, moved, len(left))
        _refuse_remains(done, left)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _say_what_is_left(self) -> None:
        files = files_by_key()
        for key_id, persons in retired_keys():
            if persons:
                self._say(f"主密钥 {key_id} 还包裹着 {persons} 人的数据密钥，不得移除。")
            if files[key_id]:
                self._say(f"主密钥 {key_id} 还包裹着 {files[key_id]} 个附件的密钥，不得移除。")
            if not persons and not files[key_id]:
                self._say(f"主密钥 {key_id} 已无人使用，可以从 FIELD_KEYS 移除。")
        persons = stale_digests().count()
        if persons:
            self._say(f"还有 {persons} 人的检索值用旧检索密钥，OLD_DIGEST_KEYS 不得移除。")
        elif settings.OLD_DIGEST_KEYS:
            self._say("旧检索密钥已无人使用，可以清空 OLD_DIGEST_KEYS。")


def _record(done: Rotated, files_moved: int, files_left: int) -> None:
    left = len(done.unreadable) + len(done.same_number) + files_left
    record(
        kind=EventKind.KEY_ROTATION,
        actor_id=None,
        outcome=Outcome.FAILED if left else Outcome.ALLOWED,
        subject=f"key:{settings.FIELD_KEY_ID}",
        details={"changed": done.changed + files_moved, "left": left},
    )


def _refuse_remains(rotated: Rotated, files: Sequence[int]) -> None:
    """Fail naming whom the rotation could not change, by uid only, and which files."""
    faults = [
        ("打不开，请用 verify_sealed 核对", rotated.unreadable),
        ("证件号与另一人相同，请先合并", rotated.same_number),
    ]
    lines = [
        f"{len(uids)} 人{what}：{'、'.join(str(uid) for uid in uids[:UIDS_SHOWN])}"
        for what, uids in faults
        if uids
    ]
    if files:
        numbers = "、".join(str(number) for number in files[:UIDS_SHOWN])
        lines.append(f"{len(files)} 个附件的密钥打不开：编号 {numbers}")
    if lines:
        raise CommandError("；".join(lines))
