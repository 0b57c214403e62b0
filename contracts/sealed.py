"""Whether every sealed value stands where it was sealed, as it was sealed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.identity import COLUMNS, DIGEST_COLUMNS, TABLE
from contracts.models import Person
from yiyang.changelog.models import ChangeEntry
from yiyang.lib.crypto import SealError, digests, open_sealed, unwrap

CHUNK = 1000
NOT_OPENING = "密文被改动，或是从别的记录、栏目挪来的"
KEY_NOT_OPENING = "数据密钥打不开"
KEY_MISSING = "没有数据密钥，却还有密文或检索值"
DIGEST_WRONG = "检索值与密文不符"
LOGGED_NOT_OPENING = "变更日志中的密文打不开"
LABELS = {"name": "姓名", "id_number": "身份证号", "phone": "电话"}
KEY = "data_key__wrapped"
READ = ("pk", "uid", KEY, *COLUMNS.values(), *DIGEST_COLUMNS.values())


@dataclass(frozen=True, slots=True)
class Flaw:
    """One value that is not what it was sealed as; names the person by uid, never the value."""

    uid: UUID
    what: str
    field: str = ""

    def __str__(self) -> str:
        where = f" {LABELS[self.field]}" if self.field else ""
        return f"{self.uid}{where}：{self.what}"


def flaws(*, sample: int | None = None, in_log: bool = False) -> Iterator[Flaw]:
    """Every flaw of all persons, or of so many picked at random; of their history too, if asked."""
    order = ("pk",) if sample is None else ("?",)
    rows = Person.objects.order_by(*order).values(*READ)
    for chunk in _chunks(rows[:sample].iterator(CHUNK)):
        logged = _logged([row["pk"] for row in chunk]) if in_log else {}
        for row in chunk:
            yield from _flaws_of(row, logged.get(row["pk"], ()))


def _chunks(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    taken: list[dict[str, Any]] = []
    for row in rows:
        taken.append(row)
        if len(taken) == CHUNK:
            yield taken
            taken = []
    if taken:
        yield taken


def _flaws_of(row: dict[str, Any], logged: Sequence[tuple[str, bytes]]) -> Iterator[Flaw]:
    if row[KEY] is None:
        # 已销毁的人：什么都不该剩；日志里的旧密文打不开，正是销毁的本意。
        if any(row[name] is not None for name in READ[3:]):
            yield Flaw(row["uid"], KEY_MISSING)
        return
    try:
        key = unwrap(row[KEY], row["uid"])
    except SealError:
        yield Flaw(row["uid"], KEY_NOT_OPENING)
        return
    for field, column in COLUMNS.items():
        yield from _flaws_in(row, field, row[column], key)
    for field, value in logged:
        if _opened(value, key, field, row["uid"]) is None:
            yield Flaw(row["uid"], LOGGED_NOT_OPENING, field)


def _flaws_in(row: dict[str, Any], field: str, sealed: Any, key: bytes) -> Iterator[Flaw]:
    """What is wrong with one field and the digest it is found by."""
    plain = None if sealed is None else _opened(sealed, key, field, row["uid"])
    if sealed is not None and plain is None:
        yield Flaw(row["uid"], NOT_OPENING, field)
    elif field in DIGEST_COLUMNS:
        stored = row[DIGEST_COLUMNS[field]]
        expected = [None] if plain is None else digests(plain, field)
        if (None if stored is None else bytes(stored)) not in expected:
            yield Flaw(row["uid"], DIGEST_WRONG, field)


def _opened(sealed: Any, key: bytes, field: str, uid: UUID) -> str | None:
    try:
        return open_sealed(sealed, data_key=key, table=TABLE, field=field, uid=uid)
    except SealError:
        return None


def _logged(person_ids: Sequence[int]) -> dict[int, list[tuple[str, bytes]]]:
    """The sealed values the change log holds of each person."""
    values: dict[int, list[tuple[str, bytes]]] = defaultdict(list)
    entries = ChangeEntry.objects.filter(change__table_name=TABLE, row_id__in=person_ids)
    for row_id, before, after in entries.values_list("row_id", "before", "after"):
        for side in (before or {}, after or {}):
            values[row_id] += logged_values(side)
    return values


def logged_values(side: Mapping[str, Any]) -> list[tuple[str, bytes]]:
    """The sealed values of one logged row, as field and bytes."""
    return [
        # 日志按 PostgreSQL 的写法记 bytea：\x 加十六进制。
        (field, bytes.fromhex(side[column].removeprefix("\\x")))
        for field, column in COLUMNS.items()
        if side.get(column)
    ]
