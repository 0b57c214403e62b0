"""Move every data key under the current master key, every digest under its own."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from contracts.keys import Rotated, renew_digests, stale_digests
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.keys import BATCH, KeyColumn, Moved, Say, key_columns, still_wrapped

UIDS_SHOWN = 20
DIGESTS = "人的检索值"


class Command(BaseCommand):
    help = (
        "更换密钥：把人员、附件、导入文件的数据密钥改由现用主密钥（FIELD_KEY_ID）包裹，检索值改用"
        "现用检索密钥。可随时中断，再运行一次即接着做；旧密钥要等本命令说可以移除时才能移除。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只数还有多少待换，不改")
        parser.add_argument("--batch", type=int, default=BATCH, help="每批多少")

    def handle(self, *args: Any, **options: Any) -> None:
        size = options["batch"]
        if size < 1:
            raise CommandError("--batch 须为正整数。")
        stale = {column: column.stale().count() for column in key_columns()}
        digests = stale_digests().count()
        counted = [f"{number} {column.counted}" for column, number in stale.items()]
        self._say(f"待换：{'、'.join(counted)}，{digests} {DIGESTS}。")
        if options["dry_run"]:
            self._say_what_is_left()
            return
        moved = {
            column: column.rewrap(self._counting(column.counted, number), batch=size)
            for column, number in stale.items()
        }
        renewed = renew_digests(self._counting(DIGESTS, digests), batch=size)
        self._say_what_is_left()
        faults = _faults(moved, renewed)
        _record(sum(one.changed for one in moved.values()) + renewed.changed, faults)
        if faults:
            raise CommandError("；".join(_in_words(*fault) for fault in faults))

    def _counting(self, counted: str, total: int) -> Say:
        return lambda done: self._say(f"已换 {done} / {total} {counted}")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _say_what_is_left(self) -> None:
        for key_id in settings.FIELD_KEYS:
            if key_id == settings.FIELD_KEY_ID:
                continue
            if wrapped := "、".join(still_wrapped(key_id)):
                self._say(f"主密钥 {key_id} 还包裹着 {wrapped}，不得移除。")
            else:
                self._say(f"主密钥 {key_id} 已无人使用，可以从 FIELD_KEYS 移除。")
        persons = stale_digests().count()
        if persons:
            self._say(f"还有 {persons} 人的检索值用旧检索密钥，OLD_DIGEST_KEYS 不得移除。")
        elif settings.OLD_DIGEST_KEYS:
            self._say("旧检索密钥已无人使用，可以清空 OLD_DIGEST_KEYS。")


Fault = tuple[str, Sequence[UUID]]


def _faults(moved: dict[KeyColumn, Moved], renewed: Rotated) -> list[Fault]:
    """What the rotation could not change, each by its uids only."""
    faults: list[Fault] = [
        (f"{column.counted}打不开，可能被改动，请与备份比对", one.unreadable)
        for column, one in moved.items()
    ]
    faults += [
        (f"{DIGESTS}打不开，请用 verify_sealed 核对", renewed.unreadable),
        ("人的证件号与另一人相同，请先合并", renewed.same_number),
    ]
    return [fault for fault in faults if fault[1]]


def _in_words(what: str, uids: Sequence[UUID]) -> str:
    return f"{len(uids)} {what}：{'、'.join(str(uid) for uid in uids[:UIDS_SHOWN])}"


def _record(changed: int, faults: Sequence[Fault]) -> None:
    record(
        kind=EventKind.KEY_ROTATION,
        actor_id=None,
        outcome=Outcome.FAILED if faults else Outcome.ALLOWED,
        subject=f"key:{settings.FIELD_KEY_ID}",
        details={"changed": changed, "left": sum(len(uids) for _, uids in faults)},
    )
