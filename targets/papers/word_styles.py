"""The styles and fonts of a Chinese official paper, under the names an office knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle

from targets.papers.word_page import LINE, element

SONG, FANGSONG, HEI, KAI = "宋体", "仿宋_GB2312", "黑体", "楷体_GB2312"
TITLE_FONT = "方正小标宋简体"
# 字体不随文件走（多未授权）：机器上没有的，Word 依次换用后面的名字。
FALL_BACKS = {
    TITLE_FONT: "方正小标宋_GBK,小标宋,华文中宋,宋体,SimSun,Noto Serif CJK SC",
    FANGSONG: "仿宋,FangSong,华文仿宋,宋体,Noto Serif CJK SC",
    KAI: "楷体,KaiTi,华文楷体,宋体,Noto Serif CJK SC",
    HEI: "SimHei,微软雅黑,Noto Sans CJK SC",
    SONG: "SimSun,Noto Serif CJK SC",
}
LATIN = "Times New Roman"
# 28 字 × 15.75 磅 = 441 磅，版心宽 442 磅：三号字每字收 0.25 磅（5/20 磅）。
BODY_SIZE, TIGHTENING = 16, -5
KEPT = {"Normal", "Default Paragraph Font", "Normal Table", "No List", "Header", "Footer"}
LEFT, CENTER, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


@dataclass(frozen=True, slots=True)
class Look:
    """How one kind of paragraph looks; indents are counted in its own characters."""

    name: str
    font: str = FANGSONG
    size: float = BODY_SIZE
    align: WD_ALIGN_PARAGRAPH = BOTH
    first: float = 0  # 首行缩进几字；负数为悬挂
    left: float = 0
    right: float = 0
    line: float = LINE.pt
    before: float = 0
    after: float = 0
    outline: int | None = None  # 大纲级别，Word 的导航窗格据此列出
    keeps: bool = False  # 与下一段同页


TITLE = Look("公文标题", TITLE_FONT, 22, CENTER, line=34, after=LINE.pt, keeps=True)
MARKING = Look("文头", HEI, align=LEFT)
ADDRESSEE = Look("主送机关", align=LEFT)
BODY = Look("公文正文", first=2)
HEADINGS = (
    Look("一级标题", HEI, first=2, outline=0, keeps=True),
    Look("二级标题", KAI, first=2, outline=1, keeps=True),
    Look("三级标题", first=2, outline=2, keeps=True),
    Look("四级标题", first=2, outline=3, keeps=True),
)
# “附件：1. 名称”左空二字，回行与名称首字对齐。
ANNEX_LIST = Look("附件说明", align=LEFT, left=6, first=-4, before=LINE.pt)
ANNEX_NEXT = Look("附件说明续", align=LEFT, left=6, first=-1)
ANNEX_NUMBER = Look("附件序号", HEI, align=LEFT, keeps=True)
ANNEX_TITLE = Look("附件标题", TITLE_FONT, 22, CENTER, line=34, before=17, after=17, keeps=True)
# 盖章的公文：成文日期右空四字，署名以日期为准居中；十字左右的署名即右空二字。
SIGNATURE = Look("署名", align=RIGHT, right=2, before=LINE.pt)
DATE = Look("成文日期", align=RIGHT, right=4)
CAPTION = Look("表题", HEI, 14, CENTER, line=22, before=6, after=4, keeps=True)
CELL = Look("表格文字", size=10.5, align=LEFT, line=16)
CELL_HEAD = Look("表头文字", HEI, 10.5, CENTER, line=16)
PICTURE = Look("图", align=CENTER, line=0, before=6, keeps=True)
NOTE = Look("注释", size=12, line=18, after=4)
PAGE_NUMBER = Look("页码", SONG, 14, line=0, left=1, right=1)
LOOKS = (
    *(TITLE, MARKING, ADDRESSEE, BODY, *HEADINGS, ANNEX_LIST, ANNEX_NEXT, ANNEX_NUMBER),
    *(ANNEX_TITLE, SIGNATURE, DATE, CAPTION, CELL, CELL_HEAD, PICTURE, NOTE, PAGE_NUMBER),
)


def dress(document: Document) -> None:
    """Replace the builder's own styles by those of an official paper, fonts with fall-backs."""
    styles = document.styles
    for style in list(styles):
        if style.name not in KEPT:
            style.delete()
    for look in LOOKS:
        _add(styles, look)
    normal = styles["Normal"]
    normal.font.size = Pt(BODY_SIZE)
    _set_fonts(normal.element.get_or_add_rPr(), FANGSONG)
    _declare_fonts(document)


def _add(styles: Any, look: Look) -> None:
    style: ParagraphStyle = styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles["Normal"]
    style.quick_style = True
    style.font.size = Pt(look.size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    _set_fonts(style.element.get_or_add_rPr(), look.font)
    if look.size == BODY_SIZE:
        style.element.rPr.find(qn("w:sz")).addprevious(element("w:spacing", val=TIGHTENING))
    shape = style.paragraph_format
    shape.alignment = look.align
    shape.space_before, shape.space_after = Pt(look.before), Pt(look.after)
    shape.keep_with_next = look.keeps or None
    shape.widow_control = False  # 每面 22 行要满
    if look.line:
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(look.line)
    if look.line != LINE.pt:
        shape._element.pPr.find(qn("w:spacing")).addprevious(element("w:snapToGrid", val=0))
    _indent(style, look)
    if look.outline is not None:
        style.element.get_or_add_pPr().append(element("w:outlineLvl", val=look.outline))


def _indent(style: ParagraphStyle, look: Look) -> None:
    """Indents in characters, as Chinese Word shows them, and in twips for other programs."""
    if not (look.first or look.left or look.right):
        return
    indent = style.element.get_or_add_pPr().get_or_add_ind()
    twips = look.size * 20
    sides = {"left": look.left, "right": look.right}
    sides["hanging" if look.first < 0 else "firstLine"] = abs(look.first)
    for side, characters in sides.items():
        if characters:
            indent.set(qn(f"w:{side}Chars"), str(round(characters * 100)))
            indent.set(qn(f"w:{side}"), str(round(characters * twips)))


def _set_fonts(properties: Any, name: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    fonts.set(qn("w:ascii"), LATIN)
    fonts.set(qn("w:hAnsi"), LATIN)
    fonts.set(qn("w:cs"), LATIN)
    fonts.set(qn("w:eastAsia"), name)


def _declare_fonts(document: Document) -> None:
    """Name in the font table what stands in for a font the reader's machine has not got."""
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table = element("w:fonts")
    for name, others in FALL_BACKS.items():
        font = element("w:font", name=name)
        font.append(element("w:altName", val=others))
        font.append(element("w:charset", val="86"))
        font.append(element("w:family", val="auto"))
        table.append(font)
    part._blob = serialize_part_xml(table)
