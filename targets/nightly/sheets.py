"""A report as a workbook: the targets, the districts, what is lacking, what lapses, findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from targets.models import Paper
from targets.nightly.turned import turned_of
from targets.presenters import threshold_in_words
from yiyang.lib.books import Cell, Line, Look, Sheet, plain_mark, streamed

LOOKS: dict[str, Look] = {
    "title": {"bold": True, "font_size": 14},
    "note": {"font_color": "#4B5967"},
    "head": {"bold": True, "bg_color": "#E8F0F6", "border": 1, "text_wrap": True},
    "text": {"border": 1, "num_format": "@", "text_wrap": True, "valign": "top"},
    "number": {"border": 1, "num_format": "#,##0", "valign": "top"},
}
HEADINGS_AT = 2
NARROW = 14.0
DISTRICT_HEADINGS = ("", "判定", "还差", "说明")
Content = dict[str, Any]
Row = Sequence[Cell]
LINE_HEADINGS = (
    *("指标", "口径", "政策", "条款", "目标", "分子", "分母", "数值", "判定", "还差", "说明"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One sheet: its headings and rows from the content, the widths of its first columns."""

    title: str
    headings: Callable[[Content], Sequence[str]]
    rows: Callable[[Content], Iterator[Row]]
    widths: tuple[float, ...]


def as_workbook(paper: Paper) -> bytes:
    """The report's tables, a sheet each; codes and texts as text, counts as numbers."""
    return b"".join(streamed([_sheet(paper, part) for part in PARTS], LOOKS))


def _sheet(paper: Paper, part: Part) -> Sheet:
    mark, headings = plain_mark(paper.content["mark"]), part.headings(paper.content)
    rest = [NARROW] * (len(headings) - len(part.widths))
    return Sheet(
        title=part.title,
        widths=[*part.widths, *rest],
        lines=_lines(paper, part.title, headings, part.rows(paper.content)),
        frozen=(HEADINGS_AT + 1, 1),
        repeated=(0, HEADINGS_AT),
        header=f"&C{mark}",
        footer=f"&L{mark}&R&P/&N",
    )


def _lines(
    paper: Paper, title: str, headings: Sequence[str], rows: Iterable[Row]
) -> Iterator[Line]:
    content = paper.content
    day = date.fromisoformat(content["as_of"])
    mark = f"（{content['mark']}）" if content["mark"] else ""
    name = f"{content['region']['name']}{title}（截至{day.year}年{day.month}月{day.day}日）{mark}"
    yield Line((name,), ("title",))
    yield Line((f"量度批次 {content['run']}，内容指纹 {paper.fingerprint}",), ("note",))
    yield Line(tuple(headings), ("head",) * len(headings))
    for row in rows:
        yield Line(row, tuple("number" if isinstance(cell, int) else "text" for cell in row))


def _line_headings(content: Content) -> tuple[str, ...]:
    return (*LINE_HEADINGS, *(_against(span) for span in content["spans"]))


def _against(span: dict[str, Any]) -> str:
    return f"比{span['title']}" + (f"（{span['day']}）" if span["day"] else "")


def _line_rows(content: Content) -> Iterator[Row]:
    for line in content["lines"]:
        yield (
            *(line[name] for name in ("named", "reading_title", "policy", "clause")),
            threshold_in_words(line["threshold"]),
            *(line[name] for name in ("numerator", "denominator", "value", "word", "gap", "note")),
            *(change["text"] for change in line["changes"]),
        )


def _district_headings(content: Content) -> tuple[str, ...]:
    names = [one["name"] for one in content["districts"]["regions"]]
    return ("指标", "目标", *(f"{name}{part}" for name in names for part in DISTRICT_HEADINGS))


def _district_rows(content: Content) -> Iterator[Row]:
    for row in content["districts"]["rows"]:
        cells = (cell[name] for cell in row["cells"] for name in ("value", "word", "gap", "note"))
        yield (row["named"], threshold_in_words(row["threshold"]), *cells)


def _turn_rows(content: Content) -> Iterator[Row]:
    for turn, one in turned_of(content):
        yield (one["region"], one["named"], turn, one["before"], one["after"])


def _gap_rows(content: Content) -> Iterator[Row]:
    for gap in content["gaps"]:
        if gap["ways"] or not gap["candidates"]:
            yield (gap["named"], gap["gap"], "", "", gap["ways"] or gap["note"])
        for one in gap["candidates"]:
            yield (gap["named"], gap["gap"], one["name"], one["region"], "；".join(one["lacks"]))


def _lapse_rows(content: Content) -> Iterator[Row]:
    for lapse in content["lapses"]:
        if lapse["persons"]:
            yield (lapse["title"], "", "", lapse["persons"], lapse["below_on"])
        for one in lapse["names"]:
            yield (lapse["title"], one["name"], one["last_day"], "", lapse["below_on"])


def _finding_rows(content: Content) -> Iterator[Row]:
    for check in content["findings"]["checks"]:
        yield (check["title"], check["severity"], check["count"], check["remedy"])


def _note_rows(content: Content) -> Iterator[Row]:
    yield from ((note,) for note in content["footnotes"])


def _fixed(*headings: str) -> Callable[[Content], Sequence[str]]:
    return lambda content: headings


PARTS = (
    Part("现行目标", _line_headings, _line_rows, (24, 14, 20, 10)),
    Part(
        "达标与否有变的",
        _fixed("区划", "指标", "变化", "原来", "现在"),
        _turn_rows,
        (14, 40, 16, 22, 22),
    ),
    Part("分区", _district_headings, _district_rows, (24, 12)),
    Part(
        "还差几家",
        _fixed("指标", "还差", "机构", "区划", "还缺什么"),
        _gap_rows,
        (24, 12, 28, 14, 50),
    ),
    Part(
        "30天内到期",
        _fixed("指标", "名称", "最后一天", "按人计的", "不续则低于目标的日子"),
        _lapse_rows,
        (24, 34, 14, 14, 18),
    ),
    Part("数据问题", _fixed("检查", "程度", "条数", "怎么办"), _finding_rows, (34, 10, 10, 60)),
    Part("口径说明", _fixed("说明"), _note_rows, (110,)),
)
