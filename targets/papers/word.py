"""Plain Word papers in the layout of a Chinese official document, for every kind of paper."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from targets.papers import word_styles as looks
from targets.papers.word_page import TEXT_WIDTH_MM, element, lay_out, stamp
from yiyang.lib.demo import demo_mark
from yiyang.lib.xml_text import xml_text

# 2 号字一行至多这么多个。
TITLE_LINE = 20
DIGITS = "〇一二三四五六七八九"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NUMBERS = ("{}、", "（{}）", "{}. ", "（{}）")
STYLES_TWICE = "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects"
ALIGNS = {"left": looks.LEFT, "center": looks.CENTER, "right": looks.RIGHT}


class WordPaper:
    """A paper being written from top to bottom; every text is plain and printed as it is.

    Headings number themselves: 一、（一）1.（1）. Nothing red and no seal: those are the OA's.
    """

    def __init__(self, title: str = "") -> None:
        self.document = empty_document()
        self.document.core_properties.title = xml_text(title)
        self._counts = [0, 0, 0, 0]
        if title:
            self.title(title)

    def title(self, text: str) -> None:
        """标题: 2 号小标宋, centred; what stands in parentheses at the end is not torn apart."""
        self._paragraph(_in_lines(text), looks.TITLE)

    def marking(self, text: str) -> None:
        """A line above the title, such as 送审稿."""
        self._paragraph(text, looks.MARKING)

    def addressee(self, text: str) -> None:
        """主送机关, flush left, with its colon."""
        self._paragraph(f"{text.rstrip('：:')}：", looks.ADDRESSEE)

    def heading(self, text: str, level: int = 1) -> None:
        """A heading of level 1–4 with the next number of its level."""
        index = level - 1
        self._counts[index] += 1
        self._counts[level:] = [0] * (len(NUMBERS) - level)
        self._paragraph(heading_number(level, self._counts[index]) + text, looks.HEADINGS[index])

    def paragraph(self, text: str) -> None:
        """A paragraph of the body: 3 号仿宋, two characters in."""
        self._paragraph(text, looks.BODY)

    def note(self, text: str) -> None:
        """A small line below a table or at the end: 注、来源、口径."""
        self._paragraph(text, looks.NOTE)

    def table(
        self,
        rows: Sequence[Sequence[str]],
        *,
        caption: str = "",
        header_rows: int = 1,
        widths: Sequence[float] = (),
        aligns: Sequence[str] = (),
    ) -> None:
        """A ruled table; its first rows are repeated on every page. Widths are proportions."""
        if not rows:
            return
        if caption:
            self._paragraph(caption, looks.CAPTION)
        columns = len(rows[0])
        table = self.document.add_table(len(rows), columns)
        table.style = "公文表格"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _set_widths(table, widths or [1] * columns)
        for place, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
            is_header = place < header_rows
            properties = row._tr.get_or_add_trPr()
            properties.append(element("w:cantSplit"))
            if is_header:
                properties.append(element("w:tblHeader"))
            for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                align = aligns[column] if aligns and not is_header else ""
                _fill(cell, text, looks.CELL_HEAD if is_header else looks.CELL, align)

    def picture(self, png: bytes, *, alt: str, width_mm: float = TEXT_WIDTH_MM) -> None:
        """A picture as wide as the text at most; `alt` says it in words."""
        paragraph = self._paragraph("", looks.PICTURE)
        width = Mm(min(width_mm, TEXT_WIDTH_MM))
        shape = paragraph.add_run().add_picture(BytesIO(png), width=width)
        shape._inline.docPr.set("descr", xml_text(alt))

    def annex_list(self, names: Sequence[str]) -> None:
        """附件说明 below the body: 附件：1. …; a single annex has no number."""
        for line, look in zip(annex_lines(names), (looks.ANNEX_LIST, *_repeated()), strict=False):
            self._paragraph(line, look)

    def annex(self, name: str, number: int | None = None) -> None:
        """Begin an annex on a new page: 附件 with its number, then its title."""
        mark = self._paragraph(f"附件{number or ''}", looks.ANNEX_NUMBER)
        mark.paragraph_format.page_break_before = True
        self._paragraph(name, looks.ANNEX_TITLE)
        self._counts = [0, 0, 0, 0]

    def signature(self, issuer: str) -> None:
        """署名 with the date left open: it is dated where it is signed, in the OA."""
        self._paragraph(issuer, looks.SIGNATURE)
        self._paragraph("年　　月　　日", looks.DATE)

    def blank(self) -> None:
        """An empty line of the body."""
        self._paragraph("", looks.BODY)

    def to_bytes(self) -> bytes:
        """The finished docx, with the demo's mark on every page."""
        return bytes_of(self.document)

    def _paragraph(self, text: str, look: looks.Look) -> Paragraph:
        return self.document.add_paragraph(xml_text(text), style=look.name)


