"""Pinyin of Chinese names, for finding and sorting institutions, teams and doctors."""

from collections.abc import Mapping
from functools import lru_cache

from pypinyin import lazy_pinyin

# 作姓氏时读音不同；只在人名的开头替换，机构名“单县路”“解放路”不受影响。
SURNAMES: Mapping[str, tuple[str, ...]] = {
    "尉迟": ("yu", "chi"),
    "万俟": ("mo", "qi"),
    "单于": ("chan", "yu"),
    "单": ("shan",),
    "仇": ("qiu",),
    "解": ("xie",),
    "查": ("zha",),
    "曾": ("zeng",),
    "区": ("ou",),
    "朴": ("piao",),
    "盖": ("ge",),
    "任": ("ren",),
    "华": ("hua",),
}


@lru_cache(maxsize=4096)
def _syllables(text: str, is_person: bool) -> tuple[str, ...]:
    text = "".join(text.split())
    if is_person:
        for surname, reading in SURNAMES.items():
            if text.startswith(surname):
                return reading + tuple(lazy_pinyin(text[len(surname) :]))
    return tuple(lazy_pinyin(text))


def full_pinyin(text: str, *, is_person: bool = False) -> str:
    """Return lower-case pinyin without tones or spaces: 仇英 as a person gives qiuying."""
    return "".join(_syllables(text, is_person)).lower()


def initials(text: str, *, is_person: bool = False) -> str:
    """Return the first letters; digits and Latin letters stay whole: 第2医院 gives d2yy."""
    parts = _syllables(text, is_person)
    return "".join(part if part.isdigit() else part[:1] for part in parts).lower()
