"""An edition in the archive: kept as published, printed from what was kept, charts with tables."""

from __future__ import annotations

import io

import pytest
from docx import Document

from targets.charts import word
from targets.charts.png import NOT_DRAWN, NoChineseFont
from targets.editions.paper import paper_of
from targets.models import Edition, Paper, PolicyDocument
from targets.models.policies import ValidityStatus
from targets.papers.forms import forms_of
from targets.tests.editions.editions import Office, make_office, publish, run_on_due_day
from targets.tests.editions.test_edition_pages import measured_again
from targets.tests.page_scene import Scene, browse_as
from yiyang.access.roles import Role


@pytest.fixture
def office(scene: Scene) -> Office:
    return make_office()


def kept(edition: Edition) -> Paper:
    paper = paper_of(edition)
    assert paper is not None
    return Paper.objects.get(pk=paper.pk)


def test_what_was_published_is_kept(office: Office) -> None:
    edition = publish(office)
    content = kept(edition).content
    assert (content["fingerprint"], content["number"]) == (edition.fingerprint, 1)
    row = content["sections"][0]["rows"][0]
    assert [(one["region"], one["fraction"], one["word"]) for one in row["cells"]] == [
        ("测试市", "4/6", "未达标"),
        ("东区", "3/4", "未达标"),
        ("西区", "1/2", "未达标"),
    ]
    chart = content["charts"][0]
    assert [one["label"] for one in chart["rows"]] == ["东区", "西区"]
    assert edition.nonce not in str(content)


def test_an_older_run_of_the_due_day_keeps_its_own_numbers(office: Office, scene: Scene) -> None:
    first = run_on_due_day()
    measured_again(scene)
    edition = publish(office, first)
    cells = kept(edition).content["sections"][0]["rows"][0]["cells"]
    assert [one["fraction"] for one in cells] == ["4/6", "3/4", "1/2"]
    page = browse_as(Role.LEADER).get(f"/editions/{edition.uid}/")
    entries = page.context["table"].sections[0].rows[0].cells[0].entries
    assert [one.shown.fraction for one in entries] == ["4/6"]


def test_a_new_edition_prints_what_it_corrects(office: Office, scene: Scene) -> None:
    publish(office)
    content = kept(publish(office, measured_again(scene))).content
    assert content["supersedes"] == 1
    found = {(one["region"], one["reading"]): one for one in content["corrections"]}
    city = found["测试市", "默认机构范围"]
    assert (city["before"], city["after"]) == ("66.67%（4/6）", "71.43%（5/7）")


def test_the_page_shows_each_chart_with_its_table(office: Office) -> None:
    paper = kept(publish(office))
    page = browse_as(Role.LEADER).get(f"/papers/{paper.uid}/").content.decode()
    assert page.count("<svg viewBox=") == 1
    assert page.count("图的数据表") == 1
    assert "75.00%" in page


def texts_of(content: bytes) -> list[str]:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [*(one.text for one in document.paragraphs), *cells]


def test_word_has_the_table_the_picture_and_the_fingerprint(office: Office) -> None:
    paper = kept(publish(office))
    form = forms_of(paper.kind).form("docx")
    assert form is not None
    content = form.render(paper)
    texts = texts_of(content)
    seal = f"定版指纹：{paper.content['fingerprint']}"
    assert {"66.67%", "4/6", "未达标，还差 1 家，排除 1", seal} <= set(texts)
    assert len(Document(io.BytesIO(content)).inline_shapes) == 1


def test_without_a_font_word_has_the_table_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_svg: str) -> bytes:
        raise NoChineseFont

    monkeypatch.setattr(word, "png_of", refuse)
    paper = kept(publish(office))
    form = forms_of(paper.kind).form("docx")
    assert form is not None
    texts = texts_of(form.render(paper))
    assert any(NOT_DRAWN in text for text in texts)
    assert "75.00%" in texts


def test_printing_asks_no_register(office: Office) -> None:
    paper = kept(publish(office))
    form = forms_of(paper.kind).form("docx")
    assert form is not None
    before = texts_of(form.render(paper))
    PolicyDocument.objects.update(title="改了名", status=ValidityStatus.IN_FORCE)
    assert texts_of(form.render(Paper.objects.get(pk=paper.pk))) == before
