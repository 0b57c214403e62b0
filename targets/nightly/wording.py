"""The report in a few sentences, to be copied into a message: at most two hundred characters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings

LIMIT = 200
NAMES_SAID = 2
COUNTED = {"met": "达标", "behind": "未达标或落后", "other": "未到期或不判定"}


def text_of(content: dict[str, Any]) -> str:
    """The most important first; a sentence that would pass the limit is left out whole."""
    text = ""
    mark = f"（{settings.DEMO_MARK}）" if settings.DEMO else ""
    for sentence in _sentences(content):
        if sentence and len(text) + len(sentence) + len(mark) <= LIMIT:
            text += sentence
    return text + mark


def _sentences(content: dict[str, Any]) -> list[str]:
    """What a leader asks first: where we stand, what was lost, what is lacking, what lapses."""
    return [
        _standing(content),
        _listed("新增未达标：", [one["title"] for one in content["newly_lost"]]),
        _listed("新达标：", [one["title"] for one in content["newly_met"]]),
        *(_gap(gap) for gap in content["gaps"]),
        _lapses(content["lapses"]),
        *(f"{clause}。" for clause in content["sentences"]),
        _findings(content["findings"]),
    ]


def _standing(content: dict[str, Any]) -> str:
    day = date.fromisoformat(content["as_of"])
    counts = content["counts"]
    told = "、".join(f"{title}{counts[name]}项" for name, title in COUNTED.items() if counts[name])
    opening = f"截至{day.year}年{day.month}月{day.day}日，{content['region']['name']}"
    if not counts["all"]:
        return f"{opening}没有现行目标。"
    return f"{opening}现行目标{counts['all']}项，{told}。"


def _listed(opening: str, titles: Sequence[str]) -> str:
    return f"{opening}{'、'.join(titles)}。" if titles else ""


def _gap(gap: dict[str, Any]) -> str:
    names = [one["name"] for one in gap["candidates"][:NAMES_SAID]]
    nearest = f"，最近的是{'、'.join(names)}" if names else ""
    return f"{gap['title']}{gap['gap'].replace(' ', '')}{nearest}。"


def _lapses(lapses: Sequence[dict[str, Any]]) -> str:
    count = len({(one["name"], one["last_day"]) for lapse in lapses for one in lapse["names"]})
    falling = [lapse["title"] for lapse in lapses if lapse["below_on"]]
    said = [f"30天内{count}家（份）到期"] if count else []
    said += [f"不续则{'、'.join(falling)}跌破目标"] if falling else []
    return f"{'，'.join(said)}。" if said else ""


def _findings(findings: dict[str, Any]) -> str:
    serious = findings["totals"][0]["count"]
    return f"严重的数据问题{serious}条，请先办。" if serious else ""
