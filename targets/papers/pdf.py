"""A paper as PDF, where the system has the libraries for it; elsewhere the browser prints."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

CONTENT_TYPE = "application/pdf"
OFFICIAL, ARCHIVED = "official_print.css", "paper_print.css"
NOT_HERE = (
    "本机没有排版 PDF 所需的 Pango 库：请用浏览器“打印”另存为 PDF；"
    "要能直接下载，请系统管理员安装 Pango。"
)


class NoPdf(Exception):
    """The libraries are missing; the message says what to do instead."""


@cache
def why_no_pdf() -> str:
    """Why no PDF can be made here, for the page; empty where it can."""
    try:
        import weasyprint  # noqa: F401, PLC0415
    except (ImportError, OSError):
        return NOT_HERE
    return ""


def pdf_of(html: str, stylesheet: str = OFFICIAL) -> bytes:
    """The page as an A4 PDF. Nothing is fetched: neither files of this machine nor addresses."""
    if why_no_pdf():
        raise NoPdf(NOT_HERE)
    from weasyprint import CSS, HTML  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    nothing = URLFetcher(allowed_protocols=())
    sheet = CSS(string=_read(stylesheet), url_fetcher=nothing)
    document = HTML(string=html, url_fetcher=nothing)
    made: bytes = document.write_pdf(stylesheets=[sheet])
    return made


def _read(stylesheet: str) -> str:
    found = finders.find(stylesheet)
    path = Path(found) if isinstance(found, str) else Path(str(settings.STATIC_ROOT)) / stylesheet
    return path.read_text(encoding="utf-8")
