"""A drawing as PNG for Word and mail; refused where the system has no font for Chinese."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from resvg_py import svg_to_bytes

from targets.charts.ink import FONT_FAMILY

ZOOM = 2
PROBES = "医养"
NOT_DRAWN = "图略，见下表"


class NoChineseFont(Exception):
    """Nothing on this machine draws 汉字; the paper prints NOT_DRAWN over the table instead."""


def png_of(svg: str) -> bytes:
    """The drawing at twice its size."""
    dirs = tuple(settings.CHART_FONT_DIRS)
    if not draws_chinese(dirs):
        raise NoChineseFont(
            "本机没有图里用的中文字体：请安装思源黑体（Noto Sans CJK SC）等，"
            "或把字体文件所在目录写进 CHART_FONT_DIRS。"
        )
    return _drawn(svg, dirs, zoom=ZOOM)


@cache
def draws_chinese(dirs: tuple[str, ...], *, with_system: bool = True) -> bool:
    """Whether two 汉字 come out as different pictures: boxes and blanks are all alike."""
    first, second = (_drawn(_probe(one), dirs, with_system=with_system) for one in PROBES)
    return first != second


def _probe(character: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
        f'<text x="4" y="30" font-size="24" font-family="{FONT_FAMILY}">{character}</text></svg>'
    )


def _drawn(svg: str, dirs: tuple[str, ...], *, zoom: int = 1, with_system: bool = True) -> bytes:
    drawn: bytes = svg_to_bytes(
        svg_string=svg, zoom=zoom, font_dirs=list(dirs), skip_system_fonts=not with_system
    )
    return drawn
