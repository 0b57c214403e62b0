"""The paragraphs a bulletin begins with, written from its content; the clerk edits them after."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from targets.bulletins.content import Content, day_text
from targets.papers.word import heading_number

# 正文里只点最近的几家，其余在附件。
NEAREST_NAMED = 3
NUMBER = re.compile(r"\d+(?:\.\d+)?%?")


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


def numbers_elsewhere(text: str, content: Content) -> list[str]:
    """Numbers the clerk's words use and the content does not know: to be looked at once more."""
    known = set(NUMBER.findall(" ".join(_strings(content))))
    known |= set(NUMBER.findall(" ".join(vars_of(texts_for(content)))))
    known |= {number.rstrip("%") for number in known}
    return [one for one in dict.fromkeys(NUMBER.findall(text)) if one not in known]


def vars_of(texts: Texts) -> tuple[str, ...]:
    return texts.opening, texts.standing, texts.lacking, texts.demands


def _opening(content: Content) -> str:
    policies = "、".join(content["policies"])
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
    summed = "、".join(f"{word.replace('，', '')}{number}项" for word, number in counted.items())
    if not lines:
        return "列入通报的目标没有可用的数字。"
    opening = f"截至{content['day']}，列入通报的目标共{len(lines)}项：{summed}。"
    return "\n".join([opening, *(_line_text(line) for line in lines)])


def _line_text(line: Content) -> str:
    counted = "，".join(one for one in (_tight(line["fraction"]), _tight(line["asides"])) if one)
    counted = f"（{counted}）" if counted else ""
    note = f"（{line['note']}）" if line["note"] else ""
    told = (
        f"{line['title']}为{_tight(line['value'])}{counted}，"
        f"目标{_tight(line['threshold'])}，{line['word']}{note}"
    )
    change = f"；{line['change']}" if line["change"] else ""
    due = f"；{line['due_result']}" if line["due_result"] else ""
    return f"{told}{change}{due}。"


def _lacking(content: Content) -> str:
    if not content["gaps"]:
        return "列入通报的目标没有可以计算的差距。"
    told: list[str] = []
    for count, gap in enumerate(content["gaps"], start=1):
        told.append(f"{heading_number(2, count)}{gap['title']}")
        told.append(
            f"{content['region']}现为{_tight(gap['value'])}，目标{_tight(gap['threshold'])}，"
            f"{_tight(gap['gap'])}。{_districts_text(gap['districts'])}{_nearest_text(gap)}"
        )
    return "\n".join(told)


def _districts_text(districts: Iterable[str]) -> str:
    told = "、".join(_tight(one) for one in districts)
    return f"其中{told}。" if told else ""


def _nearest_text(gap: Content) -> str:
    """Institutions by name with what each lacks; people are never listed."""
    named = [f"{one['name']}（{one['region']}，{one['lacks']}）" for one in gap["candidates"][:5]]
    if not named:
        return ""
    more = "等" if gap["more"] or len(gap["candidates"]) > len(named) else ""
    return f"最接近达到要求的有{'、'.join(named)}{more}。"


def _demands(content: Content) -> str:
    if not content["gaps"]:
        return "请各区、各有关部门巩固工作成效，按时如实更新登记，防止到期未续造成回落。"
    return (
        "请各区、各有关部门对照差距逐家落实措施、责任人和时限，优先推动附件所列最接近达到要求的机构。"
        "\n请按时如实更新登记；协议、证照、备案将要到期的，提前办理续签、续期，防止回落。"
    )


def _tight(text: str) -> str:
    """Numbers and units side by side, as papers print them."""
    return text.replace(" ", "").replace(",", "").replace("≥", "不低于").replace("=", "为")


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif value is not None:
        yield str(value)
