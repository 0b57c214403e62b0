"""The report in a few sentences, to be copied into a message: at most two hundred characters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

LIMIT = 200
NAMES_SAID = 2
TITLES_SAID = 3
COUNTED = {"met": "达标", "behind": "未达标或落后", "other": "未到期或不判定"}


def text_of(content: dict[str, Any]) -> str:
    """The most important first; a sentence that would pass the limit is left out whole."""
    mark = f"（{content['mark']}）" if content["mark"] else ""
    room, text = LIMIT - len(mark), ""
    for sentence in (*_urgent(content, room), *(f"{clause}。" for clause in content["sentences"])):
        if len(text) + len(sentence) <= room:
            text += sentence
    return text + mark


def _urgent(content: dict[str, Any], room: int) -> list[str]:
    """What a leader asks first: where we stand, what turned, what is lacking, lapses, is wrong."""
    opening, closing = _opening(content), [_lapses(content), _findings(content["findings"])]
    left = room - sum(map(len, (*opening, *closing)))
    return [*opening, *_gaps(content["gaps"], left), *closing]


def _opening(content: dict[str, Any]) -> list[str]:
    return [
        _standing(content),
        _listed("新增未达标或落后", _titles(content["newly_lost"])),
        _listed("新达标", _titles(content["newly_met"])),
        _listed("分区新增未达标或落后", _titles(content["districts_lost"], "region")),
        _listed("分区新达标", _titles(content["districts_met"], "region")),
    ]


def _standing(content: dict[str, Any]) -> str:
    day = date.fromisoformat(content["as_of"])
    counts = content["counts"]
    told = "、".join(f"{title}{counts[name]}项" for name, title in COUNTED.items() if counts[name])
    opening = f"截至{day.year}年{day.month}月{day.day}日，{content['region']['name']}"
    if not counts["all"]:
        return f"{opening}没有现行目标。"
    return f"{opening}现行目标{counts['all']}项，{told}。"


def _gaps(gaps: Sequence[dict[str, Any]], room: int) -> list[str]:
    """As many gaps as there is room for, then names to as many of these, the first first."""
    said = [_gap(gap, 0) for gap in gaps]
    while sum(map(len, said)) > room and said:
        said.pop()
    for place, gap in enumerate(gaps[: len(said)]):
        for names in range(1, NAMES_SAID + 1):
            fuller = _gap(gap, names)
            if sum(map(len, said)) - len(said[place]) + len(fuller) <= room:
                said[place] = fuller
    return said


def _titles(turned: Sequence[dict[str, Any]], *before: str) -> list[str]:
    return ["".join(one[name] for name in (*before, "title")) for one in turned]


def _listed(opening: str, titles: Sequence[str]) -> str:
    """The first of them by name, and how many there are when those are not all."""
    if not titles:
        return ""
    said, rest = "、".join(titles[:TITLES_SAID]), len(titles) > TITLES_SAID
    return f"{opening}{len(titles)}项：{said}等。" if rest else f"{opening}：{said}。"


def _gap(gap: dict[str, Any], names: int) -> str:
    lacking = f"{gap['title']}{gap['gap'].replace(' ', '')}"
    if gap["ways"]:
        return f"{lacking}：{gap['ways']}。" if names else f"{lacking}。"
    nearest = "、".join(one["name"] for one in gap["candidates"][:names])
    return f"{lacking}，最近的是{nearest}。" if nearest else f"{lacking}。"


def _lapses(content: dict[str, Any]) -> str:
    falling = [lapse["title"] for lapse in content["lapses"] if lapse["below_on"]]
    said = [f"30天内{content['lapsing']}家（份）到期"] if content["lapsing"] else []
    said += [f"不续则{'、'.join(falling)}跌破目标"] if falling else []
    return f"{'，'.join(said)}。" if said else ""


def _findings(findings: dict[str, Any]) -> str:
    serious = findings["totals"][0]["count"]
    return f"严重的数据问题{serious}条，请先办。" if serious else ""