def _in_lines(title: str) -> str:
    """The title with a break before its closing parentheses, where one line cannot hold it."""
    name, opening, rest = title.partition("（")
    if len(title) <= TITLE_LINE or not title.endswith("）"):
        return title
    return f"{name}\n{opening}{rest}"


def empty_document() -> WordDocument:
    """A document without text in the official layout and styles."""
    document = Document()
    looks.dress(document)
    lay_out(document)
    _add_table_style(document)
    _strip(document)
    return document


def bytes_of(document: WordDocument) -> bytes:
    """The document as a file, stamped where this portal shows made-up data."""
    stamp(document, demo_mark())
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def heading_number(level: int, count: int) -> str:
    """一、 （一） 1. （1） by level."""
    return NUMBERS[level - 1].format(count if level > 2 else chinese_number(count))  # noqa: PLR2004


def chinese_number(number: int) -> str:
    """1 to 99 as 一 to 九十九."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return f"{DIGITS[tens] if tens > 1 else ''}十{DIGITS[ones] if ones else ''}"


def annex_lines(names: Sequence[str]) -> list[str]:
    """The lines of 附件说明, without punctuation after the names."""
    bare = [name.rstrip("。；;.") for name in names]
    if len(bare) == 1:
        return [f"附件：{bare[0]}"]
    return [f"{'附件：' if n == 1 else ''}{n}. {name}" for n, name in enumerate(bare, start=1)]


def _repeated() -> list[looks.Look]:
    return [looks.ANNEX_NEXT] * 99


def _fill(cell: _Cell, text: str, look: looks.Look, align: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.text = xml_text(text)
    paragraph.style = look.name
    if align:
        paragraph.alignment = ALIGNS[align]


def _set_widths(table: Table, widths: Sequence[float]) -> None:
    table.autofit = False
    whole = sum(widths)
    for column, width in zip(table.columns, widths, strict=True):
        millimetres = Mm(TEXT_WIDTH_MM * width / whole)
        column.width = millimetres
        for cell in column.cells:
            cell.width = millimetres


def _add_table_style(document: WordDocument) -> None:
    """A plain ruled table, so that an office can restyle every table at one place."""
    style = document.styles.add_style("公文表格", WD_STYLE_TYPE.TABLE)
    properties = element("w:tblPr")
    borders = element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(element(f"w:{side}", val="single", sz="4", space="0", color="000000"))
    properties.append(borders)
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w="85", type="dxa"))
    properties.append(margins)
    style.element.append(properties)
    centred = element("w:tcPr")
    centred.append(element("w:vAlign", val="center"))
    style.element.append(centred)


def _strip(document: WordDocument) -> None:
    """Drop what the builder's own blank file carries: a foreign picture, styles and names."""
    package = document.part.package
    for holder, kind in ((package, RELATIONSHIP_TYPE.THUMBNAIL), (document.part, STYLES_TWICE)):
        for key in [key for key, rel in holder.rels.items() if rel.reltype == kind]:
            del holder.rels[key]
    names = document.core_properties
    names.author, names.comments, names.title = "", "", ""
    language = document.styles.element.find(f".//{qn('w:lang')}")
    if language is not None:
        language.set(qn("w:eastAsia"), "zh-CN")
