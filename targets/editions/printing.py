"""How an archived edition is printed: its page, and Word in the layout of an official document."""

from __future__ import annotations

from datetime import date
from typing import Any

from targets.charts.content import chart_of
from targets.charts.word import write_chart
from targets.models import Paper, PaperKind
from targets.papers.forms import PaperForm, register_forms
from targets.papers.word import CONTENT_TYPE, WordPaper

LINES = ("目标", "区划", "数值", "分子/分母", "判定与说明")
CORRECTIONS = ("区划", "指标与口径", "上一版", "本版")
EMPTY = "—"


def register_editions() -> None:
    """Join editions to the archive of papers."""
    word = PaperForm("docx", "Word", CONTENT_TYPE, edition_docx)
    register_forms(PaperKind.EDITION, template="targets/papers/edition.html", forms=(word,))


def edition_docx(paper: Paper) -> bytes:
    """The whole edition, every chart with its table."""
    content, word = paper.content, WordPaper(paper.title)
    word.paragraph(
        f"统计期{_day(paper.first_day)}至{_day(paper.last_day)}，量度批次{content['run']}，"
        f"口径版本{content['catalogue'][:12]}。"
    )
    if content["note"]:
        word.paragraph(content["note"])
    _write_corrections(word, content)
    word.heading("目标完成情况")
    for section in content["sections"]:
        word.table(
            [LINES, *(line for row in section["rows"] for line in _lines(row))],
            caption=f"{section['policy']}　{section['title']}",
            widths=(9, 4, 4, 7, 6),
            aligns=("left", "left", "right", "right", "left"),
        )
    if content["charts"]:
        word.heading("各区划情况图")
    for chart in content["charts"]:
        write_chart(word, chart_of(chart))
    for note in content["footnotes"]:
        word.note(note)
    word.note(f"定版指纹：{content['fingerprint']}")
    return word.to_bytes()


def _lines(row: dict[str, Any]) -> list[tuple[str, ...]]:
    """One line a region; the target is named on the first of them."""
    about = f"{row['target']}（{row['reading']}），目标值{row['threshold']}"
    return [
        (
            "" if place else about,
            cell["region"],
            cell["value"] or EMPTY,
            cell["fraction"] or EMPTY,
            _verdict(cell),
        )
        for place, cell in enumerate(row["cells"])
    ]


def _verdict(cell: dict[str, Any]) -> str:
    parts = (cell["word"], cell["gap"], *cell["asides"])
    return "，".join(part for part in parts if part) or EMPTY


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _write_corrections(word: WordPaper, content: dict[str, Any]) -> None:
    if not content["supersedes"]:
        return
    word.paragraph(f"本版取代第{content['supersedes']}版，有{content['correction_count']}处更正。")
    rows = [
        (one["region"], f"{one['indicator']}（{one['reading']}）", one["before"], one["after"])
        for one in content["corrections"]
    ]
    if rows:
        word.table([CORRECTIONS, *rows], caption="更正表", widths=(2, 5, 3, 3))
