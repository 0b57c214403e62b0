"""How an archived statistical table is printed."""

from __future__ import annotations

from targets.models import Paper, PaperKind
from targets.papers.forms import PaperForm, register_forms
from targets.tabulations.sheet import workbook_of
from yiyang.lib.books import XLSX_TYPE


def register_tables() -> None:
    """Join statistical tables to the archive of papers."""
    excel = PaperForm("xlsx", "Excel", XLSX_TYPE, _workbook)
    register_forms(PaperKind.TABLE, template="targets/papers/table.html", forms=(excel,))


def _workbook(paper: Paper) -> bytes:
    return workbook_of(paper.content, paper.fingerprint)
