"""A report as page, Word, Excel and message: the same words everywhere, and a year later."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from python_calamine import CalamineWorkbook

from institutions.models import GreenChannel, Region
from institutions.tests.factories import LONG_AGO, make_health, make_licence
from targets.models import Paper, PaperKind
from targets.nightly.content import content_of
from targets.nightly.printing import FORMS, as_text
from targets.nightly.sheets import PARTS, as_workbook
from targets.nightly.word import as_word
from targets.papers import pdf
from targets.tests.factories import City
from targets.tests.nightly.report_scene import TODAY, Reported, make_reported
from targets.tests.page_scene import browse_as, store_run
from yiyang.access.roles import Role
from yiyang.audit.kinds import EventKind
from yiyang.audit.models import AuditEvent


@pytest.fixture
def reported(city: City) -> Reported:
    return make_reported(city)


def read_word(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(BytesIO(content)).paragraphs]


def read_tables(content: bytes) -> list[list[list[str]]]:
    tables = Document(BytesIO(content)).tables
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in tables]


def read_sheet(content: bytes, name: str) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    rows: list[list[Any]] = book.get_sheet_by_name(name).to_python()
    return rows


def read_all(paper: Paper) -> list[object]:
    word = as_word(paper)
    sheet = read_sheet(as_workbook(paper), "还差几家")
    return [as_text(paper), read_word(word), read_tables(word), sheet]


def test_the_word_paper_has_the_sections_a_leader_reads(reported: Reported) -> None:
    word = as_word(reported.report())
    told = read_word(word)
    assert told[0] == "测试市医养结合指标日报\n（2020年11月30日）"
    headings = [text for text in told if text[1:2] == "、"]
    assert headings == [
        "一、与上次量度相比，达标与否有变的",
        "二、现行目标",
        "三、还差几家",
        "四、分区情况",
        "五、图",
        "六、数据问题",
        "七、统计口径说明",
    ]
    title = "开设老年人绿色通道的医疗机构占比"
    assert f"新增未达标：东区{title}，由75.00%（达标）变为50.00%（未达标）。" in told
    lines, districts, chart = read_tables(word)
    assert lines[0] == ["指标", "目标", "数值", "分子/分母", "判定", "比上次量度"]
    assert lines[1][1:] == ["≥60%", "50.00%", "3/6", "未达标，还差 1 家", "下降16.67个百分点"]
    assert districts[0] == ["指标", "目标", "东区", "西区"]
    assert chart[1][:2] == ["测试市", "50.00%"]


def test_the_workbook_has_numbers_as_numbers_and_the_run_on_every_sheet(
    reported: Reported,
) -> None:
    paper = reported.report()
    content = as_workbook(paper)
    rows = read_sheet(content, "现行目标")
    assert rows[0][0] == "测试市现行目标（截至2020年11月30日）"
    assert rows[3][4:10] == ["≥60%", 3, 6, "50.00%", "未达标", "还差 1 家"]
    assert [part.title for part in PARTS] == [
        *("现行目标", "达标与否有变的", "分区", "还差几家", "30天内到期", "数据问题", "口径说明"),
    ]
    for title in (part.title for part in PARTS):
        assert str(paper.run_id) in str(read_sheet(content, title)[1][0])


def test_a_threshold_of_exactly_so_much_is_said_in_words(reported: Reported) -> None:
    """以等号开头的格子，表里会多出一个撇号。"""
    paper = reported.report()
    paper.content["lines"][0]["threshold"] = "=100%"
    headings, first, *_ = read_sheet(as_workbook(paper), "现行目标")[2:]
    assert first[headings.index("目标")] == "等于 100%"


def test_every_surface_says_the_same_value(reported: Reported) -> None:
    paper = reported.report()
    page = browse_as(Role.LEADER).get(f"/papers/{paper.uid}/").content.decode()
    word = str(read_tables(as_word(paper)))
    sheet = str(read_sheet(as_workbook(paper), "现行目标"))
    assert all("50.00%" in surface for surface in (page, word, sheet))
    assert all("下降16.67个百分点" in surface for surface in (page, word, sheet))
    assert as_text(paper).decode().strip() in page


def test_printed_again_after_everything_has_changed_it_is_the_same(reported: Reported) -> None:
    paper = reported.report()
    before = read_all(paper)
    GreenChannel.objects.update(ends_on=LONG_AGO)
    Region.objects.update(name="改名")
    after = read_all(Paper.objects.get(pk=paper.pk))
    assert after == before


def test_a_paper_says_that_its_day_was_measured_anew(reported: Reported) -> None:
    paper = reported.report()
    browser = browse_as(Role.LEADER)
    assert "后来重新量度过" not in browser.get(f"/papers/{paper.uid}/").content.decode()
    corrected = store_run(reported.scene.city.city, TODAY, ("GC17",))
    page = browser.get(f"/papers/{paper.uid}/").content.decode()
    assert f"后来重新量度过（批次 {corrected.pk}" in page


def test_who_took_which_file_is_on_record(reported: Reported) -> None:
    paper = reported.report()
    browser = browse_as(Role.LEADER)
    for form in FORMS:
        answer = browser.get(f"/papers/{paper.uid}/paper.{form.suffix}")
        assert answer.status_code == 200
        assert answer["Content-Type"] == form.content_type
    taken = AuditEvent.objects.filter(kind=EventKind.EXPORT, subject=f"paper:{paper.uid}")
    assert sorted(event.details["form"] for event in taken) == ["docx", "txt", "xlsx"]
    assert browser.get(f"/papers/{paper.uid}/paper.exe").status_code == 404


def test_a_district_opens_its_own_report_and_no_other(reported: Reported) -> None:
    city, east, west = reported.reports([PaperKind.NIGHTLY])
    browser = browse_as(Role.DISTRICT_CIVIL_AFFAIRS_CLERK, reported.scene.city.east)
    answers = [browser.get(f"/papers/{paper.uid}/").status_code for paper in (city, east, west)]
    assert answers == [404, 200, 404]
    listed = browser.get("/papers/").content.decode()
    assert "东区医养结合指标日报" in listed
    assert "西区医养结合指标日报" not in listed


def test_a_report_asks_as_often_for_many_institutions_as_for_few(reported: Reported) -> None:
    city = reported.scene.city.city
    few = queries_of(reported)
    for _ in range(12):
        make_licence(make_health(reported.scene.city.east_street))
    many = queries_of(reported)
    assert many == few
    assert content_of(PaperKind.NIGHTLY, reported.run, city)["run"] == reported.run.pk


def queries_of(reported: Reported) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        content_of(PaperKind.NIGHTLY, reported.run, reported.scene.city.city)
    return len(asked)


def test_the_list_asks_as_often_for_many_papers_as_for_few(reported: Reported) -> None:
    browser = browse_as(Role.LEADER)
    reported.report()
    browser.get("/papers/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/papers/")
    for day in (1, 2, 3):
        run = store_run(reported.scene.city.city, TODAY.replace(day=day), ("GC17",))
        Reported(reported.scene, reported.earlier, run).reports([PaperKind.NIGHTLY])
    with CaptureQueriesContext(connection) as many:
        browser.get("/papers/")
    assert len(many) == len(few)
    assert Paper.objects.filter(made_at__lte=timezone.now()).count() == 12


def test_a_report_is_a_pdf_where_the_libraries_are_and_says_so_where_not(
    reported: Reported, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = reported.report()
    browser = browse_as(Role.LEADER)
    if not pdf.why_no_pdf():
        answer = browser.get(f"/papers/{paper.uid}/paper.pdf")
        assert answer.content.startswith(b"%PDF-")
        assert AuditEvent.objects.filter(subject=f"paper:{paper.uid}").count() == 1
    monkeypatch.setattr(pdf, "why_no_pdf", lambda: pdf.NOT_HERE)
    refused = browser.get(f"/papers/{paper.uid}/paper.pdf")
    assert refused.status_code == 404
    assert "打印" in browser.get(f"/papers/{paper.uid}/").content.decode()


def test_a_pdf_of_the_archive_fetches_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("密")
    hostile = (
        f'<body><img src="file://{secret}"><link rel="attachment" href="file://{secret}"></body>'
    )
    if pdf.why_no_pdf():
        with pytest.raises(pdf.NoPdf, match="打印"):
            pdf.pdf_of(hostile, pdf.ARCHIVED)
    else:
        assert secret.name.encode() not in pdf.pdf_of(hostile, pdf.ARCHIVED)
