"""What every chart has around its drawing: title, unit, legend, source and mark."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from targets.charts.chart import Chart
from targets.charts.elements import box_at, element, note_at, text_at
from targets.charts.ink import (
    FONT_FAMILY,
    MARGIN,
    NOTE_SIZE,
    PAPER,
    TITLE_SIZE,
    WIDTH,
    text_width,
    wrapped,
)
from yiyang.lib.percentages import percent

INNER = WIDTH - 2 * MARGIN
TITLE_LEADING, NOTE_LEADING = 24, 18


def head_of(chart: Chart, note: str = "") -> tuple[list[str], int]:
    """Title, unit and a note on how it is drawn, and the height they take."""
    drawn, y = [], MARGIN
    for text in wrapped(chart.title, TITLE_SIZE, INNER):
        y += TITLE_LEADING
        drawn.append(text_at(MARGIN, y - 6, text, size=TITLE_SIZE, weight="bold"))
    y += NOTE_LEADING
    drawn.append(note_at(MARGIN, y - 4, f"单位：{chart.unit}{note}"))
    return drawn, y + 8


def foot_of(chart: Chart, y: int) -> tuple[list[str], int]:
    """Source and mark under the drawing, and where they end."""
    drawn = []
    for note in (chart.source, chart.mark):
        for text in wrapped(note, NOTE_SIZE, INNER) if note else ():
            y += NOTE_LEADING
            drawn.append(note_at(MARGIN, y, text))
    return drawn, y + MARGIN


def legend(names: Sequence[str], swatches: Sequence[str], y: int) -> tuple[list[str], int]:
    """A swatch and a name for each series, line by line where they do not fit on one."""
    drawn, x = [], MARGIN
    for name, swatch in zip(names, swatches, strict=True):
        width = 34 + text_width(name, NOTE_SIZE)
        if x > MARGIN and x + width > WIDTH - MARGIN:
            x, y = MARGIN, y + NOTE_LEADING
        drawn.append(element("g", {"transform": f"translate({x} {y})"}, swatch))
        drawn.append(note_at(x + 28, y + 11, name))
        x += width + 12
    return drawn, y + NOTE_LEADING + 6


# SVG 规范规定的名字，不是要打开的地址。
NAMESPACE = "http://www.w3.org/2000/svg"


def tick_text(value: Fraction, *, is_ratio: bool) -> str:
    """A mark of the axis: "20%", "2.5%", "1,000"."""
    if not is_ratio:
        return f"{int(value):,}"
    text = percent(value).removesuffix("%").rstrip("0").rstrip(".")
    return f"{text}%"


def sheet(chart: Chart, drawn: Sequence[str], height: int) -> str:
    """The whole drawing on white, with its words for those who cannot see it."""
    ground = box_at(0, 0, WIDTH, height, PAPER)
    opened = {"xmlns": NAMESPACE, "viewBox": f"0 0 {WIDTH} {height}"}
    size = {"width": WIDTH, "height": height, "font-family": FONT_FAMILY}
    words = {"role": "img", "aria-label": chart.alt}
    content = "\n".join((ground, *drawn))
    return element("svg", {**opened, **size, **words}, f"\n{content}\n") + "\n"
