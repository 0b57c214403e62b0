"""The paragraphs a bulletin begins with, written from its content; the clerk edits them after."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from targets.bulletins.content import Content, day_text
from targets.papers.sentences import plain
from targets.papers.word import heading_number
from targets.presenters import PACES, VERDICTS
from yiyang.lib.percentages import trimmed

WORDS = [tone.word for tone in (*VERDICTS.values(), *PACES.values())]
# 正文里只点最近的几家，其余在附件。
NEAREST_NAMED = 3
NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
PERCENTAGE = re.compile(r"(\d+\.\d+)%")


@dataclass(frozen=True, slots=True)
class Texts:
    """The four parts a clerk edits; a line each paragraph, a line “（一）…” a heading."""

    opening: str
    standing: str
    lacking: str
    demands: str


def texts_for(content: Content) -> Texts:
    """The first draft of the words."""
    return Texts(
        opening=_opening(content),
        standing=_standing(content),
        lacking=_lacking(content),
        demands=_demands(content),
    )


def feedback_text(issuer: str, feedback_by: date | None) -> str:
    """限期反馈整改: the line at the end of the demands."""
    if feedback_by is None:
        return ""
    return f"请于{day_text(feedback_by)}前将整改情况书面报{issuer}。"


def ranking_text(ranking: Content) -> str:
    """One figure's places: "绿色通道占比：并列第1位东区、西区，均为75%；第3位南区，50%。"."""
    places: dict[int, list[Content]] = {}
    for row in ranking["rows"]:
        places.setdefault(row["place"], []).append(row)
    told = [_place_text(place, rows) for place, rows in places.items()]
    if ranking["left_out"]:
        told.append(f"{'、'.join(ranking['left_out'])}数据不足以判定，不列名次")
    return f"{ranking['title']}：{'；'.join(told)}。"


def _place_text(place: int, rows: Sequence[Content]) -> str:
    names, value = "、".join(row["region"] for row in rows), _tight(rows[0]["value"])
    shared = ("并列", "均为") if len(rows) > 1 else ("", "")
    return f"{shared[0]}第{place}位{names}，{shared[1]}{value}"


def numbers_elsewhere(text: str, content: Content) -> list[str]:
    """Numbers the clerk's words use and the content does not know: to be looked at once more."""
    known = set(NUMBER.findall(" ".join(_strings(content))))
    known |= set(NUMBER.findall(" ".join(vars_of(texts_for(content)))))
    known |= {number.rstrip("%") for number in known}
    return [one for one in dict.fromkeys(NUMBER.findall(text)) if one not in known]


def vars_of(texts: Texts) -> tuple[str, ...]:
    return texts.opening, texts.standing, texts.lacking, texts.demands


def _opening(content: Content) -> str:
    policies = titles_text(content["policies"])
    told = (
        f"为推动医养结合各项目标任务落实，根据{policies}，"
        f"现将{content['region']}有关指标截至{content['day']}的情况通报如下。"
    )
    if any(line["is_historical"] for line in content["lines"]):
        told += "\n其中政策已经失效的目标只反映历史情况，不作为当前工作的评价依据。"
    return told


def _standing(content: Content) -> str:
    lines = content["lines"]
    counted = Counter(line["word"] for line in lines)
    summed = "、".join(
        f"{word.replace('，', '')}{counted[word]}项" for word in sorted(counted, key=_rank_of_word)
    )
    if not lines:
        return "列入通报的目标没有可用的数字。"
    opening = f"截至{content['day']}，列入通报的目标共{len(lines)}项：{summed}。"
    return "\n".join([opening, *(_line_text(line) for line in lines)])


def _rank_of_word(word: str) -> int:
    """达标 before 未达标, whatever order the targets are in."""
    return WORDS.index(word) if word in WORDS else len(WORDS)


def _line_text(line: Content) -> str:
    counted = f"（{_tight(line['counted'])}）" if line["counted"] else ""
    note = f"（{line['note']}）" if line["note"] else ""
    told = (
        f"{line['title']}为{_tight(line['value'])}{counted}，"
        f"{_demanded(line)}，{line['word']}{note}"
    )
    change = f"；{line['change']}" if line["change"] else ""
    due = f"；{_tight(line['due_result'])}" if line["due_result"] else ""
    return f"{told}{change}{due}。"


def _demanded(line: Content) -> str:
    """The target, with its year while it is not due: "2035年目标不低于75%"."""
    return f"{line['until']}目标{_tight(line['threshold'])}"


def _lacking(content: Content) -> str:
    if not content["gaps"]:
        return "列入通报的目标没有可以计算的差距。"
    told: list[str] = []
    for count, gap in enumerate(content["gaps"], start=1):
        told.append(f"{heading_number(2, count)}{gap['title']}")
        told.append(
            f"{content['region']}现为{_tight(gap['value'])}，{_demanded(gap)}，{_tight(gap['gap'])}。"
            f"{_districts_text(content['below'], gap['districts'])}{_nearest_text(gap)}"
        )
    return "\n".join(told)


def _districts_text(below: str, districts: Iterable[str]) -> str:
    """Not 其中: each district is held against the target by itself, so they need not add up."""
    told = "、".join(_tight(one) for one in districts)
    return f"{below}中，{told}。" if told else ""


def _nearest_text(gap: Content) -> str:
    """Institutions by name with what each lacks; people are never listed."""
    nearest = gap["candidates"][:NEAREST_NAMED]
    named = [f"{one['region']}{one['name']}，{one['lacks'].replace('；', '，')}" for one in nearest]
    if not named:
        return ""
    more = "等" if gap["more"] or len(gap["candidates"]) > len(named) else ""
    return f"最接近达到要求的有：{'；'.join(named)}{more}。"


def _demands(content: Content) -> str:
    asked = f"请{content['below']}、各有关部门"
    if not content["gaps"]:
        return f"{asked}巩固工作成效，按时如实更新登记，防止到期未续造成回落。"
    is_named = any(gap["candidates"] for gap in content["gaps"])
    first = "，优先推动附件所列最接近达到要求的机构" if is_named else ""
    return (
        f"{asked}对照差距落实措施、责任人和时限{first}。"
        "\n请按时如实更新登记；协议、证照、备案将要到期的，提前办理续签、续期，防止回落。"
    )


def titles_text(titles: Iterable[str]) -> str:
    """Titles side by side: 顿号 only where a number in brackets stands between (GB/T 15834)."""
    return "、".join(titles).replace("》、《", "》《")


def _tight(text: str) -> str:
    """A figure of a table as the sentences write it: 不低于 for ≥, no zeros after the point."""
    told = plain(text).replace("≥", "不低于").replace("=", "为")
    return PERCENTAGE.sub(lambda found: f"{trimmed(Decimal(found[1]))}%", told)


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif value is not None:
        yield str(value)
