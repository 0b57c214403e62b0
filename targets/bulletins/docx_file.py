"""What an uploaded template really is: a plain docx that unpacks small, or refused in words."""

from __future__ import annotations

import re
from io import BytesIO
from xml.parsers.expat import ExpatError
from zipfile import ZipFile

from django.core.exceptions import ValidationError

from targets.bulletins.docx_part import ACTIVE, ForbiddenError, check_part
from yiyang.lib.sheets import BROKEN_ZIP
from yiyang.lib.xlsx.parts import BrokenWorkbookError

MEGABYTE = 1024 * 1024
MAX_FILE, MAX_UNPACKED, MAX_ENTRIES = 5 * MEGABYTE, 30 * MEGABYTE, 300
# 几十页的通报正文不过几百 KB；再大的多半是要让模板引擎算个没完。
MAX_XML = 2 * MEGABYTE
MAIN_PART = "word/document.xml"
MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
NOT_DOCX = (
    "只收 Word 的 .docx 文件；这个文件不是（不看扩展名）。请在 Word 或 WPS 里另存为 .docx 再传。"
)
TOO_LARGE = f"模板超过 {MAX_FILE // MEGABYTE} MB；请删去大图片再传。"
BOMB = "文件解开后过大或零件过多，没有收下；请在 Word 里另存为新的 .docx 再传。"
ODD_XML = "文件里有 Word 不会写的内容（如 DOCTYPE），没有收下；请在 Word 里另存为新的 .docx 再传。"
DAMAGED = "文件的内容不完整，可能没有传完或已损坏；请在 Word 里另存为新的 .docx 再传。"
# 文字、图片、嵌入的字体；别的零件都是宏、控件、嵌入的文件。
XML = (".xml", ".rels", ".vml", ".svg")
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".odttf")
_ACTIVE_NAME = re.compile("vbaproject|vbadata|activex|embeddings/")


def check_docx(content: bytes) -> None:
    """ValidationError in words unless this is a plain docx that unpacks small."""
    if not content:
        raise ValidationError("请选择要上传的模板文件；空文件不收。")
    if len(content) > MAX_FILE:
        raise ValidationError(TOO_LARGE)
    try:
        with ZipFile(BytesIO(content)) as package:
            _check_sizes(package)
            _check_names(package.namelist())
            _check_parts(package)
    except ForbiddenError as error:
        raise ValidationError(str(error)) from error
    except BrokenWorkbookError as error:
        raise ValidationError(ODD_XML) from error
    except ExpatError as error:
        raise ValidationError(DAMAGED) from error
    except (*BROKEN_ZIP, KeyError, ValueError) as error:
        raise ValidationError(NOT_DOCX) from error


def _check_sizes(package: ZipFile) -> None:
    entries = package.infolist()
    if len(entries) > MAX_ENTRIES or sum(one.file_size for one in entries) > MAX_UNPACKED:
        raise ValidationError(BOMB)


def _check_names(names: list[str]) -> None:
    """Each part once — whoever reads two of a name may take the other — and of a known kind."""
    files = [name.lower() for name in names if not name.endswith("/")]
    if MAIN_PART not in names or len(set(files)) < len(files):
        raise ValidationError(NOT_DOCX)
    if any(_ACTIVE_NAME.search(name) or not name.endswith(XML + PICTURES) for name in files):
        raise ValidationError(ACTIVE)


def _check_parts(package: ZipFile) -> None:
    # 目录里写的大小可以是假的：读的时候也只读这么多。
    left = MAX_UNPACKED
    for name in package.namelist():
        with package.open(name) as part:
            data = part.read(left + 1)
        left -= len(data)
        if left < 0:
            raise ValidationError(BOMB)
        if name.lower().endswith(XML):
            _check_xml(name, data)


def _check_xml(name: str, data: bytes) -> None:
    if len(data) > MAX_XML:
        raise ValidationError(BOMB)
    if name == "[Content_Types].xml" and MAIN_TYPE not in data:
        raise ValidationError(NOT_DOCX)
    check_part(data)
