"""No text of any register is computed by the spreadsheet that opens a file of the portal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

import pytest

from yiyang.lib.sheets import FORMULA_STARTS, PLAIN_NUMBER
from yiyang.tests.attacks.addresses import ADDRESSES, Address
from yiyang.tests.attacks.markup import fill_every_text_column
from yiyang.tests.attacks.scene import Scene
from yiyang.tests.attacks.valid import FORMS

FORMULAS = ("=1+1|'cmd'!A0", "@SUM(1)", "\t+1+1", "＝HYPERLINK(1)", " -1-1")
SUFFIXES = ("csv", "xlsx", "json", "docx")
# 导入结果只交给发件人，别人一概打不开；写它的 streamed() 由 yiyang/lib/tests/test_workbooks.py 试。
FILES = [
    address
    for address in ADDRESSES
    if not address.is_post and address.open_to and address.name.endswith(SUFFIXES)
]
# 上传的扫描件原样交回，只有 PDF 与图片，表格程序打不开。
SCANS = {"attachment-file"}
# 图不是表；图里的字见 targets/tests/charts。
DRAWINGS = {"indicator-chart-svg", "indicator-chart-png"}
# 文稿不是表：Word 与 PDF 里的字照原样印，见 targets/tests/bulletins。
MANUSCRIPTS = {
    *("paper-file", "paper-pdf", "bulletin-pdf"),
    *("bulletin-template-file", "bulletin-template-house"),
}
PARTS_THAT_COMPUTE = ("externalLinks", "vbaProject", "connections", "queryTables", "macrosheets")


def content_of(answer: Any) -> bytes:
    return bytes(b"".join(answer.streaming_content) if answer.streaming else answer.content)


def cells_of(content: bytes) -> Iterator[str]:
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
        yield from row


def assert_nothing_computes(content: bytes) -> None:
    """A csv holds no cell that begins a formula; a workbook no formula, link or outside source."""
    if not content.startswith(b"PK"):
        for cell in cells_of(content):
            starts = cell.lstrip(" ").startswith(FORMULA_STARTS)
            assert not starts or PLAIN_NUMBER.match(cell), cell
        return
    with ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if name_computes(name)]
        for name in archive.namelist():
            text = archive.read(name).decode(errors="replace")
            for tag in ("<f>", "<f ", "<hyperlink", "<ddeLink", "<!DOCTYPE", "TargetMode"):
                assert tag not in text, name


def name_computes(name: str) -> bool:
    return any(part in name for part in PARTS_THAT_COMPUTE)


def test_every_address_that_answers_a_file_is_opened(scene: Scene) -> None:
    handed_out = {
        address.name
        for address in ADDRESSES
        if not address.is_post and address.open_to and is_file(scene, address)
    }
    assert handed_out - SCANS - DRAWINGS - MANUSCRIPTS == {address.name for address in FILES}


def is_file(scene: Scene, address: Address) -> bool:
    answer = scene.browser(min(address.open_to)).get(address.way(scene))
    return answer.headers.get("Content-Disposition", "").startswith("attachment")


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_text_becomes_a_formula(scene: Scene, formula: str) -> None:
    assert "institutions.InstitutionProfile.name" in fill_every_text_column(formula)
    for address in FILES:
        if address.name.endswith("json"):
            continue
        for role in sorted(address.open_to):
            answer = scene.browser(role).get(address.way(scene))
            assert answer.status_code == 200
            assert_nothing_computes(content_of(answer))


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_copy_of_everything_held_computes(scene: Scene, formula: str) -> None:
    fill_every_text_column(formula)
    form = next(one for one in FORMS if one.name == "person-held")
    data = form.filled(scene) | {"form": "xlsx"}
    answer = scene.browser(form.role).post(form.way(scene), data)
    assert answer.status_code == 200
    assert_nothing_computes(content_of(answer))


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_would_be_found(formula: str) -> None:
    with pytest.raises(AssertionError):
        assert_nothing_computes(formula.encode())
