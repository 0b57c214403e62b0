"""A bulletin as it is printed: one tree of plain texts for Word, page, PDF and archive."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count

from targets.bulletins.content import Content
from targets.bulletins.texts import feedback_text, ranking_text, titles_text
from targets.models import Bulletin
from targets.papers.sentences import plain
from targets.papers.word import annex_lines, heading_number
from targets.presenters import NO_DATA

# 行首是“（一）”“1.”“（1）”的短行是小标题：没有句号。
LEVELS = (
    (2, re.compile(r"（[一二三四五六七八九十]+）")),
    (3, re.compile(r"\d+[.、]")),
    (4, re.compile(r"（\d+）")),
)
ANNEXES = {
    "indicators": "指标完成情况一览表",
    "candidates": "差距与最接近达到要求的机构清单",
    "charts": "{below}指标情况图",
}


def printed(bulletin: Bulletin) -> Content:
    """Everything the paper says, and the run and template it comes from."""
    content = bulletin.content
    rows = {
        "indicators": _indicator_rows(content),
        "candidates": _candidate_rows(content),
        "charts": content["charts"],
    }
    return {
        "title": bulletin.title,
        "addressee": bulletin.addressee,
        "copied_to": bulletin.copied_to,
        "issuer": bulletin.issuer,
        "region": content["region"],
        "below": content["below"],
        "day": content["day"],
        "run": content["run"],
        "opening": parts_of(bulletin.opening),
        "sections": _sections(bulletin),
        **_annexes(
            {
                kind: name.format(below=content["below"])
                for kind, name in ANNEXES.items()
                if rows[kind]
            }
        ),
        **rows,
        "districts": _district_rows(content),
        "notes": [{"text": note} for note in (*table_notes(content), *content["notes"])],
        "template": bulletin.template_id,
    }


def parts_of(text: str) -> list[Content]:
    """The paragraphs of an edited text with the level of those that are headings, else 0."""
    lines = (line.strip() for line in text.replace("\r", "").split("\n"))
    return [{"text": line, "level": _level(line)} for line in lines if line]


def _level(line: str) -> int:
    if line.endswith(("。", "；", "：", "，")):
        return 0
    return next((level for level, begins in LEVELS if begins.match(line)), 0)


def _sections(bulletin: Bulletin) -> list[Content]:
    demands = parts_of(bulletin.demands)
    if told := feedback_text(bulletin.issuer, bulletin.feedback_by):
        demands.append({"text": told, "level": 0})
    titled: list[tuple[str, list[Content]]] = [
        ("总体情况", parts_of(bulletin.standing)),
        ("存在差距", parts_of(bulletin.lacking)),
    ]
    if bulletin.with_ranking and bulletin.content["ranking"]:
        ranked = [{"text": ranking_text(one), "level": 0} for one in bulletin.content["ranking"]]
        titled.append((f"{bulletin.content['below']}排名", ranked))
    titled.append(("下一步要求", demands))
    return [
        {"heading": heading_number(1, number) + title, "parts": parts}
        for number, (title, parts) in enumerate(titled, start=1)
    ]


def _annexes(names: Mapping[str, str]) -> Content:
    """附件说明 line by line, and the mark over each annex; empty where there is none."""
    lines = annex_lines(list(names.values()))
    numbered = {kind: f"附件{number}" for number, kind in enumerate(names, start=1)}
    marks = numbered if len(names) > 1 else dict.fromkeys(names, "附件")
    return {
        "annexes": [{"line": line, "is_first": number == 0} for number, line in enumerate(lines)],
        **{f"{kind}_mark": marks.get(kind, "") for kind in ANNEXES},
    }


def table_notes(content: Content) -> Iterator[str]:
    """What a reader of the tables would ask: who is left out, why no verdict, why no sum."""
    lines, districts = content["lines"], content["districts"]
    if left_out := [f"{one['title']}{plain(one['asides'])}" for one in lines if one["asides"]]:
        yield (f"{'；'.join(left_out)}。缺报的应报未报；排除的当日停业、筹建等，分子分母都不计。")
    if unjudged := [one for one in districts if one["note"] and one["word"] != NO_DATA]:
        told = (f"{one['region']}{one['title']}（{one['note']}）" for one in unjudged)
        yield f"不判定的：{'、'.join(told)}。"
    if any(one["gap"] for one in districts):
        yield f"{content['below']}的“还差”按本地达到目标分别计算，相加与合计不一定相等。"
    if content["unconfirmed"]:
        yield f"{titles_text(content['unconfirmed'])}的文件名、文号与目标值待核实。"


def _indicator_rows(content: Content) -> list[Content]:
    return [
        {**_row(number, line), "policy": f"{line['policy']} {line['clause']}".strip()}
        for number, line in enumerate(content["lines"], start=1)
    ]


def _district_rows(content: Content) -> list[Content]:
    return [
        {**_row(number, row), "region": row["region"]}
        for number, row in enumerate(content["districts"], start=1)
    ]


def _row(number: int, line: Content) -> Content:
    return {
        "number": str(number),
        "title": line["title"],
        "value": plain(line["value"]),
        "fraction": plain(line["fraction"]) or "—",
        "threshold": plain(line["threshold"]).removeprefix("="),
        "word": line["word"],
        "gap": _lacking(line["gap"]) or "—",
    }


def _lacking(gap: str) -> str:
    """Only how many: the column is headed 还差."""
    return plain(gap).removeprefix("还差")


def _candidate_rows(content: Content) -> list[Content]:
    numbers = count(1)
    return [
        {
            "number": str(next(numbers)),
            "title": gap["title"],
            "gap": _lacking(gap["gap"]),
            "name": one["name"],
            "region": one["region"],
            "lacks": one["lacks"],
        }
        for gap in content["gaps"]
        for one in gap["candidates"]
    ]
