"""The page of a Chinese official paper (GB/T 9704—2012): size, margins, grid, headers, footers."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

# A4；天头 37 mm、订口 28 mm、版心 156×225 mm，余下的是切口与地脚。
PAGE = (Mm(210), Mm(297))
TOP, BOTTOM, LEFT, RIGHT = Mm(37), Mm(35), Mm(28), Mm(26)
TEXT_WIDTH_MM = 156
# 每面 22 行：行高 28.95 磅。每行 28 字靠三号字收紧字距（word_styles.TIGHTENING），
# 不用“字符网格”：16 磅的字略宽于一格，LibreOffice 会让每字占两格。
LINE = Pt(28.95)
# 页码的一字线上距版心下边缘 7 mm。
FOOTER_DISTANCE = Mm(25.5)
HEADER_DISTANCE = Mm(22)


def lay_out(document: Document) -> None:
    """Give every section the page, and the page numbers — single right, double left."""
    document.settings.odd_and_even_pages_header_footer = True
    for section in document.sections:
        _measure(section)
        _number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
        _number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def stamp(document: Document, mark: str) -> None:
    """Put `mark` into every header of every section, whoever made the document."""
    if not mark:
        return
    for section in document.sections:
        headers = [section.header]
        if document.settings.odd_and_even_pages_header_footer:
            headers.append(section.even_page_header)
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        for header in headers:
            if all(paragraph.text != mark for paragraph in header.paragraphs):
                _mark(header.paragraphs[0], mark)


def element(name: str, /, **attributes: object) -> Any:
    """A WordprocessingML element: element("w:tab", val="right")."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def _measure(section: Section) -> None:
    section.page_width, section.page_height = PAGE
    section.top_margin, section.bottom_margin = TOP, BOTTOM
    section.left_margin, section.right_margin = LEFT, RIGHT
    section.header_distance, section.footer_distance = HEADER_DISTANCE, FOOTER_DISTANCE
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    properties.append(
        element(
            "w:docGrid",
            type="lines",
            linePitch=round(LINE.pt * 20),
        )
    )


def _number(paragraph: Paragraph, alignment: WD_ALIGN_PARAGRAPH) -> None:
    paragraph.style = "页码"
    paragraph.alignment = alignment
    paragraph.add_run("— ")
    run = paragraph.add_run()
    run._r.append(element("w:fldChar", fldCharType="begin"))
    instruction = element("w:instrText")
    instruction.text = "PAGE"
    run._r.append(instruction)
    run._r.append(element("w:fldChar", fldCharType="end"))
    paragraph.add_run(" —")


def _mark(paragraph: Paragraph, mark: str) -> None:
    if paragraph.text:
        paragraph = paragraph.insert_paragraph_before()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(mark)
    run.font.size = Pt(10.5)
    run.font.name = "宋体"
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
