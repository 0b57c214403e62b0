"""The few SVG elements charts are drawn with, as text; whatever is written in them is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from targets.charts.ink import INK, INK_SOFT, NOTE_SIZE, TEXT_SIZE
from yiyang.lib.xml_text import xml_text


def element(name: str, attributes: Mapping[str, object], content: str = "") -> str:
    """`<name …>content</name>`; attributes in the order given, None left out."""
    written = "".join(
        f" {key}={quoteattr(xml_text(str(value)))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def text_at(
    x: int,
    y: int,
    text: str,
    *,
    size: int = TEXT_SIZE,
    fill: str = INK,
    anchor: str | None = None,
    weight: str | None = None,
) -> str:
    attributes = {
        "x": x,
        "y": y,
        "font-size": size,
        "fill": fill,
        "text-anchor": anchor,
        "font-weight": weight,
    }
    return element("text", attributes, escape(xml_text(text)) or " ")


def note_at(x: int, y: int, text: str, *, fill: str = INK_SOFT, anchor: str | None = None) -> str:
    """Small print: axes, legends, sources."""
    return text_at(x, y, text, size=NOTE_SIZE, fill=fill, anchor=anchor)


def line_at(
    x1: int,
    y1: int,
    x2: int,
    y2: int,
    *,
    stroke: str,
    width: int = 1,
    dash: str | None = None,
) -> str:
    pen = {"stroke": stroke, "stroke-width": width, "stroke-dasharray": dash}
    return element("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, **pen})


def box_at(x: int, y: int, width: int, height: int, fill: str) -> str:
    return element("rect", {"x": x, "y": y, "width": width, "height": height, "fill": fill})
