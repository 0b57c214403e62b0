"""What an uploaded template really is: a plain docx that unpacks small, or refused in words."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError

MEGABYTE = 1024 * 1024
MAX_FILE, MAX_UNPACKED, MAX_ENTRIES = 5 * MEGABYTE, 30 * MEGABYTE, 300
# 几十页的通报正文不过几百 KB；再大的多半是要让模板引擎算个没完。
MAX_XML = 4 * MEGABYTE
MAIN_PART = "word/document.xml"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
NOT_DOCX = (
    "只收 Word 的 .docx 文件；这个文件不是（不看扩展名）。请在 Word 或 WPS 里另存为 .docx 再传。"
)
TOO_LARGE = f"模板超过 {MAX_FILE // MEGABYTE} MB；请删去大图片再传。"
BOMB = "文件解开后过大或零件过多，没有收下；请在 Word 里另存为新的 .docx 再传。"
ACTIVE = "文件里有宏、控件或嵌入的对象，没有收下；请另存为不含宏的 .docx 再传。"
LINKED = "文件里链接了外部的模板、图片或对象，没有收下；请断开链接或改为嵌入图片再传。"
ENTITIES = "文件里有不该有的声明（DOCTYPE），没有收下；请在 Word 里另存为新的 .docx 再传。"
_ACTIVE = re.compile(r"vbaProject|vbaData|activeX|embeddings/|oleObject|afchunk", re.IGNORECASE)
_EXTERNAL = re.compile(rb"<[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
_HYPERLINK = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']")


def check_docx(content: bytes) -> None:
    """ValidationError in words unless this is a plain docx that unpacks small."""
    if not content:
        raise ValidationError("请选择要上传的模板文件；空文件不收。")
    if len(content) > MAX_FILE:
        raise ValidationError(TOO_LARGE)
    try:
        with ZipFile(BytesIO(content)) as package:
            _check_sizes(package)
            _check_parts(package)
    except (BadZipFile, KeyError, NotImplementedError, OSError, RuntimeError) as error:
        raise ValidationError(NOT_DOCX) from error


def _check_sizes(package: ZipFile) -> None:
    entries = package.infolist()
    if len(entries) > MAX_ENTRIES or sum(one.file_size for one in entries) > MAX_UNPACKED:
        raise ValidationError(BOMB)


def _check_parts(package: ZipFile) -> None:
    names = package.namelist()
    if MAIN_PART not in names:
        raise ValidationError(NOT_DOCX)
    if any(_ACTIVE.search(name) for name in names):
        raise ValidationError(ACTIVE)
    # 目录里写的大小可以是假的：读的时候也只读这么多。
    left = MAX_UNPACKED
    for name in names:
        with package.open(name) as part:
            data = part.read(left + 1)
        left -= len(data)
        if left < 0:
            raise ValidationError(BOMB)
        _check_part(name, data)


def _check_part(name: str, data: bytes) -> None:
    if not name.endswith((".xml", ".rels")):
        return
    if len(data) > MAX_XML:
        raise ValidationError(BOMB)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValidationError(ENTITIES)
    if name == "[Content_Types].xml" and MAIN_TYPE.encode() not in data:
        raise ValidationError(NOT_DOCX)
    if name.endswith(".rels"):
        links = _EXTERNAL.findall(data)
        if any(not _HYPERLINK.search(link) for link in links):
            raise ValidationError(LINKED)
