"""A report as a Word paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from targets.charts.content import chart_of
from targets.charts.word import write_chart
from targets.models import Paper
from targets.nightly.turned import turned_of
from targets.papers.word import WordPaper

WITHHELD = "另有{count}项按人计的目标人数很少，不列。"
LINE_HEADINGS = ("指标", "目标", "数值", "分子/分母", "判定")


def as_word(paper: Paper) -> bytes:
    """The report in the layout of an official document, charts with their tables."""
    content, word = paper.content, WordPaper(paper.title)
    word.paragraph(content["text"])
    _turned(word, content)
    _lines(word, content)
    _gaps(word, content["gaps"])
    _lapses(word, content["lapses"])
    _districts(word, content["districts"])
    _charts(word, content["charts"])
    _findings(word, content["findings"])
    word.heading("统计口径说明")
    for number, note in enumerate(content["footnotes"], start=1):
        word.note(f"{number}. {note}")
    word.note(f"内容指纹：{paper.fingerprint}")
    return word.to_bytes()


def _lines(word: WordPaper, content: dict[str, Any]) -> None:
    word.heading("现行目标")
    for sentence in content["sentences"]:
        word.paragraph(f"{sentence}。")
    first = content["spans"][0]
    headings = (*LINE_HEADINGS, f"比{first['title']}")
    rows = [
        (
            line["named"],
            line["threshold"],
            line["value"],
            line["fraction"],
            "，".join(filter(None, (line["word"], line["gap"], line["note"]))),
            line["changes"][0]["text"],
        )
        for line in content["lines"]
    ]
    if rows:
        word.table([headings, *rows], widths=(4.6, 1.8, 2.2, 3.8, 3, 3.1))
    else:
        word.paragraph("这一天没有现行的目标可判。")
    if content["withheld"]:
        word.note(WITHHELD.format(count=content["withheld"]))


def _turned(word: WordPaper, content: dict[str, Any]) -> None:
    turned = turned_of(content)
    if not turned:
        return
    word.heading(f"与{content['spans'][0]['title']}相比，达标与否有变的")
    for turn, one in turned:
        word.paragraph(
            f"{turn}：{one['region']}{one['named']}，由{one['before']}变为{one['after']}。"
        )


def _gaps(word: WordPaper, gaps: Sequence[dict[str, Any]]) -> None:
    if not gaps:
        return
    word.heading("还差几家")
    for gap in gaps:
        word.heading(f"{gap['named']}，{gap['gap']}", level=2)
        if gap["ways"]:
            word.paragraph(f"{gap['ways']}。")
        for one in gap["candidates"]:
            word.paragraph(f"{one['name']}（{one['region']}）：{'；'.join(one['lacks'])}。")
        if not gap["candidates"] and not gap["ways"]:
            word.paragraph(gap["note"] or "登记里没有能补上的，须新增。")


def _lapses(word: WordPaper, lapses: Sequence[dict[str, Any]]) -> None:
    if not lapses:
        return
    word.heading("三十日内到期")
    for lapse in lapses:
        word.paragraph(lapse_text(lapse))


def lapse_text(lapse: dict[str, Any]) -> str:
    """One target's lapses in a sentence, names at the end."""
    said = [f"{lapse['institutions']}条登记"] if lapse["institutions"] else []
    said += [f"{lapse['persons']}的签约等".replace(" ", "")] if lapse["persons"] else []
    below = f"，不续则自{lapse['below_on']}起低于目标" if lapse["below_on"] else ""
    names = "、".join(f"{one['name']}（{one['last_day']}止）" for one in lapse["names"])
    names += "等" if lapse["institutions"] > len(lapse["names"]) else ""
    return f"{lapse['title']}：{'、'.join(said)}到期{below}{f'：{names}' if names else ''}。"


def _districts(word: WordPaper, districts: dict[str, Any]) -> None:
    if not districts["rows"]:
        return
    word.heading("分区情况")
    headings = ("指标", "目标", *(one["name"] for one in districts["regions"]))
    rows = [
        (row["named"], row["threshold"], *(_cell(cell) for cell in row["cells"]))
        for row in districts["rows"]
    ]
    word.table([headings, *rows], widths=(5, 2, *([3] * len(districts["regions"]))))


def _cell(cell: dict[str, Any]) -> str:
    return "，".join(filter(None, (cell["value"], cell["word"], cell["gap"], cell["note"])))


def _charts(word: WordPaper, charts: Sequence[dict[str, Any]]) -> None:
    if charts:
        word.heading("图")
    for kept in charts:
        write_chart(word, chart_of(kept))


def _findings(word: WordPaper, findings: dict[str, Any]) -> None:
    word.heading("数据问题")
    totals = "，".join(f"{one['title']}{one['count']}条" for one in findings["totals"])
    word.paragraph(f"{totals}。")
    for check in findings["checks"]:
        word.paragraph(
            f"{check['title']}（{check['severity']}）{check['count']}条。{check['remedy']}"
        )
