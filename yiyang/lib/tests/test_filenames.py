"""No name of a file leads out of the folder it is saved in, or out of its header."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from yiyang.lib.filenames import attachment_named


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("乌海市日报（2026年11月23日）.docx", "乌海市日报（2026年11月23日）.docx"),
        ("../../etc/passwd", "----etc-passwd"),
        ("一/二\\三.xlsx", "一-二-三.xlsx"),
        ('a"; filename="b.exe', "a-; filename=-b.exe"),
        ("a\r\nSet-Cookie: x=1.txt", "a-Set-Cookie- x=1.txt"),
    ],
)
def test_a_name_keeps_its_words_and_loses_its_ways(name: str, saved: str) -> None:
    header = attachment_named(name)
    told = header.partition("filename")[2].removeprefix("*=utf-8''").removeprefix("=").strip('"')
    assert unquote(told) == saved
    assert "\n" not in header
    assert "\r" not in header
