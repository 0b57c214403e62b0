"""Papers in Word: the page, the styles and the order of an official Chinese document."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import override_settings
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from targets.papers.word import WordPaper, annex_lines, chinese_number
from targets.papers.word_page import stamp
from targets.papers.word_styles import LOOKS
from targets.tests.papers.pictures import PNG

MARK = "演示数据·非真实"


def read(paper: WordPaper) -> WordDocument:
    return Document(BytesIO(paper.to_bytes()))


def full_paper() -> WordPaper:
    paper = WordPaper("关于医养结合工作情况的通报")
    paper.addressee("各区卫生健康局")
    paper.paragraph("现将有关情况通报如下。")
    paper.heading("总体情况")
    paper.heading("机构", 2)
    paper.heading("医院", 3)
    paper.heading("老年医学科", 4)
    paper.heading("绿色通道", 4)
    paper.heading("存在差距", 1)
    paper.heading("还差的机构", 2)
    paper.table([["区", "数值"], ["甲区", "3 家"]], caption="表1　各区情况", widths=(2, 1))
    paper.note("注：数据截至2020年9月30日。")
    paper.annex_list(["一览表", "候选机构。"])
    paper.signature("某市卫生健康委员会")
    paper.annex("一览表", 1)
    return paper


FULL = [
    ("公文标题", "关于医养结合工作情况的通报"),
    ("主送机关", "各区卫生健康局："),
    ("公文正文", "现将有关情况通报如下。"),
    ("一级标题", "一、总体情况"),
    ("二级标题", "（一）机构"),
    ("三级标题", "1. 医院"),
    ("四级标题", "（1）老年医学科"),
    ("四级标题", "（2）绿色通道"),
    ("一级标题", "二、存在差距"),
    ("二级标题", "（一）还差的机构"),
    ("表题", "表1　各区情况"),
    ("注释", "注：数据截至2020年9月30日。"),
    ("附件说明", "附件：1. 一览表"),
    ("附件说明续", "2. 候选机构"),
    ("署名", "某市卫生健康委员会"),
    ("成文日期", "年　　月　　日"),
    ("附件序号", "附件1"),
    ("附件标题", "一览表"),
]


def test_the_paragraphs_stand_in_order_each_in_its_style() -> None:
    paragraphs = read(full_paper()).paragraphs
    assert [(p.style.name, p.text) for p in paragraphs if p.style] == FULL


def test_the_page_is_a4_with_the_prescribed_margins_and_22_lines() -> None:
    document = read(full_paper())
    (section,) = document.sections
    sides = (
        *(section.page_width, section.page_height),
        *(section.top_margin, section.left_margin, section.right_margin, section.bottom_margin),
    )
    assert [round(side.mm) for side in sides if side] == [210, 297, 37, 28, 26, 35]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    assert 22 * 28.95 <= 225 / 25.4 * 72


@pytest.mark.parametrize(
    ("style", "font", "size", "line"),
    [
        ("公文标题", "方正小标宋简体", 22, 34),
        ("公文正文", "仿宋_GB2312", 16, 28.95),
        ("一级标题", "黑体", 16, 28.95),
        ("二级标题", "楷体_GB2312", 16, 28.95),
        ("三级标题", "仿宋_GB2312", 16, 28.95),
        ("四级标题", "仿宋_GB2312", 16, 28.95),
        ("附件序号", "黑体", 16, 28.95),
        ("页码", "宋体", 14, None),
    ],
)
def test_each_style_names_its_font_and_size(
    style: str, font: str, size: float, line: float | None
) -> None:
    found = read(full_paper()).styles[style]
    fonts = found.element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == font
    assert found.font.size.pt == size
    spacing = found.paragraph_format.line_spacing
    assert (spacing.pt if spacing else None) == line


def test_28_characters_of_the_body_fit_in_a_line() -> None:
    style = read(full_paper()).styles["公文正文"]
    tightened = int(style.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert 28 * (16 + tightened) <= 156 / 25.4 * 72 < 29 * (16 + tightened)
    assert style.element.pPr.ind.get(qn("w:firstLineChars")) == "200"


def test_every_font_has_others_to_fall_back_to() -> None:
    table = ZipFile(BytesIO(full_paper().to_bytes())).read("word/fontTable.xml").decode()
    for font in {look.font for look in LOOKS}:
        assert re.search(rf'<w:font w:name="{font}"><w:altName w:val="[^"]+"/>', table), font


def test_pages_are_numbered_single_right_double_left() -> None:
    (section,) = read(full_paper()).sections
    for footer, alignment in ((section.footer, "right"), (section.even_page_footer, "left")):
        (paragraph,) = footer.paragraphs
        assert paragraph.text == "—  —"
        assert "PAGE" in paragraph._p.xml
        assert paragraph._p.pPr.jc_val.name.lower() == alignment


@override_settings(DEMO=True)
def test_the_demo_mark_stands_once_on_every_page() -> None:
    document = read(full_paper())
    stamp(document, MARK)
    (section,) = document.sections
    for header in (section.header, section.even_page_header):
        assert [p.text for p in header.paragraphs] == [MARK]


@override_settings(DEMO=False)
def test_real_papers_have_no_mark() -> None:
    (section,) = read(full_paper()).sections
    assert section.header.is_linked_to_previous


def test_a_table_repeats_its_header_and_keeps_its_rows_whole() -> None:
    (table,) = read(full_paper()).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["区", "数值"],
        ["甲区", "3 家"],
    ]
    repeated = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert repeated == [True, False]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert [round(column.width.mm) for column in table.columns if column.width] == [104, 52]


def test_a_picture_is_no_wider_than_the_text_and_says_what_it_shows() -> None:
    paper = WordPaper()
    paper.picture(PNG, alt="各区签约率：甲区最高", width_mm=500)
    (shape,) = read(paper).inline_shapes
    assert round(shape.width.mm) == 156
    assert shape._inline.docPr.get("descr") == "各区签约率：甲区最高"


def test_the_annex_begins_a_page() -> None:
    marks = [p for p in read(full_paper()).paragraphs if p.text == "附件1"]
    assert [p.paragraph_format.page_break_before for p in marks] == [True]


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        ([], []),
        (["一览表。"], ["附件：一览表"]),
        (["甲", "乙；", "丙"], ["附件：1. 甲", "2. 乙", "3. 丙"]),
    ],
)
def test_annexes_are_listed_without_punctuation(names: list[str], lines: list[str]) -> None:
    assert annex_lines(names) == lines


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五"), (99, "九十九")],
)
def test_numbers_of_headings_are_chinese(number: int, text: str) -> None:
    assert chinese_number(number) == text


def test_text_is_printed_as_it_is() -> None:
    paper = WordPaper()
    paper.paragraph("甲&乙<b>{{ x }}</b>")
    assert [p.text for p in read(paper).paragraphs] == ["甲&乙<b>{{ x }}</b>"]


def test_the_file_names_no_author_and_no_program() -> None:
    names = read(full_paper()).core_properties
    assert (names.author, names.comments, names.title) == ("", "", "关于医养结合工作情况的通报")
    inside = ZipFile(BytesIO(full_paper().to_bytes())).namelist()
    assert not [name for name in inside if "thumbnail" in name or "WithEffects" in name]
