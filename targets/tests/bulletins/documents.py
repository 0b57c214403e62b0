"""Templates for tests: small docx files with what a clerk, or an attacker, writes in them."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document


def docx_saying(*lines: str, header: str = "", title: str = "") -> bytes:
    """A Word file with these paragraphs, a header text and a title among its properties."""
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.core_properties.title = title
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def changed(content: bytes, added: dict[str, bytes], drop: tuple[str, ...] = ()) -> bytes:
    """The package with parts added or replaced, and some left out."""
    stream = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(stream, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in added and name not in drop:
                new.writestr(name, old.read(name))
        for name, data in added.items():
            new.writestr(name, data)
    return stream.getvalue()
