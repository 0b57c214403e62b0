"""The template the portal brings along: an official document's layout with every placeholder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from docx.shared import Mm

from targets.bulletins.printing import ANNEXES
from targets.papers import word_styles as looks
from targets.papers.word import WordPaper

INDICATORS: Mapping[str, str] = {
    "序号": "number",
    "指标": "title",
    "依据": "policy",
    "数值": "value",
    "分子/分母": "fraction",
    "目标": "threshold",
    "结论": "word",
    "还差": "gap",
}
DISTRICTS: Mapping[str, str] = {
    "序号": "number",
    "指标": "title",
    "区划": "region",
    "数值": "value",
    "分子/分母": "fraction",
    "目标": "threshold",
    "结论": "word",
    "还差": "gap",
}
CANDIDATES: Mapping[str, str] = {
    "序号": "number",
    "指标": "title",
    "还差": "gap",
    "机构": "name",
    "区划": "region",
    "差什么": "lacks",
}
# 毫米，合为版心宽：十来位的“分子/分母”、六位的“还差”都在一行里。
WIDE = (11, 28, 26, 17, 27, 13, 15, 19)
BELOW = (11, 36, 18, 17, 27, 13, 15, 19)
NAMED = (11, 36, 19, 39, 17, 34)
MIDDLE = ("center", "left", *["center"] * 6)
TO_THE_LEFT = ("center", "left", "center", "left", "center", "left")


def house_template() -> bytes:
    """The template as a docx; offices download it, restyle it in Word and send it back."""
    paper = WordPaper()
    paper.marking("送审稿")
    _open_fields(paper)
    paper.title("{{ title }}")
    paper.addressee("{{ addressee }}")
    _repeat(paper, "part in opening", lambda: paper.paragraph("{{ part.text }}"))
    _repeat(paper, "section in sections", lambda: _section(paper))
    _repeat(paper, "annex in annexes", lambda: _annex_line(paper))
    paper.signature("{{ issuer }}")
    _tag(paper, "if copied_to")
    paper.note("抄送：{{ copied_to }}")
    _tag(paper, "endif")
    _annexes(paper)
    return paper.to_bytes()


def _open_fields(paper: WordPaper) -> None:
    """发文字号 and 签发人, left open for the OA: there is no placeholder that fills them."""
    line = paper.document.add_paragraph("发文字号：\t签发人：", style=looks.ADDRESSEE.name)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(100))
    paper.blank()


def _section(paper: WordPaper) -> None:
    _look(paper, "{{ section.heading }}", looks.HEADINGS[0])
    _repeat(paper, "part in section.parts", lambda: _part(paper))


def _part(paper: WordPaper) -> None:
    for level in (2, 3, 4):
        _tag(paper, f"{'if' if level == 2 else 'elif'} part.level == {level}")  # noqa: PLR2004
        _look(paper, "{{ part.text }}", looks.HEADINGS[level - 1])
    _tag(paper, "else")
    _look(paper, "{{ part.text }}", looks.BODY)
    _tag(paper, "endif")


def _annex_line(paper: WordPaper) -> None:
    _tag(paper, "if annex.is_first")
    _look(paper, "{{ annex.line }}", looks.ANNEX_LIST)
    _tag(paper, "else")
    _look(paper, "{{ annex.line }}", looks.ANNEX_NEXT)
    _tag(paper, "endif")


def _annexes(paper: WordPaper) -> None:
    _annex(paper, "indicators")
    _look(paper, "表1　{{ region }}指标完成情况（截至{{ day }}）", looks.CAPTION)
    _table(paper, "indicators", INDICATORS, WIDE)
    _tag(paper, "if districts")
    _look(paper, "表2　{{ below }}指标完成情况（截至{{ day }}）", looks.CAPTION)
    _table(paper, "districts", DISTRICTS, BELOW)
    _tag(paper, "endif")
    _look(paper, "注：", looks.NOTE)
    _repeat(paper, "note in notes", lambda: paper.note("{{ note.text }}"))
    _tag(paper, "endif")
    _annex(paper, "candidates")
    _table(paper, "candidates", CANDIDATES, NAMED, TO_THE_LEFT)
    _tag(paper, "endif")
    _annex(paper, "charts")
    _repeat(paper, "chart in charts", lambda: _look(paper, "{{ chart.picture }}", looks.PICTURE))
    _look(paper, "图中数字见{{ indicators_mark }}。", looks.NOTE)
    _tag(paper, "endif")


def _annex(paper: WordPaper, kind: str) -> None:
    """Begin an annex that is printed where it has rows; the caller ends the condition."""
    _tag(paper, f"if {kind}_mark")
    mark = paper.document.add_paragraph(f"{{{{ {kind}_mark }}}}", style=looks.ANNEX_NUMBER.name)
    mark.paragraph_format.page_break_before = True
    _look(paper, ANNEXES[kind].format(below="{{ below }}"), looks.ANNEX_TITLE)


def _table(
    paper: WordPaper,
    rows: str,
    columns: Mapping[str, str],
    widths: Sequence[float],
    aligns: Sequence[str] = MIDDLE,
) -> None:
    """A table whose one row is repeated for each of `rows`; the rows that say so print nothing."""
    singular = f"{rows}_row"
    tags = [f"{{%tr for {singular} in {rows} %}}", "{%tr endfor %}"]
    empty = [""] * (len(columns) - 1)
    cells = [f"{{{{ {singular}.{key} }}}}" for key in columns.values()]
    paper.table(
        [list(columns), [tags[0], *empty], cells, [tags[1], *empty]],
        widths=widths,
        aligns=aligns,
    )


def _look(paper: WordPaper, text: str, look: looks.Look) -> None:
    paper.document.add_paragraph(text, style=look.name)


def _tag(paper: WordPaper, said: str) -> None:
    """A tag alone in its paragraph: the paragraph itself is not printed."""
    paper.document.add_paragraph(f"{{%p {said} %}}", style=looks.BODY.name)


def _repeat(paper: WordPaper, said: str, body: Callable[[], None]) -> None:
    _tag(paper, f"for {said}")
    body()
    _tag(paper, "endfor")
