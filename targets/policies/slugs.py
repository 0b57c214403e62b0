"""Codes made from Chinese names, for addresses; unique among those in use."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

from yiyang.lib.pinyin import initials

LONGEST = 28


def slug_of(text: str, is_taken: Callable[[str], bool]) -> str:
    """For instance whzbf-2026-12 for 乌海政办发〔2026〕12号; a number follows where it is taken."""
    words = re.split(r"[^0-9A-Za-z\u4e00-\u9fff]+", text.removesuffix("号"))
    stem = "-".join(filter(None, (re.sub(r"[^a-z0-9]", "", initials(word)) for word in words)))
    stem = stem[:LONGEST].strip("-") or "p"
    if not is_taken(stem):
        return stem
    return next(slug for n in count(2) if not is_taken(slug := f"{stem}-{n}"))
