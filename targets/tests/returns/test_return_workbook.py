"""A return filled in with a spreadsheet program: what goes out, comes back and is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from contracts.tests.persons import browser_of
from targets.forms.returns import MAX_SHEET_BYTES
from targets.models import QuarterlyReturn, ReturnPeriod, ReturnVerb
from targets.tests.returns.return_scene import (
    HAND,
    ReturnScene,
    of_home,
    of_region,
)
from yiyang.audit.kinds import EventKind
from yiyang.audit.models import AuditEvent
from yiyang.tests.attacks.test_imported_files import HARMFUL

pytestmark = pytest.mark.django_db
Cells = list[list[Any]]
HEADS, FIRST = 3, 4  # 第 4 行表头，第 5 行起各项：16、17、……24
NUMBER, NOTE = 6, 7


@pytest.fixture
def reporter(scene: ReturnScene) -> Client:
    return browser_of(scene.people["reporter"])


def downloaded(reporter: Client, own: QuarterlyReturn) -> Cells:
    answer: Any = reporter.get(f"/returns/{own.pk}/sheet.xlsx")
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def saved(cells: Cells) -> bytes:
    """As a spreadsheet program saves it."""
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, line in enumerate(cells):
            sheet.write_row(row, 0, line)
    return buffer.getvalue()


def sent(reporter: Client, own: QuarterlyReturn, content: bytes, name: str = "表.xlsx") -> Any:
    return reporter.post(
        f"/returns/{own.pk}/sheet", {"file": SimpleUploadedFile(name, content)}, follow=False
    )


def told(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return list(answer.context["file_form"].errors["file"])


def put(cells: Cells, code: str, number: object, note: str = "") -> None:
    row = next(line for line in cells[FIRST:] if line[0] == code)
    row[NUMBER], row[NOTE] = number, note


def numbers(own: QuarterlyReturn) -> dict[str, tuple[object, str]]:
    return {one.item.code: (one.value, one.note) for one in own.values.select_related("item")}


def test_the_workbook_is_prefilled(
    scene: ReturnScene, reporter: Client, own: QuarterlyReturn
) -> None:
    cells = downloaded(reporter, own)
    assert cells[0][0] == "东华养老院　医养结合季度监测表（2026年第二季度）"
    assert cells[HEADS][:1] + cells[HEADS][4:8] == ["代码", "上季度", "取数", "填报数", "说明"]
    shown = {line[0]: (line[1], line[2], line[5], line[6]) for line in cells[FIRST:]}
    assert shown["16"] == ("养老床位", "张", 100, 100)
    assert shown["18"] == ("护理型床位占比", "%", 25, 25)
    assert shown["23"] == ("本季医疗服务", "人次", "", "")
    assert len(shown) == 9
    taken = AuditEvent.objects.filter(kind=EventKind.EXPORT, actor=scene.people["reporter"])
    assert taken.count() == 1


def test_what_is_filled_in_is_taken_and_handed_in(
    scene: ReturnScene, reporter: Client, own: QuarterlyReturn
) -> None:
    cells = downloaded(reporter, own)
    put(cells, "16", 80, "拆改 20 张")
    put(cells, "23", "1,\N{FULLWIDTH DIGIT TWO}00 ")
    put(cells, "24", 3.0)
    assert sent(reporter, own, saved(cells)).status_code == 302
    held = numbers(own)
    assert held["16"] == (80, "拆改 20 张")
    assert [held[code][0] for code in ("17", "18", "23", "24")] == [25, 31.25, 1200, 3]
    assert scene.step("reporter", own, ReturnVerb.SUBMIT).state == "SUBMITTED"
    assert sent(reporter, own, saved(cells)).status_code == 403


def test_every_wrong_cell_is_named_and_none_is_taken(
    reporter: Client, own: QuarterlyReturn
) -> None:
    before = numbers(own)
    cells = downloaded(reporter, own)
    put(cells, "16", 99)
    put(cells, "17", 20)
    put(cells, "23", 12)
    assert told(sent(reporter, own, saved(cells)))[1:] == [
        "H5（16 的说明）：与取数 100 不同，请在说明里写明原因。",
        "H6（17 的说明）：与取数 25 不同，请在说明里写明原因。",
    ]
    put(cells, "19", "半")
    put(cells, "24", -1)
    put(cells, "23", 1.5)
    answer = sent(reporter, own, saved(cells))
    assert told(answer)[1:] == [
        "G8（19 季末在住老年人）：请填 0 或更大的整数。",
        "G12（23 本季医疗服务）：请填 0 或更大的整数。",
        "G13（24 其中：上门巡诊）：请填 0 或更大的整数。",
    ]
    # 传来的数留在页面上，改好就能存。
    assert answer.context["form"]["value-16"].value() == "99"
    assert numbers(own) == before


def test_rows_may_be_moved_and_codes_may_have_become_numbers(
    reporter: Client, own: QuarterlyReturn
) -> None:
    cells = downloaded(reporter, own)
    put(cells, "24", 3)
    put(cells, "23", 12)
    for line in cells[FIRST:]:
        line[0] = int(line[0])
    moved = [*cells[:FIRST], *reversed(cells[FIRST:]), [], ["", "合计"]]
    assert sent(reporter, own, saved(moved)).status_code == 302
    assert numbers(own)["24"] == (3, "")
    text = "\n".join(",".join(f"{cell}" for cell in line) for line in cells)
    assert sent(reporter, own, text.encode("gb18030"), "表.csv").status_code == 302


def without_ticket(cells: Cells) -> None:
    del cells[2]


def without_heads(cells: Cells) -> None:
    cells[HEADS][NUMBER] = "数"


def with_a_line(cells: Cells) -> None:
    cells.append(["25", "新加的", "", "", "", "", 1, ""])


def with_a_line_twice(cells: Cells) -> None:
    cells.append(list(cells[FIRST]))


def without_lines(cells: Cells) -> None:
    del cells[FIRST + 1 : FIRST + 3]


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (without_ticket, "找不到“单号”一行"),
        (without_heads, "找不到“代码、填报数、说明”的表头"),
        (with_a_line, "A14：代码“25”不在本表"),
        (with_a_line_twice, "A14：代码 16 有两行"),
        (without_lines, "少了代码 17、18 的行"),
    ],
)
def test_a_workbook_that_is_not_as_downloaded_is_refused(
    reporter: Client, own: QuarterlyReturn, spoil: Callable[[Cells], None], refusal: str
) -> None:
    cells = downloaded(reporter, own)
    spoil(cells)
    assert refusal in told(sent(reporter, own, saved(cells)))[0]


def test_another_s_workbook_is_refused(
    scene: ReturnScene, period: ReturnPeriod, reporter: Client, own: QuarterlyReturn
) -> None:
    other = of_home(period, scene.homes[1])
    cells = downloaded(browser_of(scene.people["other"]), other)
    assert "不是本单位本季的表" in told(sent(reporter, own, saved(cells)))[0]
    assert sent(reporter, other, saved(cells)).status_code == 404


def test_a_workbook_older_than_what_another_saved_is_refused(
    scene: ReturnScene, period: ReturnPeriod
) -> None:
    """本机构没有账号时由区里代填；机构自己填过的，旧表不能盖掉。"""
    own = of_region(period, scene.city.east)
    reporter = browser_of(scene.people["east"])
    cells = downloaded(reporter, own)
    own.refresh_from_db()
    QuarterlyReturn.objects.filter(pk=own.pk).update(filled_by=scene.people["city"])
    value = own.values.get(item__code="02")
    value.value, value.note = 1, "另一人填的"
    value.save()
    said = told(sent(reporter, own, saved(cells)))[1]
    assert "保存过" in said
    assert "02（现为 1）" in said


@pytest.mark.parametrize("kind", HARMFUL)
def test_a_harmful_workbook_is_refused_in_words(
    reporter: Client, own: QuarterlyReturn, kind: str
) -> None:
    assert told(sent(reporter, own, HARMFUL[kind]()))


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", "请选择填好的表"),
        (b"x" * (MAX_SHEET_BYTES + 1), "文件超过 1 MB"),
        ("单号,1\n".encode(), "不是本单位本季的表"),
    ],
)
def test_a_file_that_is_none_is_refused(
    reporter: Client, own: QuarterlyReturn, content: bytes, refusal: str
) -> None:
    assert refusal in told(sent(reporter, own, content))[0]


@pytest.mark.parametrize("who", ["east_checker", "city", "leader"])
def test_only_who_fills_it_in_has_the_workbook(
    scene: ReturnScene, own: QuarterlyReturn, who: str
) -> None:
    reporter = browser_of(scene.people[who])
    answers = {
        reporter.get(f"/returns/{own.pk}/sheet.xlsx").status_code,
        reporter.post(f"/returns/{own.pk}/sheet", {}).status_code,
    }
    assert answers <= {403, 404}


def test_a_note_that_begins_a_formula_is_text(
    scene: ReturnScene, reporter: Client, own: QuarterlyReturn
) -> None:
    scene.fill("reporter", own, {**HAND, "23": (12, "=1+1")})
    cells = downloaded(reporter, own)
    assert next(line for line in cells if line[0] == "23")[NOTE] == "'=1+1"
    assert sent(reporter, own, saved(cells)).status_code == 302
    assert numbers(own)["23"] == (12, "=1+1")
