"""LibreOffice opens what the portal writes, and finds every cell as it was written.

What it rejects (parts out of order, broken references) is tried for every workbook in
yiyang/lib/tests/test_books.py; here LibreOffice itself converts two of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from targets.tabulations.catalogue import BY_CODE
from targets.tabulations.filling import grid_of
from targets.tabulations.sheet import workbook_of
from targets.tests.factories import DAY, City
from targets.tests.tabulations.fixed import cells_of, store_given
from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor
from yiyang.lib.books import Line, Look, Sheet, streamed

CALC = Path("/usr/lib/libreoffice/program/libsclo.so")
CLERK = Actor(DAY, 1, Role.CITY_HEALTH_CLERK, ROLES[Role.CITY_HEALTH_CLERK].permissions, True)
LOOKS: dict[str, Look] = {"text": {"num_format": "@"}, "number": {"num_format": "#,##0"}}
# 编码保住前面的零，文字还是文字，空格与换行都在。
ODD = ("0150300", "000", "1E5", "2017-12-31", "=1+1", "+86", "-", "@甲", " 甲 ", "甲\n乙", "<b>&")


@pytest.fixture(scope="module")
def office() -> str:
    """The program that converts; where it is absent, these tests are skipped, but not in CI."""
    program = shutil.which("soffice")
    if program is None or not CALC.exists():
        if os.environ.get("CI"):
            pytest.fail("CI 须装有 LibreOffice Calc：这里的测试不许跳过。")
        pytest.skip("没有 LibreOffice Calc（apt-get install libreoffice-calc-nogui）")
    return program


def converted(office: str, books: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    """The workbooks as LibreOffice saves them again, without a window; it starts once."""
    sources = [folder / f"{name}.xlsx" for name in books]
    for source in sources:
        source.write_bytes(books[source.stem])
    out, profile = folder / "out", f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", out, *sources],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return {name: (out / f"{name}.xlsx").read_bytes() for name in books}


def rounded(rows: list[list[object]]) -> list[list[object]]:
    """LibreOffice saves fifteen digits of a number."""
    return [
        [float(f"{cell:.15g}") if isinstance(cell, float) else cell for cell in row] for row in rows
    ]


def test_every_cell_comes_back_as_it_was_written(office: str, city: City, tmp_path: Path) -> None:
    run = store_given(city, DAY)
    grid = grid_of(BY_CODE["institutions"], run, run.region, with_streets=True, actor=CLERK)
    lines = [Line((text, number), ("text", "number")) for number, text in enumerate(ODD)]
    sheets = [Sheet("海勃湾区", [20, 10], lines), Sheet("乌达区", [20, 10], lines[:1])]
    books = {
        "table": workbook_of(grid, "f" * 64),
        "lists": b"".join(streamed(sheets, LOOKS)),
    }
    again = converted(office, books, tmp_path)
    for name, number in (("table", 0), ("lists", 0), ("lists", 1)):
        assert rounded(cells_of(again[name], number)) == rounded(cells_of(books[name], number))
    shown = [row[0] for row in cells_of(again["lists"])]
    assert [str(text).removeprefix("'") for text in shown] == list(ODD)
    assert all(isinstance(text, str) for text in shown)
