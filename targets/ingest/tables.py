"""One TOML table at a time: every key is asked for by name and type, and none is left over."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import models

from targets.ingest.faults import Fault

DIGITS, PLACES = 12, 6
HIGHEST_POSITION = 9999  # 换位时要让到一万以后，再高就超出字段范围
TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


class Table:
    """A table of a file; the model lends its lengths and choices."""

    def __init__(self, raw: dict[str, Any], where: str, model: type[models.Model]) -> None:
        self.raw = raw
        self.where = where
        self.model = model

    def fault(self, what: str) -> Fault:
        return Fault(self.where, what)

    def allow_only(self, *keys: str) -> None:
        """Refuse a key nobody reads: it is a slip of the pen, and its value would be lost."""
        if unknown := sorted(set(self.raw) - set(keys)):
            known = "、".join(keys)
            raise self.fault(f"不认识的项“{'、'.join(unknown)}”，请改正拼写；可用的项：{known}。")

    def text(self, key: str, default: str | None = None) -> str:
        """The text under `key`, not longer than the model's field of that name holds."""
        value = self._value(key, default)
        if not isinstance(value, str):
            raise self.fault(f"“{key}”须是加引号的文字。")
        value = value.strip()
        if not value and default is None:
            raise self.fault(f"“{key}”是空的，请填写。")
        if any(unicodedata.category(c) == "Cc" and c != "\n" for c in value):
            raise self.fault(f"“{key}”里有看不见的控制字符，请删去。")
        longest = getattr(self._field(key), "max_length", None)
        if longest and len(value) > longest:
            raise self.fault(f"“{key}”有 {len(value)} 字，最多 {longest} 字，请缩短。")
        return value

    def slug(self, key: str) -> str:
        value = self.text(key)
        if not re.fullmatch(r"[A-Za-z0-9_-]+", value):
            raise self.fault(f"“{key}”写作“{value}”，只能用英文字母、数字和连字符。")
        return value

    def choice(self, key: str, default: str | None = None) -> str:
        """One of the choices of the model's field of that name, written by its code."""
        value = self.text(key, default)
        choices = dict(self._field(key).flatchoices)
        if value not in choices:
            offered = "、".join(f"{code}（{label}）" for code, label in choices.items())
            raise self.fault(f"“{key}”写作“{value}”，没有这个取值，请改为：{offered}。")
        return value

    def day(self, key: str) -> date:
        value = self._value(key, None)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.fault(f"“{key}”须是不加引号的日期，如 2017-02-09。")
        return value

    def day_or_none(self, key: str) -> date | None:
        return self.day(key) if key in self.raw else None

    def integer(self, key: str) -> int:
        value = self._value(key, None)
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not 1 <= value <= HIGHEST_POSITION:
            raise self.fault(f"“{key}”须是 1 到 {HIGHEST_POSITION} 的整数。")
        return int(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self.raw.get(key, default)
        if not isinstance(value, bool):
            raise self.fault(f"“{key}”须是 true 或 false。")
        return value

    def number(self, key: str) -> Decimal:
        """An exact decimal: 0.8 is four fifths, never the nearest binary fraction."""
        value = self._value(key, None)
        try:
            number = Decimal("NaN") if isinstance(value, bool | date) else Decimal(value)
        except (InvalidOperation, TypeError, ValueError):
            number = Decimal("NaN")
        if not number.is_finite():
            raise self.fault(f"“{key}”须是数字，如 0.8（比率）或 5（个数）。")
        if number != number.quantize(Decimal(1).scaleb(-PLACES)) or number.adjusted() >= (
            DIGITS - PLACES
        ):
            raise self.fault(f"“{key}”最多 6 位整数、6 位小数。")
        return number

    def number_or_none(self, key: str) -> Decimal | None:
        return self.number(key) if key in self.raw else None

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise self.fault(f'“{key}”须是文字的列表，如 ["民政局", "财政局"]。')
        return tuple(value)

    def tables(
        self, key: str, name: str, model: type[models.Model], named_by: str = ""
    ) -> Iterator[Table]:
        """The sub-tables under `key`; messages call each by its `named_by`, else by its place."""
        value = self.raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self.fault(f"“{key}”须写成若干个 [[{key}]] 段。")
        for place, raw in enumerate(value, start=1):
            own = raw.get(named_by)
            called = f"{name} {own}" if isinstance(own, str) else f"{name}第 {place} 项"
            yield Table(raw, f"{self.where} {called}", model)

    def _value(self, key: str, default: object) -> Any:
        if key in self.raw:
            return self.raw[key]
        if default is None:
            raise self.fault(f"缺少“{key}”，请补上。")
        return default

    def _field(self, key: str) -> Any:
        return next((f for f in self.model._meta.fields if f.name == key), None)


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file with exact decimals."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Fault(str(path), "读不到这个文件，请核对路径和读取权限。") from error
    except UnicodeDecodeError as error:
        raise Fault(path.name, "不是 UTF-8 编码，请另存为 UTF-8 后再装载。") from error
    if not text.strip():
        raise Fault(path.name, "文件是空的，请核对是否拿错了文件。")
    try:
        return tomllib.loads(text.replace("\r\n", "\n"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Fault(path.name, _place_in_words(str(error))) from error


def _place_in_words(message: str) -> str:
    place = TOML_PLACE.search(message)
    at = f"第 {place[1]} 行第 {place[2]} 列" if place else "文件末尾"
    return f"{at}不合 TOML 写法，请检查引号、等号、括号是否成对，以及同一项是否写了两次。"


def repeated(values: Iterable[Any]) -> list[Any]:
    """Values met more than once, each named once, in the order met."""
    seen: set[Any] = set()
    again: dict[Any, None] = {}
    for value in values:
        if value in seen:
            again[value] = None
        seen.add(value)
    return list(again)
