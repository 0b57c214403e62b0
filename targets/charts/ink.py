"""Colours, fonts and measures of charts: those of static/tokens.css, for files without a page."""

from __future__ import annotations

from unicodedata import east_asian_width

INK, INK_SOFT = "#1d2733", "#4b5967"
LINE, PAPER, BRAND = "#d3dbe3", "#ffffff", "#17456b"
GOAL = "#7d4b00"
TONES = {
    "good": "#17653a",
    "bad": "#a3281c",
    "warn": "#7d4b00",
    "plain": "#33526c",
    "none": "#525d68",
}
# 前浅后深：黑白打印也分得清先后。
BEFORE_AFTER = ("#8494a3", BRAND)
SERIES = (BRAND, "#b45f06", "#4d7c3f", "#7a5195")
DASHES = ("", "8 4", "2 3", "10 3 2 3")

# 按名称找字体，前面的优先；文件里不嵌字体。
FONTS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN"),
    *("思源黑体", "PingFang SC", "Microsoft YaHei", "微软雅黑", "SimHei", "黑体"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "sans-serif"),
)
FONT_FAMILY = ", ".join(FONTS)

WIDTH, MARGIN = 720, 16
TITLE_SIZE, TEXT_SIZE, NOTE_SIZE = 17, 14, 12


def text_width(text: str, size: int) -> int:
    """About how wide the text stands: a 汉字 takes its size, a letter a little over half."""
    units = sum(100 if east_asian_width(one) in "WFA" else 58 for one in text)
    return -(-units * size // 100)


def shortened(text: str, size: int, width: int) -> str:
    """The text as far as it fits, with an ellipsis for the rest; the table has all of it."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text}…"


def wrapped(text: str, size: int, width: int) -> list[str]:
    """The text in lines no wider than `width`."""
    lines = [""]
    for one in text:
        if text_width(lines[-1] + one, size) > width:
            lines.append("")
        lines[-1] += one
    return lines
