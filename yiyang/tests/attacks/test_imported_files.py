"""Workbooks made to harm whoever reads them are refused in words, and nothing in them is obeyed."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from xlsxwriter import Workbook

from institutions.models import ImportBatch
from institutions.tests.batches import BEDS_CELLS, preview, send_cells
from yiyang.access.roles import Role
from yiyang.lib import sheets
from yiyang.lib.sheets import MAX_CELL_CHARACTERS, read_rows
from yiyang.tests.attacks.scene import Scene

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>'
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """A real workbook of one cell, some of its parts replaced or added."""
    plain, harmful = io.BytesIO(), io.BytesIO()
    with Workbook(plain, {"in_memory": True}) as book:
        book.add_worksheet().write_string(0, 0, "甲")
    given = dict(parts or {})
    with ZipFile(plain) as source, ZipFile(harmful, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, given.pop(name, source.read(name)))
        for name, content in given.items():
            target.writestr(name, content)
    return harmful.getvalue()


def sheet_of(text: str, doctype: str = "") -> str:
    return (
        f"{HEAD}{doctype}<worksheet {SPACE}><sheetData>{CELL.format(text)}</sheetData></worksheet>"
    )


def read(content: bytes) -> str:
    """Every cell as one text, or what the clerk is told; both, where two readers differ."""
    told = {}
    for largest in (sheets.STREAMED_BYTES, -1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sheets, "STREAMED_BYTES", largest)
            told[_read(content)] = largest
    return "；".join(told)


def _read(content: bytes) -> str:
    try:
        return "|".join(cell for row in read_rows(content) for cell in row.cells)
    except ValueError as error:
        return str(error)


def test_the_plain_workbook_is_read() -> None:
    assert read(workbook()) == "甲"
    assert read(workbook({SHEET: sheet_of("乙")})) == "乙"


@pytest.mark.parametrize("part", [SHEET, STRINGS, "xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("kind", ["SYSTEM", "PUBLIC 'x'"])
def test_no_entity_opens_a_file_of_ours(tmp_path: Path, part: str, kind: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密内容", encoding="utf-8")
    doctype = f"<!DOCTYPE x [<!ENTITY e {kind} '{secret.as_uri()}'>]>"
    told = read(workbook({part: sheet_of("&e;", doctype)}))
    assert "机密内容" not in told


def test_no_entity_grows_without_end() -> None:
    """Ten lines that unfold to a thousand million words."""
    lines = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10 if n else 'lol'}'>" for n in range(10))
    told = read(workbook({SHEET: sheet_of("&e9;", f"<!DOCTYPE x [{lines}]>")}))
    assert len(told) < MAX_CELL_CHARACTERS
    assert "lollol" not in told


@pytest.mark.parametrize(
    "name", ["../../../tmp/evil.txt", "/tmp/evil.txt", "..\\evil.txt", "xl/../../evil", "C:\\evil"]
)
def test_a_part_named_outside_the_file_is_not_written(tmp_path: Path, name: str) -> None:
    before = set(tmp_path.parent.iterdir())
    assert read(workbook({name: "x"})) == "甲"
    assert set(tmp_path.parent.iterdir()) == before
    assert not Path("/tmp/evil.txt").exists()


def test_a_link_to_another_computer_is_not_followed() -> None:
    relations = (
        f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" TargetMode="External" Target="http://127.0.0.1:1/x"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"/>'
        "</Relationships>"
    )
    assert read(workbook({"xl/externalLinks/_rels/externalLink1.xml.rels": relations})) == "甲"


def test_a_formula_brings_its_value_and_is_never_computed() -> None:
    cell = (
        '<row r="1"><c r="A1" t="str"><f>WEBSERVICE("http://127.0.0.1:1/")</f><v>丙</v></c></row>'
    )
    text = f"{HEAD}<worksheet {SPACE}><sheetData>{cell}</sheetData></worksheet>"
    assert read(workbook({SHEET: text})) == "丙"


def bomb(megabytes: int, layers: int = 1) -> bytes:
    """Zeros in a zip, in a zip, … that weigh next to nothing."""
    content = workbook({"xl/media/image1.png": b"\x00" * (megabytes * 1024 * 1024)})
    for _ in range(layers - 1):
        outer = io.BytesIO()
        with ZipFile(outer, "w", ZIP_DEFLATED) as archive:
            archive.writestr("inner.xlsx", content)
        content = outer.getvalue()
    return content


def test_a_bomb_is_refused() -> None:
    assert "解压后过大" in read(bomb(64))


def test_a_bomb_within_a_zip_is_no_workbook() -> None:
    assert "打不开" in read(bomb(64, layers=2))


def test_ten_thousand_parts_are_no_harm() -> None:
    assert read(workbook({f"xl/media/{n}.txt": "x" for n in range(10_000)})) in {
        "甲",
        "文件解压后过大，疑似异常文件，已拒绝；请另存为 CSV 后再导入。",
    }


@pytest.mark.parametrize("compression", [ZIP_STORED, ZIP_DEFLATED])
def test_a_zip_of_something_else_is_refused(compression: int) -> None:
    content = io.BytesIO()
    with ZipFile(content, "w", compression) as archive:
        archive.writestr("evil.exe", b"MZ")
    assert "打不开" in read(content.getvalue())


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03",
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n\x00",
        b"\x7fELF\x02\x01\x01\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"PK\x03\x04",
        b"PK\x03\x04" + b"\x00" * 100,
        b"\x1f\x8b\x08\x00\x00",
        b"\xff" * 50,
        b'"' * 1000,
        b"\x00" * 1000,
    ],
)
def test_a_file_is_told_by_its_content_and_never_by_its_name(content: bytes) -> None:
    told = read(content)
    assert not told or told.isprintable()


@pytest.mark.parametrize("text", ["a&#0;b", "a&#1;b", "a\x0bb", "a&#xFFFE;b", "a&#x202E;b", "&un;"])
def test_characters_that_no_text_has_are_refused(text: str) -> None:
    assert read(workbook({SHEET: sheet_of(text)})).isprintable()


def of_zip(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


HARMFUL: dict[str, Callable[[], bytes]] = {
    "bomb": lambda: bomb(64),
    "bomb in a zip": lambda: bomb(64, layers=2),
    "program in a zip": lambda: of_zip("evil.exe", b"MZ"),
    "program": lambda: b"MZ\x90\x00\x03",
    "page": lambda: b"<html><script>alert(1)</script>",
    "picture": lambda: b"\x89PNG\r\n\x1a\n\x00",
    "old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "half a zip": lambda: workbook()[:200],
    "nothing": lambda: b" \n ",
    "zeros": lambda: b"\x00" * 1000,
    "entities": lambda: workbook({SHEET: sheet_of("&e;", "<!DOCTYPE x [<!ENTITY e 'x'>]>")}),
    "hidden": lambda: workbook({SHEET: sheet_of("a&#x202E;b")}),
}


@pytest.mark.parametrize("kind", HARMFUL)
def test_the_upload_page_refuses_it_in_words_and_keeps_nothing(scene: Scene, kind: str) -> None:
    before = ImportBatch.objects.count()
    file = SimpleUploadedFile("台账.xlsx", HARMFUL[kind]())
    data = {"register": "beds", "file": file}
    answer = scene.browser(Role.CITY_HEALTH_CLERK).post("/imports/new/", data)
    assert answer.status_code == 422
    assert 'class="errorlist' in answer.content.decode()
    assert ImportBatch.objects.count() == before


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a<script>.xlsx", "王" * 300, "\u202ea", "..."]
)
def test_a_files_name_is_only_shown(scene: Scene, name: str) -> None:
    sent = SimpleUploadedFile("x", BEDS_CELLS.replace("\t", ",").encode())
    sent.name = name
    browser = scene.browser(Role.CITY_HEALTH_CLERK)
    answer = browser.post("/imports/new/", {"register": "beds", "file": sent}, follow=True)
    assert answer.status_code == 200
    shown = ImportBatch.objects.latest("pk").file_name
    assert "/" not in shown
    assert 0 < len(shown) <= 200
    assert "<script>." not in answer.content.decode()


def test_a_formula_in_a_sheet_comes_back_as_text(scene: Scene) -> None:
    clerk = scene.accounts[Role.CITY_HEALTH_CLERK]
    harm = "=WEBSERVICE(1)"
    batch = preview(clerk, send_cells(clerk, "beds", BEDS_CELLS.replace("\t实有\t", f"\t{harm}\t")))
    answer: Any = scene.browser(Role.CITY_HEALTH_CLERK).get(f"/imports/{batch.pk}/result.xlsx")
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:
        sheet = book.read(SHEET).decode()
    assert f"<t>'{harm}</t>" in sheet
    assert "<f>" not in sheet
