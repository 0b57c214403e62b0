"""What a file really is, told by its bytes: anything but a plain scan is refused in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from django.core.exceptions import ValidationError

from yiyang.attachments.models import FileKind
from yiyang.lib.masking import without_numbers

PDF_MARK, PNG_MARK, JPEG_MARK = b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
JPEG_END = b"\xff\xd9"
EXTENSIONS = {FileKind.PDF: ".pdf", FileKind.JPEG: ".jpg", FileKind.PNG: ".png"}
TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
}
# 扫描件 A3 600 dpi 约一亿像素；再大的多半是要撑爆看图程序。
MOST_PIXELS, LONGEST_SIDE = 150_000_000, 30_000
LONGEST_STEM = 80

NOT_A_SCAN = "只收 PDF、JPEG、PNG；这个文件的内容不是（不看扩展名）。请重新扫描或另存后再传。"
BROKEN = "文件残缺或末尾有多余的内容，没有收下；请重新扫描或另存后再传。"
ACTIVE = "PDF 里有脚本、附件或会自动执行的动作，没有收下；请用“打印为 PDF”另存后再传。"
TOO_LARGE = "图片的尺寸过大（超过 1.5 亿像素），没有收下；请降低分辨率后再传。"
MIXED = "文件里混有另一种文件的内容，没有收下；请重新扫描或另存后再传。"

_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToR)\b"
)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_MARKUP = re.compile(rb"<\s*(?:script|html|svg|iframe|!doctype|\?xml|\?php)", re.IGNORECASE)
HEAD = 4096
ZIP_END, ZIP_TAIL = b"PK\x05\x06", 65_557
PDF_TAIL = 1024
# JPEG 里带尺寸的段（SOF）。
JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
SEGMENT, JPEG_SCAN = 0xFF, 0xDA


def kind_of(content: bytes) -> FileKind:
    """The kind of a harmless scan; ValidationError says what is wrong with anything else."""
    kind = _told_by_mark(content)
    if _MARKUP.search(content[:HEAD]) or ZIP_END in content[-ZIP_TAIL:]:
        raise ValidationError(MIXED)
    CHECKS[kind](content)
    return kind


def shown_name(given: str, kind: FileKind) -> str:
    """The name without folders or invisible characters, under the extension of what it is."""
    base = given.replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(c for c in unicodedata.normalize("NFC", base) if _is_shown(c))
    stem = without_numbers(text.rsplit(".", 1)[0]).strip(" .")[:LONGEST_STEM].strip(" .")
    return (stem or "附件") + EXTENSIONS[kind]


def _is_shown(character: str) -> bool:
    # 控制符与改变书写方向的字符能把 exe 显示成 pdf。
    return unicodedata.category(character)[0] not in "CZ" or character == " "


def _told_by_mark(content: bytes) -> FileKind:
    for mark, kind in (
        (PDF_MARK, FileKind.PDF),
        (JPEG_MARK, FileKind.JPEG),
        (PNG_MARK, FileKind.PNG),
    ):
        if content.startswith(mark):
            return kind
    raise ValidationError(NOT_A_SCAN)


def _check_pdf(content: bytes) -> None:
    end = content.rfind(b"%%EOF", -PDF_TAIL)
    if end < 0 or content[end + 5 :].strip(b"\r\n\t \x00"):
        raise ValidationError(BROKEN)
    outside = b"".join(_outside_streams(content))
    named = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), outside)
    if _ACTIVE.search(named):
        raise ValidationError(ACTIVE)


def _outside_streams(content: bytes) -> Iterator[bytes]:
    """The parts between streams; a picture's bytes may spell anything by chance."""
    start = 0
    while (opening := content.find(b"stream", start)) >= 0:
        yield content[start:opening]
        closing = content.find(b"endstream", opening)
        if closing < 0:
            return
        start = closing + len(b"endstream")
    yield content[start:]


def _check_jpeg(content: bytes) -> None:
    if not content.rstrip(b"\x00\r\n").endswith(JPEG_END):
        raise ValidationError(BROKEN)
    place = 2
    while place + 9 <= len(content) and content[place] == SEGMENT:
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4])
        if marker in JPEG_FRAMES:
            height = int.from_bytes(content[place + 5 : place + 7])
            _check_size(int.from_bytes(content[place + 7 : place + 9]), height)
            return
        if marker == JPEG_SCAN:
            break
        place += 2 + length
    raise ValidationError(BROKEN)


def _check_png(content: bytes) -> None:
    place, first = len(PNG_MARK), True
    while place + 12 <= len(content):
        length, name = int.from_bytes(content[place : place + 4]), content[place + 4 : place + 8]
        if first and (name, length) != (b"IHDR", 13):
            break
        if first:
            width, height = content[place + 8 : place + 12], content[place + 12 : place + 16]
            _check_size(int.from_bytes(width), int.from_bytes(height))
        place, first = place + 12 + length, False
        if name == b"IEND" and place == len(content):
            return
    raise ValidationError(BROKEN)


def _check_size(width: int, height: int) -> None:
    if not width or not height:
        raise ValidationError(BROKEN)
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise ValidationError(TOO_LARGE)


CHECKS = {FileKind.PDF: _check_pdf, FileKind.JPEG: _check_jpeg, FileKind.PNG: _check_png}
