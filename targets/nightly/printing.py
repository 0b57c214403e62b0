"""The page and the files of a report, from what was kept of it."""

from __future__ import annotations

from targets.models import Paper
from targets.nightly.making import REPORTS
from targets.nightly.sheets import as_workbook
from targets.nightly.word import as_word
from targets.papers.forms import PaperForm, register_forms
from targets.papers.word import CONTENT_TYPE
from yiyang.lib.books import XLSX_TYPE

TEMPLATE = "targets/papers/report.html"


def as_text(paper: Paper) -> bytes:
    """The few sentences, to be copied into a message."""
    text: str = paper.content["text"]
    return f"{text}\n".encode()


FORMS = (
    PaperForm("docx", "Word", CONTENT_TYPE, as_word),
    PaperForm("xlsx", "Excel", XLSX_TYPE, as_workbook),
    PaperForm("txt", "短信文本", "text/plain; charset=utf-8", as_text),
)


def register_reports() -> None:
    """Let the archive print the reports."""
    for kind in REPORTS:
        register_forms(kind, template=TEMPLATE, forms=FORMS)
