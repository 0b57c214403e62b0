"""The key groups a line of sign-ups names: offices' words read, restricted ones never shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from contracts.models import KeyGroup
from contracts.models.persons import RESTRICTED_GROUPS
from institutions.ingest.cells import SEPARATORS

G = KeyGroup
OTHER_WORDS = {
    "高血压": G.HYPERTENSION,
    "糖尿病": G.DIABETES,
    "2型糖尿病": G.DIABETES,
    "2型糖尿病患者": G.DIABETES,
    "糖尿病患者": G.DIABETES,
    "残疾": G.DISABILITY,
    "脱贫": G.LIFTED_FROM_POVERTY,
    "脱贫户": G.LIFTED_FROM_POVERTY,
    "建档立卡": G.LIFTED_FROM_POVERTY,
    "贫困人口": G.LIFTED_FROM_POVERTY,
    "计生特殊家庭": G.SPECIAL_FAMILY_PLANNING,
    "计划生育特殊家庭成员": G.SPECIAL_FAMILY_PLANNING,
    "计生特扶": G.SPECIAL_FAMILY_PLANNING,
    "严重精神障碍": G.SEVERE_MENTAL_DISORDER,
    "精神障碍": G.SEVERE_MENTAL_DISORDER,
    "肺结核": G.TUBERCULOSIS,
    "结核病": G.TUBERCULOSIS,
}
WORDS = {str(label): KeyGroup(value) for value, label in KeyGroup.choices} | OTHER_WORDS
# 65 岁及以上按年龄就是重点人群，不另登记；写了也不算错。
NO_GROUP = frozenset(
    ["无", "否", "一般人群", "普通人群", "非重点人群", "老年人"]
    + [f"65岁{bound}{who}" for bound in ("以上", "及以上") for who in ("", "老年人")]
)
TYPE_TWO = re.compile(r"(2|二|II)\s*型")
RESTRICTED = "限制类"
LONGEST_SHOWN = 20


def read_groups(text: str) -> tuple[str, ...]:
    """The groups a cell names; ValueError for a word that is none."""
    return tuple(sorted({str(WORDS[word].value) for word in _words(text) if _known(word)}))


def masked_groups(text: str) -> str:
    """What a page shows of the cell (rules.md 26): a restricted group only as being one."""
    shown = (RESTRICTED if is_restricted(WORDS.get(word)) else word for word in _words(text))
    return "、".join(dict.fromkeys(one[:LONGEST_SHOWN] for one in shown))


def open_groups_in_words(groups: Iterable[str]) -> str:
    """The groups that are not restricted, as a clerk would have typed them."""
    held = set(groups)
    return "、".join(
        str(label)
        for value, label in KeyGroup.choices
        if value in held and not is_restricted(value)
    )


def is_restricted(group: str | None) -> bool:
    return group in RESTRICTED_GROUPS


def _words(text: str) -> Iterator[str]:
    plain = TYPE_TWO.sub("2型", unicodedata.normalize("NFKC", text).upper())
    return (word for word in SEPARATORS.split(plain) if word)


def _known(word: str) -> bool:
    if word in NO_GROUP:
        return False
    if word not in WORDS:
        known = "、".join(str(label) for label in KeyGroup.labels)
        raise ValueError(f"“{word[:LONGEST_SHOWN]}”不认识，请填：{known}；没有的留空。")
    return True
