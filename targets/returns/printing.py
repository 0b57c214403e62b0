"""A published return as a page, a workbook and a Word paper, from its stored content alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from targets.models import Paper, PaperKind
from targets.papers.forms import PaperForm, register_forms
from targets.papers.word import CONTENT_TYPE, WordPaper
from yiyang.lib.books import XLSX_TYPE, Block, Line, Sheet, plain_mark, sheet_title, streamed

Content = Mapping[str, Any]
SONG = {"font_name": "宋体"}
BOXED = {**SONG, "border": 1, "valign": "vcenter"}
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "title": {"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"},
    "plain": {**SONG, "valign": "vcenter"},
    "note": {**SONG, "font_size": 9, "text_wrap": True, "valign": "top"},
    "head": {**BOXED, "bold": True, "align": "center", "text_wrap": True},
    "text": {**BOXED, "num_format": "@", "text_wrap": True},
    "part": {**BOXED, "num_format": "@", "text_wrap": True, "indent": 1},
    "word": {**BOXED, "align": "center"},
    "count": {**BOXED, "align": "right", "num_format": "#,##0"},
    "share": {**BOXED, "align": "right", "num_format": "0.00"},
}
HEADINGS = ("代码", "指标", "计量单位", "时期")
WIDTHS = (8, 38, 10, 12)
COLUMN_WIDTH, NO_DATA = 14, "—"
SIGNATURES = ("单位负责人：", "填表人：", "联系电话：", "报出日期：")
GAP = "　" * 6
TITLE_HEIGHT, NOTE_HEIGHT = 30.0, 26.0


def form_lines(content: Content) -> list[str]:
    """表号、制定机关、批准文号、有效期、报告期, as the head of a statistical table has them."""
    form = content["form"]
    return [
        f"表号：{form['table_number'] or NO_DATA}　　制定机关：{form['issued_by'] or NO_DATA}",
        f"批准文号：{form['approval']}　　有效期：{form['valid']}",
        f"报告期：{content['first_day']} 至 {content['last_day']}　　第 {content['edition']} 版",
    ]


def note_lines(content: Content) -> list[str]:
    """What stands below the table: the note, who did not report, the runs, the corrections."""
    runs = "、".join(str(run) for run in content["runs"])
    told = [
        content["form"]["note"],
        *(f"{line}。" for line in content["missing"]),
        f"存量取自量度批次 {runs}。" if runs else "",
        *(correction_line(one) for one in content["corrections"]),
    ]
    return [line for line in told if line]


def correction_line(correction: Content) -> str:
    changes = "；".join(
        f"{line['code']} {line['label']}由 {line['old']} 更正为 {line['new']}"
        for line in correction["lines"]
    )
    head = f"更正（{correction['decided_on']}）：{correction['unit']}，"
    return f"{head}{changes}。原因：{correction['reason']}"


def as_workbook(paper: Paper) -> bytes:
    """The table on one sheet of A4, codes as text."""
    content: Content = paper.content
    mark, head = plain_mark(content["mark"]), len(form_lines(content)) + 1
    sheet = Sheet(
        title=sheet_title(content["period"]),
        widths=[*WIDTHS, *([COLUMN_WIDTH] * len(content["columns"]))],
        lines=_lines(content, paper.fingerprint),
        frozen=(head + 1, 2),
        repeated=(head, head),
        header=f"&C{mark}" if mark else "",
        footer=f"&L{mark}&R第 &P 页，共 &N 页",
    )
    return b"".join(streamed([sheet], LOOKS))


def _lines(content: Content, fingerprint: str) -> Iterator[Line]:
    columns: Sequence[str] = content["columns"]
    last = len(HEADINGS) + len(columns) - 1
    mark = f"（{content['mark']}）" if content["mark"] else ""
    yield _across(f"{content['title']}{mark}", "title", last, TITLE_HEIGHT)
    for text in form_lines(content):
        yield _across(text, "plain", last)
    yield Line((*HEADINGS, *columns), ("head",) * (last + 1))
    for row in content["rows"]:
        yield _row(row)
    yield _across(GAP.join(SIGNATURES), "plain", last, TITLE_HEIGHT)
    for text in (*note_lines(content), f"本表内容指纹（SHA-256）：{fingerprint}。"):
        yield _across(text, "note", last, NOTE_HEIGHT)


def _row(row: Content) -> Line:
    number_look = "share" if row["is_percent"] else "count"
    numbers = [_number(one, is_percent=row["is_percent"]) for one in row["numbers"]]
    looks = tuple("word" if isinstance(one, str) else number_look for one in numbers)
    name = "part" if row["is_part"] else "text"
    cells = (row["code"], row["label"], row["unit"], row["kind"], *numbers)
    return Line(cells, ("text", name, "word", "word", *looks))


def _number(text: str | None, *, is_percent: bool) -> int | float | str:
    # 单元格里的数供人再算；比率已是两位小数的文字，这里只是换成 Excel 认的数。
    if text is None:
        return NO_DATA
    return float(text) if is_percent else int(text.replace(",", ""))


def _across(text: str, look: str, last: int, height: float | None = None) -> Line:
    cells = (text, *([None] * last))
    return Line(cells, (look,) * (last + 1), height, (Block(0, last),))


def as_word(paper: Paper) -> bytes:
    """The table as a paper in the layout of an official document."""
    content: Content = paper.content
    word = WordPaper(paper.title)
    for text in form_lines(content):
        word.note(text)
    heads = ("代码", "指标", "单位", *content["columns"])
    rows = [
        (row["code"], row["label"], row["unit"], *(one or NO_DATA for one in row["numbers"]))
        for row in content["rows"]
    ]
    columns = len(content["columns"])
    word.table(
        [heads, *rows],
        widths=(1, 4, 1.2, *([1.4] * columns)),
        aligns=("center", "left", "center", *(["right"] * columns)),
    )
    for text in (*note_lines(content), "　　".join(SIGNATURES)):
        word.note(text)
    return word.to_bytes()


FORMS = (
    PaperForm("xlsx", "Excel", XLSX_TYPE, as_workbook),
    PaperForm("docx", "Word", CONTENT_TYPE, as_word),
)


def register_returns() -> None:
    """Let the archive print published returns."""
    register_forms(PaperKind.RETURN, template="targets/papers/return.html", forms=FORMS)
