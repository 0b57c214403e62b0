"""Files that are scans are taken by their content; everything dressed up as one is refused."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest
from django.core.exceptions import ValidationError

from yiyang.attachments.contents import kind_of, shown_name
from yiyang.attachments.models import FileKind
from yiyang.attachments.tests.files import jpeg, pdf, png


def zipped() -> bytes:
    content = io.BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("evil.js", "alert(1)")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pdf(), FileKind.PDF),
        (pdf(b"/OpenAction [2 0 R /Fit]"), FileKind.PDF),
        (pdf(stream=b"/JS (a picture may spell anything)"), FileKind.PDF),
        (png(), FileKind.PNG),
        (png(30_000, 5_000), FileKind.PNG),
        (jpeg(), FileKind.JPEG),
        (jpeg() + b"\0\0", FileKind.JPEG),
    ],
)
def test_a_scan_is_what_its_content_says(content: bytes, kind: FileKind) -> None:
    assert kind_of(content) is kind


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!DOCTYPE html><script>alert(1)</script>", "只收 PDF、JPEG、PNG"),
        (b" " + pdf(), "只收"),
        (b"\xef\xbb\xbf" + pdf(), "只收"),
        (zipped(), "只收"),
        (b"GIF89a", "只收"),
        (b"MZ\x90\x00", "只收"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "只收"),
        (b"%PDF-1.7\n<script>alert(1)</script>\n%%EOF", "混有另一种文件"),
        (pdf() + zipped(), "混有另一种文件"),
        (png() + zipped(), "混有另一种文件"),
        (jpeg().replace(b"JFIF", b"<?php", 1), "混有另一种文件"),
        (pdf() + b"<b>more</b>", "末尾有多余的内容"),
        (pdf()[:-8], "残缺"),
        (png() + b"x", "末尾有多余的内容"),
        (png()[:-5], "残缺"),
        (b"\x89PNG\r\n\x1a\n", "残缺"),
        (jpeg() + b"x", "残缺或末尾"),
        (jpeg()[:4] + b"\xff\xd9", "残缺"),
        (png(0, 3), "残缺"),
        (png(30_001, 1), "尺寸过大"),
        (png(20_000, 20_000), "尺寸过大"),
        (jpeg(65_535, 65_535), "尺寸过大"),
        (pdf(b"/OpenAction << /S /JavaScript /JS (app.alert) >>"), "脚本"),
        (pdf(b"/Names << /J#61vaScript 3 0 R >>"), "脚本"),
        (pdf(b"/AA << /S /Launch >>"), "自动执行"),
        (pdf(b"/EmbeddedFiles 4 0 R"), "附件"),
        (pdf(stream=b"endstream /JS (out again) stream "), "脚本"),
    ],
)
def test_anything_else_is_refused_in_words(content: bytes, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        kind_of(content)


def test_a_million_openings_without_an_end_cost_one_pass() -> None:
    """A search that went back for each would take hours."""
    assert kind_of(pdf(stream=b"stream\n" * 1_000_000)) is FileKind.PDF


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("协议扫描件.PDF", "协议扫描件.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\a.b.pdf", "a.b.pdf"),
        ("evil\u202efdp.exe", "evilfdp.pdf"),
        ("x.html", "x.pdf"),
        ("\x00\x1b", "附件.pdf"),
        ("...", "附件.pdf"),
        ("王" * 200, "王" * 80 + ".pdf"),
    ],
)
def test_the_name_is_cleaned_and_its_extension_is_the_contents(given: str, shown: str) -> None:
    assert shown_name(given, FileKind.PDF) == shown
