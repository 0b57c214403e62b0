"""A bulletin as it is printed: one tree of plain texts for Word, page, PDF and archive."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count

from targets.bulletins.content import Content
from targets.bulletins.texts import feedback_text
from targets.models import Bulletin
from targets.papers.word import annex_lines, heading_number

# 行首是“（一）”“1.”“（1）”的短行是小标题：没有句号。
LEVELS = (
    (2, re.compile(r"（[一二三四五六七八九十]+）")),
    (3, re.compile(r"\d+[.、]")),
    (4, re.compile(r"（\d+）")),
)
ANNEXES = {
    "indicators": "指标完成情况一览表",
    "candidates": "差距与最接近达到要求的机构清单",
    "charts": "各区指标情况图",
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
        "day": content["day"],
        "run": content["run"],
        "opening": parts_of(bulletin.opening),
        "sections": _sections(bulletin),
        **_annexes({kind: name for kind, name in ANNEXES.items() if rows[kind]}),
        **rows,
        "districts": _district_rows(content),
        "notes": [{"text": note} for note in content["notes"]],
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
        titled.append(("各区排名", _ranking_parts(bulletin.content["ranking"])))
    titled.append(("下一步要求", demands))
    return [
        {"heading": heading_number(1, number) + title, "parts": parts}
        for number, (title, parts) in enumerate(titled, start=1)
    ]


def _ranking_parts(ranking: Sequence[Content]) -> list[Content]:
    return [
        {
            "text": f"{one['title']}："
            + "、".join(
                f"第{row['place']}位{row['region']}（{row['value']}）" for row in one["rows"]
            )
            + "。",
            "level": 0,
        }
        for one in ranking
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


def _indicator_rows(content: Content) -> list[Content]:
    return [
        {
            "number": str(number),
            "title": line["title"],
            "policy": f"{line['policy']} {line['clause']}".strip(),
            "value": line["value"],
            "fraction": line["fraction"] or "—",
            "threshold": line["threshold"],
            "word": line["word"],
            "gap": line["gap"] or "—",
        }
        for number, line in enumerate(content["lines"], start=1)
    ]


def _district_rows(content: Content) -> list[Content]:
    return [
        {
            "number": str(number),
            **{key: row[key] for key in ("title", "region", "value", "threshold", "word")},
            "fraction": row["fraction"] or "—",
            "gap": row["gap"] or "—",
        }
        for number, row in enumerate(content["districts"], start=1)
    ]


def _candidate_rows(content: Content) -> list[Content]:
    numbers = count(1)
    return [
        {
            "number": str(next(numbers)),
            "title": gap["title"],
            "gap": gap["gap"],
            "name": one["name"],
            "region": one["region"],
            "lacks": one["lacks"],
        }
        for gap in content["gaps"]
        for one in gap["candidates"]
    ]
