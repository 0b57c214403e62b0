"""A bulletin as Word: the office's template filled with printed texts, in a sandbox."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import TemplateError

from targets.bulletins.content import Content
from targets.bulletins.docx_file import check_docx
from targets.bulletins.placeholders import check_closed, check_markup, sandbox
from targets.charts.content import chart_of
from targets.charts.drawing import svg_of
from targets.charts.png import NOT_DRAWN, NoChineseFont, png_of
from targets.papers.word import bytes_of
from targets.papers.word_page import TEXT_WIDTH_MM, stamp
from yiyang.lib.xml_text import xml_text

# 试填时各表的行数：一座有几十个区的城市也不过这么多。
MANY_ROWS = 100
LONG_LISTS = ("indicators", "districts", "candidates", "notes")
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
UNUSABLE = "模板按样例出稿没有成功：{reason}。请从门户下载现用模板，在它上面改。"
IN_PROPERTIES = "模板的文件属性（标题、作者、备注等）里不能写占位符；请在 Word 的“信息”里清空。"


def check_template(content: bytes, sample: Content) -> None:
    """ValidationError in words unless the file is a docx whose every placeholder is known.

    It is rendered once with `sample`, its tables made long, so that a template that breaks or
    swells does so here.
    """
    check_docx(content)
    try:
        filled_in(content, {**sample, **{name: sample[name] * MANY_ROWS for name in LONG_LISTS}})
    except ValidationError:
        raise
    # 解析不了的 XML 也是 SyntaxError。
    except (TemplateError, SyntaxError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise ValidationError(UNUSABLE.format(reason=type(error).__name__)) from error


def filled_in(template: bytes, printed: Content, *, mark: str = "") -> bytes:
    """The template with the printed texts in it, `mark` on every page where there is one.

    Checked anew, however it came to be stored.
    """
    document = DocxTemplate(BytesIO(template))
    document.init_docx()
    for source in _sources(document):
        check_markup(source)
    _refuse_markup_in_properties(document)
    document.render(_context(document, printed), sandbox(), autoescape=True)
    stamp(document.docx, mark)
    return bytes_of(document.docx)


def _sources(document: Any) -> Iterator[str]:
    """Every text that the engine will read as a template, as it will read it."""
    for xml in _parts(document):
        check_closed(xml)
        yield document.patch_xml(xml)


def _parts(document: Any) -> Iterator[str]:
    yield document.get_xml()
    for uri in (document.HEADER_URI, document.FOOTER_URI):
        for _, part in document.get_headers_footers(uri):
            yield document.get_part_xml(part)
    for part in document.docx.part.package.parts:
        if part.content_type == FOOTNOTES:
            yield part.blob.decode("utf-8")


def _refuse_markup_in_properties(document: Any) -> None:
    properties = document.docx.core_properties
    names = ("author", "comments", "identifier", "language", "subject", "title")
    told = "".join(getattr(properties, name) or "" for name in names)
    if "{{" in told or "{%" in told or "{#" in told:
        raise ValidationError(IN_PROPERTIES)


def _context(document: Any, printed: Content) -> dict[str, Any]:
    context: dict[str, Any] = {name: _plain(value) for name, value in printed.items()}
    context["charts"] = [
        {
            "title": _plain(one["title"]),
            "source": _plain(one["source"]),
            "picture": _picture(document, one),
        }
        for one in printed["charts"]
    ]
    return context


def _picture(document: Any, content: Content) -> Any:
    try:
        png = png_of(svg_of(chart_of(content)))
    except NoChineseFont:
        return NOT_DRAWN
    return InlineImage(document, BytesIO(png), width=Mm(TEXT_WIDTH_MM))


def _plain(value: Any) -> Any:
    """Texts without line ends and tabs, which the engine would act on, and what XML cannot hold.

    One character that is not XML, and the engine mends the file by leaving out what follows it.
    """
    if isinstance(value, str):
        return xml_text("".join(one for one in value if unicodedata.category(one) != "Cc"))
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return value
